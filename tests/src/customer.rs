use std::time::Duration;

use pantoken_a2c::SignedRequest;
use serde_json::Value;
use thirtyfour::WindowHandle;
use thirtyfour::prelude::*;

use crate::browser::Browser;
use crate::engine::{Engine, Screen, webkit};
use crate::process::workspace;

/// Long enough for a loaded machine; nothing waits for it unless it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// Between one look and the next.
pub(crate) const INTERVAL: Duration = Duration::from_millis(20);

/// A customer at a browser.
pub struct Customer {
    /// The browser.
    pub driver: WebDriver,
    /// What the browser runs on.
    pub engine: Engine,
    browser: Browser,
    /// How much the driver had printed before.
    printed: usize,
}

impl Customer {
    pub(crate) async fn arrive(engine: Engine, screen: Screen) -> Self {
        let browser = Browser::take(engine, screen).await;
        let customer = Self {
            driver: browser.driver.clone(),
            engine,
            printed: browser.started.process.log().len(),
            browser,
        };
        if engine == Engine::Chromium {
            customer.look_at(screen).await;
            // What an earlier test left there is not this one's.
            customer.console().await;
        }
        customer
    }

    pub(crate) async fn leave(self) {
        self.browser.give_back().await;
    }

    pub(crate) async fn close(self) {
        self.browser.close().await;
    }

    pub(crate) fn driver_url(&self) -> &str {
        &self.browser.started.url
    }

    /// The element, as soon as it is there.
    pub async fn find(&self, selector: &str) -> WebElement {
        // Between two pages a driver has other errors than that the element is not there.
        let came = async {
            loop {
                match self.driver.find(By::Css(selector)).await {
                    Ok(element) => return element,
                    Err(_) => tokio::time::sleep(INTERVAL).await,
                }
            }
        };
        within_patience(selector, came).await
    }

    /// The element's text, as soon as it is there.
    pub async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text().await.unwrap()
    }

    /// Clicks the element, as soon as it is there.
    pub async fn click(&self, selector: &str) {
        self.find(selector).await.click().await.unwrap();
    }

    /// Opens the page at this address.
    pub async fn go(&self, url: &str) {
        let loaded = within_patience(url, self.driver.goto(url)).await;
        loaded.unwrap_or_else(|error| panic!("{url} does not load: {error}"));
    }

    /// Opens the page and waits until the form in it is ready.
    pub async fn open_ready(&self, url: &str) {
        self.go(url).await;
        self.find_state("ready").await;
    }

    /// Waits until the page's form is in this state.
    pub async fn find_state(&self, state: &str) {
        let is_there = format!("return (() => {{ {STATE} }})() === {state:?}");
        self.until(&is_there).await;
    }

    /// Waits until the script returns true.
    pub async fn until(&self, script: &str) {
        let came = async {
            while self.run(script).await != true {
                tokio::time::sleep(INTERVAL).await;
            }
        };
        within_patience(script, came).await;
    }

    /// The form URL in the page's frame.
    pub async fn form_url(&self) -> SignedRequest {
        let form_url = self.find("iframe").await.attr("src").await.unwrap();
        SignedRequest::parse(&form_url.unwrap()).unwrap()
    }

    /// The request that the form URL in the page's frame is for.
    pub async fn request_id(&self) -> String {
        self.form_url().await.request().request_id().to_string()
    }

    /// Turns from the page to the form in its frame, as soon as it takes a number.
    pub async fn enter_form(&self) {
        let frame = self.find("iframe").await;
        self.enter(frame).await;
    }

    async fn enter(&self, frame: WebElement) {
        frame.enter_frame().await.unwrap();
        self.find("#save:not([disabled])").await;
    }

    /// Turns to the window that the page has opened, as soon as it is there, and gives the page's.
    pub async fn enter_popup(&self) -> WindowHandle {
        let page = self.driver.window().await.unwrap();
        let came = async {
            loop {
                let windows = self.driver.windows().await.unwrap();
                if let Some(popup) = windows.into_iter().find(|window| *window != page) {
                    return popup;
                }
                tokio::time::sleep(INTERVAL).await;
            }
        };
        let popup = within_patience("a window that the page opened", came).await;
        self.driver.switch_to_window(popup).await.unwrap();
        page
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
        let frame = self.find("iframe").await;
        self.save_in(frame, number).await;
    }

    /// Saves a card in this frame of an open page.
    pub async fn save_in(&self, frame: WebElement, number: &str) {
        self.enter(frame).await;
        self.save(number).await;
        self.leave_form().await;
    }

    /// Presses the button with these words.
    pub async fn press(&self, words: &str) {
        let button = By::XPath(format!("//button[normalize-space()='{words}']"));
        let query = self.driver.query(button).wait(PATIENCE, INTERVAL);
        let button = query
            .first()
            .await
            .unwrap_or_else(|error| panic!("{words}: {error}"));
        button.click().await.unwrap();
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

    /// Has a script run as one of the page's own, which no policy may forbid.
    pub async fn run_as_page(&self, script: &str) {
        let script = Value::from(script);
        let insert = format!(
            "const script = document.createElement('script');
             script.textContent = {script};
             document.head.append(script);"
        );
        self.run(&insert).await;
    }

    /// The element that a script returns.
    pub async fn element(&self, script: &str) -> WebElement {
        let answer = self.driver.execute(script, Vec::new()).await.unwrap();
        answer.element().unwrap()
    }

    pub(crate) async fn leave_evidence(self, name: &str) {
        let folder = workspace().join("target/end_to_end");
        let _ = std::fs::create_dir_all(&folder);
        let picture = folder.join(format!("{}.png", name.replace("::", "-")));
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
            Engine::Firefox | Engine::WebKit => {
                self.browser.started.process.log()[self.printed..].to_owned()
            }
        };
        eprintln!("{name}: the console said:\n{console}");
        self.browser.close().await;
    }
}

/// Where the page's form is: the element knows it, and the component says it.
const STATE: &str = "
    const element = document.querySelector('pantoken-form');
    const component = document.querySelector('.pantoken');
    return element ? element.state : component && component.dataset.state";

/// What comes before patience ends; nothing takes so long unless it fails.
pub(crate) async fn within_patience<T>(what: &str, wait: impl Future<Output = T>) -> T {
    within(PATIENCE, what, wait).await
}

/// What comes before this patience ends.
pub(crate) async fn within<T>(patience: Duration, what: &str, wait: impl Future<Output = T>) -> T {
    tokio::time::timeout(patience, wait)
        .await
        .unwrap_or_else(|_| panic!("it never came: {what}"))
}
