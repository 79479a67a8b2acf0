use std::sync::Mutex;
use std::time::Duration;

use thirtyfour::prelude::*;

use crate::customer::{PATIENCE, within};
use crate::engine::{Driver, Engine, Screen};

/// A browser is many programs, and a loaded machine starts them slowly.
const START_PATIENCE: Duration = Duration::from_secs(180);

/// A browser with its driver; one test after another has it for itself.
pub(crate) struct Browser {
    pub(crate) driver: WebDriver,
    pub(crate) engine: Engine,
    pub(crate) started: Driver,
    prefers_dark: bool,
}

/// Those that no test has at the moment.
static IDLE: Mutex<Vec<Browser>> = Mutex::new(Vec::new());

impl Browser {
    /// One that is idle, or a new one.
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
        let driver = within(START_PATIENCE, &format!("a browser, {engine}"), driver)
            .await
            .unwrap_or_else(|error| {
                panic!(
                    "{engine} does not start: {error}\n{}",
                    started.process.log()
                )
            });
        // A driver's own patience is five minutes.
        driver.set_page_load_timeout(PATIENCE).await.unwrap();
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

    /// Leaves it to the next test. Its pages are gone, and each shop is a site of its own, so that
    /// nothing which they kept is seen again.
    pub(crate) async fn give_back(self) {
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

/// Closes the browsers that are idle; the last that a test program does.
pub async fn close_browsers() {
    let idle = std::mem::take(&mut *IDLE.lock().unwrap());
    for browser in idle {
        browser.close().await;
    }
}
