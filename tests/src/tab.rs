use std::time::Duration;

use pantoken_a2c::SignedRequest;
use pantoken_test_support::{TIMEOUT, within};
use serde_json::Value;
use thirtyfour::WindowHandle;
use thirtyfour::prelude::*;

use crate::browser::Browser;
use crate::engine::{Engine, Screen, webkit};
use crate::programs::workspace;

/// The pause between two looks at the same thing.
pub(crate) const INTERVAL: Duration = Duration::from_millis(20);

/// A browser tab, which a test uses as a customer would.
pub struct Tab {
    /// The WebDriver session.
    pub driver: WebDriver,
    /// The browser's engine.
    pub engine: Engine,
    browser: Browser,
    /// How much the driver had printed before this test.
    printed: usize,
}

impl Tab {
    pub(crate) async fn open(engine: Engine, screen: Screen) -> Self {
        let browser = Browser::take(engine, screen).await;
        let tab = Self {
            driver: browser.driver.clone(),
            engine,
            printed: browser.started.process.log().len(),
            browser,
        };
        if engine == Engine::Chromium {
            tab.resize(screen).await;
            // Messages of an earlier test are dropped.
            tab.console().await;
        }
        tab
    }

    pub(crate) async fn release(self) {
        self.browser.release().await;
    }

    pub(crate) async fn close(self) {
        self.browser.close().await;
    }

    pub(crate) fn driver_url(&self) -> &str {
        &self.browser.started.url
    }

    /// Waits for the element and returns it.
    pub async fn find(&self, selector: &str) -> WebElement {
        // Between two pages a driver reports other errors than that the element is missing.
        let came = async {
            loop {
                let script = format!("{FIND_DEEP} return findDeep({selector:?})");
                let found = self.driver.execute(script, Vec::new()).await;
                match found.and_then(thirtyfour::prelude::ScriptRet::element) {
                    Ok(element) => return element,
                    Err(_) => tokio::time::sleep(INTERVAL).await,
                }
            }
        };
        within(TIMEOUT, selector, came).await
    }

    /// Waits for the element and returns its text.
    pub async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text().await.unwrap()
    }

    /// Waits for the element and clicks it.
    pub async fn click(&self, selector: &str) {
        self.find(selector).await.click().await.unwrap();
    }

    /// Opens the page at this address.
    pub async fn go(&self, url: &str) {
        let loaded = within(TIMEOUT, url, self.driver.goto(url)).await;
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
        within(TIMEOUT, script, came).await;
    }

    /// Returns the form URL in the page's frame.
    pub async fn form_url(&self) -> SignedRequest {
        let form_url = self.find("iframe").await.attr("src").await.unwrap();
        SignedRequest::parse(&form_url.unwrap()).unwrap()
    }

    /// Returns the request id of the form URL in the page's frame.
    pub async fn request_id(&self) -> String {
        self.form_url().await.request().request_id().to_string()
    }

    /// Switches from the page to the form in its frame, once the form accepts a card number.
    pub async fn enter_form(&self) {
        let frame = self.find("iframe").await;
        self.enter(frame).await;
    }

    async fn enter(&self, frame: WebElement) {
        frame.enter_frame().await.unwrap();
        self.find("#save:not([disabled])").await;
    }

    /// Switches to the window that the page opens, and returns the page's own window.
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
        let popup = within(TIMEOUT, "a window that the page opened", came).await;
        self.driver.switch_to_window(popup).await.unwrap();
        page
    }

    /// Switches from the form back to the page.
    pub async fn leave_form(&self) {
        self.driver.enter_default_frame().await.unwrap();
    }

    /// Replaces the card number in the form, and presses Save.
    pub async fn save(&self, number: &str) {
        let field = self.find("#card-number").await;
        // WebKit lets a script focus a field in a cross-site frame only after a click in the frame.
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

    /// Presses these keys, wherever the focus is.
    pub async fn type_keys(&self, keys: impl Into<TypingData>) {
        let typed = self.driver.action_chain().send_keys(keys);
        typed.perform().await.unwrap();
    }

    /// Presses the button with this label.
    pub async fn press(&self, label: &str) {
        let has_label = format!(
            "{FIND_DEEP} window.labelled = findAllDeep('button')
                .find((button) => button.textContent.trim() === {label:?});
            return labelled !== undefined"
        );
        self.until(&has_label).await;
        let button = self.element("return labelled").await;
        button.click().await.unwrap();
    }

    /// Runs a script and returns its value.
    pub async fn run(&self, script: &str) -> Value {
        self.driver
            .execute(format!("{FIND_DEEP} {script}"), Vec::new())
            .await
            .unwrap()
            .json()
            .clone()
    }

    /// Runs a script as one of the page's own. The page's policy must allow it.
    pub async fn run_as_page(&self, script: &str) {
        let script = Value::from(format!("{FIND_DEEP} {script}"));
        let insert = format!(
            "const script = document.createElement('script');
             script.textContent = {script};
             document.head.append(script);"
        );
        self.run(&insert).await;
    }

    /// Runs a script and returns the element that it returns.
    pub async fn element(&self, script: &str) -> WebElement {
        let script = format!("{FIND_DEEP} {script}");
        let answer = self.driver.execute(script, Vec::new()).await.unwrap();
        answer.element().unwrap()
    }

    pub(crate) async fn save_evidence(self, name: &str) {
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
            // Firefox writes its console to the driver's output. WebKit writes none under WebDriver.
            Engine::Firefox | Engine::WebKit => {
                self.browser.started.process.log()[self.printed..].to_owned()
            }
        };
        eprintln!("{name}: the console said:\n{console}");
        self.browser.close().await;
    }
}

/// Finds elements in the shadow roots of the page's forms, and then in the page.
const FIND_DEEP: &str = "
    var findAllDeep = (selector) => {
        const forms = [...document.querySelectorAll('pantoken-form')];
        const roots = [...forms.map((form) => form.shadowRoot ?? form), document];
        return roots.flatMap((root) => [...root.querySelectorAll(selector)]);
    };
    var findDeep = (selector) => findAllDeep(selector)[0] ?? null;";

/// Returns the state of the page's form, from the element or from the component.
const STATE: &str = "
    const element = document.querySelector('pantoken-form');
    const component = document.querySelector('.pantoken');
    return element ? element.state : component && component.dataset.state";
