//! The command line.

mod database_arguments;
mod doctor;
mod key;
mod log_fields;
mod logging;
mod migrate;
mod rotate_store;
mod serve;
mod server_arguments;
mod sign;
mod verify;
mod webhooks;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::settings::Sources;

/// Wrong usage, or a setting that is missing or wrong.
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

/// Where settings are looked for after flags and the environment.
#[derive(Args, Debug)]
struct ConfigArguments {
    /// The settings file [default: pantoken.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
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

/// Settings from these flags, the process's environment and files.
fn sources<'a>(config: &ConfigArguments, flag: &'a dyn Fn(&str) -> Option<String>) -> Sources<'a> {
    Sources {
        flag,
        variable: &|name| Some(std::env::var_os(name)?.to_string_lossy().into_owned()),
        config: config.config.clone(),
        read_file: &|path: &Path| std::fs::read_to_string(path),
    }
}

/// Runs a command that only has to wait for the store.
fn block_on(done: impl Future<Output = ExitCode>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(done),
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
        // Without a stderr there is only the exit code.
        let _ = writeln!(std::io::stderr(), "pantoken: {line}");
    }
    ExitCode::from(code)
}
