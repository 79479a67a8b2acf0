//! Chromium only: screens of any size, the console, and screenshots of a whole page.

use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::{Driver, Screen, program};
use crate::tab::Tab;
use pantoken_test_support::Process;

pub(super) const DRIVER: (&str, &str) = ("CHROMEDRIVER", "chromedriver");

pub(super) fn start(screen: Screen) -> Driver {
    let (process, url) = start_chromedriver();
    // Otherwise it asks its vendor about each new form.
    let mut arguments = vec!["--disable-features=AutofillServerCommunication"];
    if screen.prefers_dark {
        arguments.push("--blink-settings=preferredColorScheme=0");
    }
    let mut capabilities = chromium_capabilities(&arguments);
    let everything = json!({"browser": "ALL"});
    let logging = capabilities.set("goog:loggingPrefs".to_owned(), everything);
    logging.unwrap();
    Driver {
        url,
        capabilities,
        process,
        _screen: None,
    }
}

/// Starts chromedriver, and returns it with its URL.
pub fn start_chromedriver() -> (Process, String) {
    let process = Process::start(Command::new(program(DRIVER)).arg("--port=0"));
    let port = process
        .wait_for("successfully on port ")
        .unwrap_or_else(|| panic!("chromedriver does not start:\n{}", process.log()));
    let url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
    (process, url)
}

/// Returns what to request of chromedriver: a Chromium without a window, with these arguments in addition.
pub fn chromium_capabilities(more: &[&str]) -> Capabilities {
    let usual = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ];
    let arguments = [&usual[..], more].concat();
    let mut options = json!({"args": arguments});
    if let Some(chrome) = std::env::var_os("CHROME") {
        options["binary"] = json!(chrome.to_string_lossy());
    }
    let mut capabilities = Capabilities::new();
    for (name, value) in [
        ("browserName", json!("chrome")),
        ("goog:chromeOptions", options),
    ] {
        capabilities.set(name.to_owned(), value).unwrap();
    }
    capabilities
}

/// These work in Chromium only.
impl Tab {
    /// Returns the console messages since the last call.
    pub async fn console(&self) -> Vec<String> {
        let log = self.command("se/log", json!({"type": "browser"})).await;
        let entries = log.as_array().expect("a log").iter();
        entries
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Emulates a screen, because a window has a minimum width.
    pub(crate) async fn resize(&self, screen: Screen) {
        let Screen { width, height, .. } = screen;
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
    }

    /// Saves a screenshot of the whole page.
    pub async fn whole_page(&self, file: &Path) {
        let whole = json!({"captureBeyondViewport": true});
        let answer = self.devtools("Page.captureScreenshot", whole).await;
        let picture = answer["data"].as_str().expect("a picture");
        let picture = base64::engine::general_purpose::STANDARD.decode(picture);
        std::fs::write(file, picture.unwrap()).unwrap();
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let command = json!({"cmd": command, "params": parameters});
        self.command("goog/cdp/execute", command).await
    }

    /// Sends one of the driver's own commands.
    async fn command(&self, name: &str, body: Value) -> Value {
        let session = self.driver.session_id();
        let url = format!("{}/session/{session}/{name}", self.driver_url());
        let answer = reqwest::Client::new().post(url).json(&body).send().await;
        let mut answer: Value = answer.unwrap().json().await.unwrap();
        answer["value"].take()
    }
}
