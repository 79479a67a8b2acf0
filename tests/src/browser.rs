use std::sync::Mutex;
use std::time::Duration;

use pantoken_test_support::{TIMEOUT, within};
use thirtyfour::prelude::*;

use crate::engine::{Driver, Engine, Screen};

/// How long a browser may take to start: it is many programs, and the machine may be loaded.
const START_TIMEOUT: Duration = Duration::from_secs(180);

/// A browser with its driver. One test at a time uses it.
pub(crate) struct Browser {
    pub(crate) driver: WebDriver,
    pub(crate) engine: Engine,
    pub(crate) started: Driver,
    prefers_dark: bool,
}

/// The browsers that no test is using.
static IDLE: Mutex<Vec<Browser>> = Mutex::new(Vec::new());

impl Browser {
    /// Takes an idle browser, or starts one.
    pub(crate) async fn take(engine: Engine, screen: Screen) -> Self {
        let idle = {
            let mut idle = IDLE.lock().unwrap();
            let fits =
                |other: &Self| other.engine == engine && other.prefers_dark == screen.prefers_dark;
            let place = idle.iter().position(fits);
            place.map(|place| idle.swap_remove(place))
        };
        match idle {
            Some(browser) => browser,
            None => Self::start(engine, screen).await,
        }
    }

    async fn start(engine: Engine, screen: Screen) -> Self {
        let started = engine.start(screen).await;
        let driver = WebDriver::new(&started.url, started.capabilities.clone());
        let driver = within(START_TIMEOUT, &format!("a browser, {engine}"), driver)
            .await
            .unwrap_or_else(|error| {
                panic!(
                    "{engine} does not start: {error}\n{}",
                    started.process.log()
                )
            });
        // The default of the drivers is five minutes.
        driver.set_page_load_timeout(TIMEOUT).await.unwrap();
        if engine != Engine::Chromium {
            let window = driver.set_window_rect(0, 0, screen.width, screen.height);
            window.await.unwrap();
        }
        Self {
            driver,
            engine,
            started,
            prefers_dark: screen.prefers_dark,
        }
    }

    /// Closes the page and leaves the browser to the next test. Each test site has an origin of its
    /// own, so nothing that a page has stored is seen again.
    pub(crate) async fn release(self) {
        let left = async {
            self.driver.enter_default_frame().await?;
            self.driver.goto("about:blank").await
        };
        if left.await.is_ok() {
            IDLE.lock().unwrap().push(self);
        } else {
            self.close().await;
        }
    }

    pub(crate) async fn close(self) {
        let _ = self.driver.quit().await;
    }
}

/// Closes the idle browsers. A test program does this last.
pub async fn close_browsers() {
    let idle = std::mem::take(&mut *IDLE.lock().unwrap());
    for browser in idle {
        browser.close().await;
    }
}
