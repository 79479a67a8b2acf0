use std::pin::Pin;
use std::process::ExitCode;
use std::sync::LazyLock;

use libtest_mimic::{Arguments, Trial};
use tokio::runtime::Runtime;

use crate::browser::close_browsers;
use crate::engine::{Engine, engines_taking_part};
use crate::page::Page;
use crate::scene::Scene;

/// One for all tests, because browsers and what speaks with them outlive a test.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// A test to run in a scene, by its path.
#[derive(Clone, Copy)]
pub struct Test {
    /// Its module and its name.
    pub name: &'static str,
    /// The test.
    pub run: fn(Scene) -> Pin<Box<dyn Future<Output = ()>>>,
}

/// The tests of these paths.
#[macro_export]
macro_rules! tests {
    ($($path:path),+ $(,)?) => {
        &[$($crate::Test {
            name: stringify!($path),
            run: |scene| Box::pin($path(scene)),
        }),+]
    };
}

/// A test program: the standard one cannot ignore the tests of an engine that does not take part.
pub struct Suite {
    engines: Vec<Engine>,
    trials: Vec<Trial>,
}

impl Suite {
    /// A program without tests.
    ///
    /// # Errors
    ///
    /// Those of [`engines_taking_part`].
    pub fn new() -> Result<Self, String> {
        Ok(Self {
            engines: engines_taking_part()?,
            trials: Vec::new(),
        })
    }

    /// Adds a test that needs no browser.
    #[must_use]
    pub fn without_browser(mut self, name: &str, test: fn()) -> Self {
        self.trials.push(Trial::test(name, move || {
            test();
            Ok(())
        }));
        self
    }

    /// Adds tests that have to pass on these pages in these engines.
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
        let scene = Scene {
            engine,
            page,
            name: name.clone(),
        };
        let trial = Trial::test(name, move || {
            RUNTIME.block_on((test.run)(scene));
            Ok(())
        });
        let left_out = !self.engines.contains(&engine);
        self.trials.push(trial.with_ignored_flag(left_out));
    }

    /// Runs what the program's arguments choose, as `cargo test` does, at most two at a time: a
    /// browser is many processes.
    pub fn run(self) -> ExitCode {
        let mut arguments = Arguments::from_args();
        arguments.test_threads.get_or_insert(2);
        let conclusion = libtest_mimic::run(&arguments, self.trials);
        RUNTIME.block_on(close_browsers());
        conclusion.exit_code()
    }
}
