use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;

use crate::customer::Customer;
use crate::engine::{Engine, Screen};
use crate::page::Page;
use crate::shop::Shop;

/// Where a test takes place.
#[derive(Clone, Debug)]
pub struct Scene {
    /// What the customer's browser runs on.
    pub engine: Engine,
    /// The shop's page.
    pub page: Page,
    /// The test's name, for what a failure leaves.
    pub name: String,
}

impl Scene {
    /// The usual shop with this scene's page.
    pub fn shop(&self) -> Shop {
        Shop::open(self.page.options())
    }

    /// Runs the test with a customer; a failure leaves a screenshot and the console's text.
    pub async fn browse<T>(&self, test: impl AsyncFnOnce(&Customer) -> T) -> T {
        self.browse_on(Screen::ORDINARY, test).await
    }

    /// The same on a screen of another size, which only Chromium has.
    pub async fn browse_on<T>(&self, screen: Screen, test: impl AsyncFnOnce(&Customer) -> T) -> T {
        let (customer, result) = self.act(screen, test).await;
        customer.leave().await;
        result
    }

    /// The same in a browser that no test has afterwards: one process of Chromium's has all forms of
    /// one host, and after a thousand of them it does not turn to the next form for a minute.
    pub async fn browse_last<T>(&self, test: impl AsyncFnOnce(&Customer) -> T) -> T {
        let (customer, result) = self.act(Screen::ORDINARY, test).await;
        customer.close().await;
        result
    }

    async fn act<T>(
        &self,
        screen: Screen,
        test: impl AsyncFnOnce(&Customer) -> T,
    ) -> (Customer, T) {
        let customer = Customer::arrive(self.engine, screen).await;
        let outcome = AssertUnwindSafe(test(&customer)).catch_unwind().await;
        match outcome {
            Ok(result) => (customer, result),
            Err(panic) => {
                customer.leave_evidence(&self.name).await;
                resume_unwind(panic)
            }
        }
    }
}
