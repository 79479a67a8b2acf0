//! Runs the programs in docs/ as they are written there, if their runtime is installed.
#![allow(clippy::unwrap_used, clippy::panic)]

mod jetpay;
mod program;
// A reader's program, which takes the time from the system.
#[allow(clippy::disallowed_methods)]
mod receiver;
mod signing;
mod webhooks;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use program::Language;

/// A test of a document's program in one language.
type Check = fn(&program::Program);

/// Makes this program the one in Rust of docs/webhooks.md.
const RECEIVER: &str = "PANTOKEN_TESTS_RECEIVER";

fn main() -> ExitCode {
    if std::env::var_os(RECEIVER).is_some() {
        return receiver::main();
    }
    let checks: [(&str, Check); 3] = [
        ("signing", signing::the_published_vectors),
        (
            "webhooks",
            webhooks::a_webhook_is_accepted_only_with_its_signature,
        ),
        ("jetpay", jetpay::an_account_is_told_to_whoever_may_ask),
    ];
    let mut trials = vec![Trial::test("webhooks::rust", || {
        webhooks::the_program_in_rust_accepts_a_webhook_only_with_its_signature();
        Ok(())
    })];
    for language in Language::ALL {
        let has_program = |(document, _): &&(&str, Check)| language.documents.contains(document);
        for (document, check) in checks.iter().filter(has_program) {
            trials.push(trial(language, document, *check));
        }
    }
    for language in Language::ALL
        .iter()
        .filter(|language| !language.is_installed())
    {
        eprintln!(
            "{} is skipped: {} is not installed",
            language.name, language.runtime[0]
        );
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(language: &'static Language, document: &'static str, check: Check) -> Trial {
    let name = format!("{document}::{}", language.name);
    let trial = Trial::test(name, move || {
        check(&language.program(document));
        Ok(())
    });
    trial.with_ignored_flag(!language.is_installed())
}
