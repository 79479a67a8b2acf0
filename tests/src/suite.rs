use std::pin::Pin;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use crate::engine::{Engine, engines_taking_part};

/// A test to run in an engine, by its path.
#[derive(Clone, Copy)]
pub struct Test {
    /// Its module and its name.
    pub name: &'static str,
    /// The test.
    pub run: fn(Engine) -> Pin<Box<dyn Future<Output = ()>>>,
}

/// The tests of these paths.
#[macro_export]
macro_rules! tests {
    ($($path:path),+ $(,)?) => {
        &[$($crate::Test {
            name: stringify!($path),
            run: |engine| Box::pin($path(engine)),
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

    /// Adds tests that have to pass in every engine.
    #[must_use]
    pub fn in_every_engine(mut self, tests: &[Test]) -> Self {
        for engine in Engine::ALL {
            self.add(engine, tests);
        }
        self
    }

    /// Adds tests of what only Chromium's driver can do.
    #[must_use]
    pub fn in_chromium(mut self, tests: &[Test]) -> Self {
        self.add(Engine::Chromium, tests);
        self
    }

    fn add(&mut self, engine: Engine, tests: &[Test]) {
        for Test { name, run } in tests.iter().copied() {
            let trial = Trial::test(format!("{engine}::{name}"), move || {
                run_to_end(run(engine));
                Ok(())
            });
            let left_out = !self.engines.contains(&engine);
            self.trials.push(trial.with_ignored_flag(left_out));
        }
    }

    /// Runs what the program's arguments choose, as `cargo test` does, at most two at a time: a
    /// browser is many processes.
    pub fn run(self) -> ExitCode {
        let mut arguments = Arguments::from_args();
        arguments.test_threads.get_or_insert(2);
        libtest_mimic::run(&arguments, self.trials).exit_code()
    }
}

fn run_to_end(test: Pin<Box<dyn Future<Output = ()>>>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(test);
}
