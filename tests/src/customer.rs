use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use base64::Engine;
use futures_util::FutureExt;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use crate::process::{Process, workspace};

/// Long enough for a loaded machine; nothing waits for it unless it fails.
const PATIENCE: Duration = Duration::from_secs(30);
const INTERVAL: Duration = Duration::from_millis(20);

/// A screen's size in CSS pixels, and whether it prefers the dark.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// From side to side.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
    /// Whether it prefers the dark.
    pub dark: bool,
}

/// A customer at a browser.
pub struct Customer {
    /// The browser.
    pub driver: WebDriver,
    chromedriver_url: String,
    _chromedriver: Process,
}

/// Runs a test with a browser of its own on an ordinary screen; a failure leaves a screenshot.
pub async fn browse<T>(name: &str, test: impl AsyncFnOnce(&Customer) -> T) -> T {
    browse_on(
        name,
        Screen {
            width: 1280,
            height: 900,
            dark: false,
        },
        test,
    )
    .await
}

/// Runs a test with a browser of its own; a failure leaves a screenshot in `target/end_to_end`.
pub async fn browse_on<T>(name: &str, screen: Screen, test: impl AsyncFnOnce(&Customer) -> T) -> T {
    let customer = Customer::arrive(screen).await;
    let outcome = AssertUnwindSafe(test(&customer)).catch_unwind().await;
    if outcome.is_err() {
        customer.leave_evidence(name).await;
    }
    let _ = customer.driver.clone().quit().await;
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

impl Customer {
    async fn arrive(screen: Screen) -> Self {
        let chromedriver =
            std::env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let chromedriver = Process::start(Command::new(chromedriver).arg("--port=0"));
        let port = chromedriver
            .wait_for("successfully on port ")
            .expect("chromedriver starts");
        let chromedriver_url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
        let driver = WebDriver::new(&chromedriver_url, capabilities(screen))
            .await
            .unwrap();
        Self {
            driver,
            chromedriver_url,
            _chromedriver: chromedriver,
        }
    }

    /// The element, as soon as it is there.
    pub async fn find(&self, selector: &str) -> WebElement {
        let query = self
            .driver
            .query(By::Css(selector))
            .wait(PATIENCE, INTERVAL);
        query
            .first()
            .await
            .unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    /// The element's text, as soon as it is there.
    pub async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text().await.unwrap()
    }

    /// Clicks the element, as soon as it is there.
    pub async fn click(&self, selector: &str) {
        self.find(selector).await.click().await.unwrap();
    }

    /// Opens the page and waits until the form in it is ready.
    pub async fn open_ready(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
        self.find(".pantoken[data-state=ready]").await;
    }

    /// Turns from the page to the form in its frame, as soon as it takes a number.
    pub async fn enter_form(&self) {
        let frame = self.find(".pantoken-frame iframe").await;
        frame.enter_frame().await.unwrap();
        self.find("#save:not([disabled])").await;
    }

    /// Turns from the form back to the page.
    pub async fn leave_form(&self) {
        self.driver.enter_default_frame().await.unwrap();
    }

    /// Types a number into the form, in place of what is there, and presses Save.
    pub async fn save(&self, number: &str) {
        let field = self.find("#card-number").await;
        field.send_keys(Key::Control + "a").await.unwrap();
        field.send_keys(number).await.unwrap();
        self.find("#save:not([disabled])")
            .await
            .click()
            .await
            .unwrap();
    }

    /// Saves a card in the frame of an open page.
    pub async fn save_in_frame(&self, number: &str) {
        self.enter_form().await;
        self.save(number).await;
        self.leave_form().await;
    }

    /// What a script returns.
    pub async fn run(&self, script: &str) -> Value {
        self.driver
            .execute(script, Vec::new())
            .await
            .unwrap()
            .json()
            .clone()
    }

    /// What the browser wrote to its console.
    pub async fn console(&self) -> Vec<String> {
        let session = self.driver.session_id();
        let url = format!("{}/session/{session}/se/log", self.chromedriver_url);
        let answer = reqwest::Client::new()
            .post(url)
            .json(&json!({"type": "browser"}))
            .send()
            .await;
        let answer: Value = answer.unwrap().json().await.unwrap();
        let entries = answer["value"].as_array().expect("a log").iter();
        entries
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// A picture of the whole page, however long.
    pub async fn whole_page(&self, file: &Path) {
        let session = self.driver.session_id();
        let url = format!(
            "{}/session/{session}/goog/cdp/execute",
            self.chromedriver_url
        );
        let command =
            json!({"cmd": "Page.captureScreenshot", "params": {"captureBeyondViewport": true}});
        let answer = reqwest::Client::new()
            .post(url)
            .json(&command)
            .send()
            .await
            .unwrap();
        let answer: Value = answer.json().await.unwrap();
        let picture = answer["value"]["data"].as_str().expect("a picture");
        std::fs::write(
            file,
            base64::engine::general_purpose::STANDARD
                .decode(picture)
                .unwrap(),
        )
        .unwrap();
    }

    async fn leave_evidence(&self, name: &str) {
        let folder = workspace().join("target/end_to_end");
        let _ = std::fs::create_dir_all(&folder);
        let file = folder.join(format!("{name}.png"));
        if self.driver.screenshot(&file).await.is_ok() {
            eprintln!("{name}: a screenshot is in {}", file.display());
        }
        eprintln!("{name}: the console said {:#?}", self.console().await);
    }
}

fn capabilities(screen: Screen) -> Capabilities {
    let mut arguments = vec![
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ];
    if screen.dark {
        arguments.push("--blink-settings=preferredColorScheme=0");
    }
    let mut options = json!({
        "args": arguments,
        // A window has a least width; an emulated screen has none.
        "mobileEmulation": {
            "deviceMetrics": {
                "width": screen.width, "height": screen.height, "pixelRatio": 1.0, "touch": false, "mobile": false
            }
        }
    });
    if let Some(chrome) = std::env::var_os("CHROME") {
        options["binary"] = json!(chrome.to_string_lossy());
    }
    let mut capabilities = Capabilities::new();
    capabilities
        .set("browserName".to_owned(), json!("chrome"))
        .unwrap();
    capabilities
        .set("goog:chromeOptions".to_owned(), options)
        .unwrap();
    capabilities
        .set("goog:loggingPrefs".to_owned(), json!({"browser": "ALL"}))
        .unwrap();
    capabilities
}
