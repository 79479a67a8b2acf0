use std::pin::Pin;
use std::process::ExitCode;
use std::sync::LazyLock;

use libtest_mimic::{Arguments, Trial};
use tokio::runtime::Runtime;

use crate::browser::close_browsers;
use crate::context::TestContext;
use crate::engine::{Engine, available_engines};
use crate::page::{Page, has_pages};

/// One runtime for all tests, because browsers and their connections outlive a test.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// A test, which runs in a context.
#[derive(Clone, Copy)]
pub struct Test {
    /// The module and the name of the test.
    pub name: &'static str,
    /// The function.
    pub run: fn(TestContext) -> Pin<Box<dyn Future<Output = ()>>>,
}

/// Lists tests by their paths.
#[macro_export]
macro_rules! tests {
    ($($path:path),+ $(,)?) => {
        &[$($crate::Test {
            name: stringify!($path),
            run: |context| Box::pin($path(context)),
        }),+]
    };
}

/// A test program. The standard one cannot ignore the tests of an engine that is not available.
pub struct Suite {
    has_pages: bool,
    engines: Vec<Engine>,
    trials: Vec<Trial>,
}

impl Suite {
    /// Creates a suite without tests.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`available_engines`].
    pub fn new() -> Result<Self, String> {
        Ok(Self {
            has_pages: has_pages(),
            engines: available_engines()?,
            trials: Vec::new(),
        })
    }

    /// Adds a test of the built pages that needs no browser.
    #[must_use]
    pub fn without_browser(mut self, name: &str, test: fn()) -> Self {
        let trial = Trial::test(name, move || {
            test();
            Ok(())
        });
        self.trials.push(trial.with_ignored_flag(!self.has_pages));
        self
    }

    /// Adds tests that must pass on these pages in these engines.
    #[must_use]
    pub fn with(mut self, engines: &[Engine], pages: &[Page], tests: &[Test]) -> Self {
        for engine in engines {
            for page in pages {
                for test in tests {
                    self.add(*engine, *page, *test);
                }
            }
        }
        self
    }

    fn add(&mut self, engine: Engine, page: Page, test: Test) {
        let name = format!("{engine}::{page}::{}", test.name);
        let context = TestContext {
            engine,
            page,
            name: name.clone(),
        };
        let trial = Trial::test(name, move || {
            RUNTIME.block_on((test.run)(context));
            Ok(())
        });
        let is_skipped = !self.has_pages || !self.engines.contains(&engine);
        self.trials.push(trial.with_ignored_flag(is_skipped));
    }

    /// Runs the tests that the program's arguments select, at most two at a time, because a browser is
    /// many processes.
    pub fn run(self) -> ExitCode {
        let mut arguments = Arguments::from_args();
        arguments.test_threads.get_or_insert(2);
        let conclusion = libtest_mimic::run(&arguments, self.trials);
        RUNTIME.block_on(close_browsers());
        conclusion.exit_code()
    }
}
