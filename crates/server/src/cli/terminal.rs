//! Output and exit codes of all commands.

use std::io::Write;
use std::process::ExitCode;

/// The exit code for wrong usage, and for a setting that is missing or invalid.
pub(super) const USAGE: u8 = 2;
pub(super) const FAILURE: u8 = 1;

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
