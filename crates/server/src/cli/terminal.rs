//! Output and exit codes of all commands.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

/// The exit code for wrong usage, and for a setting that is missing or invalid.
pub(super) const USAGE: u8 = 2;
pub(super) const FAILURE: u8 = 1;

/// How a command prints its result.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct Format {
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl Format {
    /// Prints a result, for people or for programs.
    pub(super) fn print(self, text: &str, json: &Value) -> ExitCode {
        match self.json {
            true => print(&json.to_string()),
            false => print(text),
        }
    }

    /// Prints that the answer is no. Programs find the reason on stdout too.
    pub(super) fn refuse(self, text: &str, json: &Value) -> ExitCode {
        match self.json {
            true => {
                print(&json.to_string());
                ExitCode::from(FAILURE)
            }
            false => fail(FAILURE, &text),
        }
    }
}

/// Runs a command on one thread.
pub(super) fn block_on(command: impl Future<Output = ExitCode>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => fail(FAILURE, &error),
    }
}

pub(super) fn print(line: &str) -> ExitCode {
    match writeln!(std::io::stdout(), "{line}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(FAILURE),
    }
}

pub(super) fn fail(code: u8, error: &dyn std::fmt::Display) -> ExitCode {
    for line in error.to_string().lines() {
        // Without a stderr, there is only the exit code.
        let _ = writeln!(std::io::stderr(), "pantoken: {line}");
    }
    ExitCode::from(code)
}
