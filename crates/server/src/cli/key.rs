use std::process::ExitCode;

use clap::Subcommand;

use super::rotate_store;

/// Keys of the server
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    RotateStore(rotate_store::Arguments),
}

pub(super) fn run(command: &Command) -> ExitCode {
    match command {
        Command::RotateStore(arguments) => rotate_store::run(arguments),
    }
}
