use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;

use crate::engine::{Engine, Screen};
use crate::page::Page;
use crate::site::TestSite;
use crate::tab::Tab;

/// What a test runs with: an engine and a page.
#[derive(Clone, Debug)]
pub struct TestContext {
    /// The browser's engine.
    pub engine: Engine,
    /// The page with the card form.
    pub page: Page,
    /// The test's name, for the evidence of a failure.
    pub name: String,
}

impl TestContext {
    /// Starts a test site with the context's page.
    pub fn site(&self) -> TestSite {
        TestSite::open(self.page.options())
    }

    /// Runs the test in a browser. A failure saves a screenshot and prints the console.
    pub async fn browse<T>(&self, test: impl AsyncFnOnce(&Tab) -> T) -> T {
        self.browse_on(Screen::ORDINARY, test).await
    }

    /// Like [`TestContext::browse`], on a screen of another size. Only Chromium supports this.
    pub async fn browse_on<T>(&self, screen: Screen, test: impl AsyncFnOnce(&Tab) -> T) -> T {
        let (tab, result) = self.run(screen, test).await;
        tab.release().await;
        result
    }

    /// Like [`TestContext::browse`], in a browser that is closed afterwards. One process of Chromium's
    /// has all forms of one host, and after a thousand of them it is busy for a minute.
    pub async fn browse_last<T>(&self, test: impl AsyncFnOnce(&Tab) -> T) -> T {
        let (tab, result) = self.run(Screen::ORDINARY, test).await;
        tab.close().await;
        result
    }

    async fn run<T>(&self, screen: Screen, test: impl AsyncFnOnce(&Tab) -> T) -> (Tab, T) {
        let tab = Tab::open(self.engine, screen).await;
        let outcome = AssertUnwindSafe(test(&tab)).catch_unwind().await;
        match outcome {
            Ok(result) => (tab, result),
            Err(panic) => {
                tab.save_evidence(&self.name).await;
                resume_unwind(panic)
            }
        }
    }
}
