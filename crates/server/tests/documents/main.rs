//! Runs the programs in docs/ as they are written there, if their runtime is installed.
#![allow(clippy::unwrap_used, clippy::panic)]

mod jetpay;
mod program;
mod signing;
mod webhooks;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use program::Language;

/// A test of a document's program in one language.
type Check = fn(&program::Program);

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for language in Language::ALL {
        trials.push(trial(language, "signing", signing::the_published_vectors));
    }
    let receivers = Language::ALL.iter().filter(|it| it.receives_webhooks);
    for language in receivers {
        let check = webhooks::a_webhook_is_accepted_only_with_its_signature;
        trials.push(trial(language, "webhooks", check));
        trials.push(trial(
            language,
            "jetpay",
            jetpay::an_account_is_told_to_whoever_may_ask,
        ));
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
