use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::Value;
use thirtyfour::prelude::*;

use crate::engine::{Driver, Engine, Screen, webkit};
use crate::process::workspace;

/// Long enough for a loaded machine; nothing waits for it unless it fails.
const PATIENCE: Duration = Duration::from_secs(30);
const INTERVAL: Duration = Duration::from_millis(20);

/// A customer at a browser.
pub struct Customer {
    /// The browser.
    pub driver: WebDriver,
    /// What the browser runs on.
    pub engine: Engine,
    started: Driver,
}

/// Runs a test with a browser of its own; a failure leaves a screenshot and the console's text.
pub async fn browse<T>(engine: Engine, name: &str, test: impl AsyncFnOnce(&Customer) -> T) -> T {
    browse_with(engine, Screen::ORDINARY, name, test).await
}

/// Runs a test with Chromium on a screen of any size.
pub async fn browse_on<T>(screen: Screen, name: &str, test: impl AsyncFnOnce(&Customer) -> T) -> T {
    browse_with(Engine::Chromium, screen, name, test).await
}

async fn browse_with<T>(
    engine: Engine,
    screen: Screen,
    name: &str,
    test: impl AsyncFnOnce(&Customer) -> T,
) -> T {
    let customer = Customer::arrive(engine, screen).await;
    let outcome = AssertUnwindSafe(test(&customer)).catch_unwind().await;
    if outcome.is_err() {
        customer.leave_evidence(name).await;
    }
    let _ = customer.driver.clone().quit().await;
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

impl Customer {
    async fn arrive(engine: Engine, screen: Screen) -> Self {
        let started = engine.start(screen).await;
        let driver = WebDriver::new(&started.url, started.capabilities.clone())
            .await
            .unwrap_or_else(|error| {
                panic!(
                    "{engine} does not start: {error}\n{}",
                    started.process.log()
                )
            });
        if engine != Engine::Chromium {
            let window = driver.set_window_rect(0, 0, screen.width, screen.height);
            window.await.unwrap();
        }
        Self {
            driver,
            engine,
            started,
        }
    }

    pub(crate) fn driver_url(&self) -> &str {
        &self.started.url
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
        // WebKit lets a script focus a field in a frame of another site only after the customer did.
        field.click().await.unwrap();
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

    async fn leave_evidence(&self, name: &str) {
        let folder = workspace().join("target/end_to_end");
        let _ = std::fs::create_dir_all(&folder);
        let name = format!("{}-{name}", self.engine);
        let picture = folder.join(format!("{name}.png"));
        let _ = self.driver.enter_default_frame().await;
        if self.engine == Engine::WebKit {
            let _ = self.driver.execute(webkit::KEEP_PAINTING, Vec::new()).await;
        }
        match self.driver.screenshot(&picture).await {
            Ok(()) => eprintln!("{name}: a screenshot is in {}", picture.display()),
            Err(error) => eprintln!("{name}: there is no screenshot: {error}"),
        }
        let console = match self.engine {
            Engine::Chromium => self.console().await.join("\n"),
            // Firefox writes its console there; WebKit writes none while it is driven.
            Engine::Firefox | Engine::WebKit => self.started.process.log(),
        };
        eprintln!("{name}: the console said:\n{console}");
    }
}
