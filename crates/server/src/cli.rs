//! The command line of `pantoken`.

mod database;
#[cfg(feature = "dev")]
mod dev;
mod doctor;
mod health;
mod key;
pub(crate) mod logging;
mod migrate;
mod operations;
mod rotate_store;
mod serve;
mod sessions;
mod setting_flags;
mod settings_file;
mod sign;
mod terminal;
mod trigger;
mod verify;
mod webhooks;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use pantoken_core::write_documents;

use self::terminal::{FAILURE, fail};

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
    #[cfg(feature = "dev")]
    Dev(dev::Arguments),
    Doctor(Box<doctor::Arguments>),
    /// Writes the manual pages and the shell completions into a folder
    #[command(hide = true)]
    Documents {
        /// The folder, which is created if it does not exist
        folder: PathBuf,
    },
    Health(health::Arguments),
    #[command(subcommand)]
    Key(key::Command),
    Migrate(migrate::Arguments),
    #[command(subcommand)]
    Operations(operations::Command),
    #[command(subcommand)]
    Sessions(sessions::Command),
    Sign(sign::Arguments),
    Trigger(trigger::Arguments),
    Verify(verify::Arguments),
    #[command(subcommand)]
    Webhooks(webhooks::Command),
}

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve(arguments) => serve::run(&arguments),
        #[cfg(feature = "dev")]
        Command::Dev(arguments) => dev::run(arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Documents { folder } => match write_documents(Arguments::command(), &folder) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(FAILURE, &format!("{}: {error}", folder.display())),
        },
        Command::Health(arguments) => health::run(&arguments),
        Command::Key(command) => key::run(&command),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Operations(command) => operations::run(&command),
        Command::Sessions(command) => sessions::run(&command),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Trigger(arguments) => trigger::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Webhooks(command) => webhooks::run(&command),
    }
}
