//! The command line of `pantoken`.

mod database;
mod doctor;
mod key;
mod logging;
mod migrate;
mod rotate_store;
mod serve;
mod setting_flags;
mod sign;
mod verify;
mod webhooks;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The exit code for wrong usage, and for a setting that is missing or invalid.
const USAGE: u8 = 2;
const FAILURE: u8 = 1;

#[derive(Debug, Parser)]
#[command(
    name = "pantoken",
    version,
    about = "Lets a web page take a customer's card without touching its number"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(Box<serve::Arguments>),
    Doctor(Box<doctor::Arguments>),
    #[command(subcommand)]
    Key(key::Command),
    Migrate(migrate::Arguments),
    Sign(sign::Arguments),
    Verify(verify::Arguments),
    #[command(subcommand)]
    Webhooks(webhooks::Command),
}

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Key(command) => key::run(&command),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Webhooks(command) => webhooks::run(&command),
    }
}

/// Runs a command on one thread.
fn block_on(command: impl Future<Output = ExitCode>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => fail(FAILURE, &error),
    }
}

fn print(line: &str) -> ExitCode {
    match writeln!(std::io::stdout(), "{line}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(FAILURE),
    }
}

fn fail(code: u8, error: &dyn std::fmt::Display) -> ExitCode {
    for line in error.to_string().lines() {
        // Without a stderr, there is only the exit code.
        let _ = writeln!(std::io::stderr(), "pantoken: {line}");
    }
    ExitCode::from(code)
}
