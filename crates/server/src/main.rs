//! The binary `pantoken`.

use std::process::ExitCode;

fn main() -> ExitCode {
    pantoken_server::cli::run()
}
