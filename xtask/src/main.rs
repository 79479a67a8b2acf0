//! The developer's commands: `cargo xtask demo`, `test`, `element`, `examples` and `size`.

mod api_description;
mod bench;
mod browser;
mod command;
mod debian;
mod demo;
mod element;
mod examples;
mod health;
mod listening;
mod npm;
mod optimize;
mod postgres;
mod processes;
mod program;
mod python;
mod reliability;
mod server_programs;
mod short_names;
mod size;
mod steps;
mod test;
mod tools;
mod workspace;
mod yew_margin;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  cargo xtask demo          the demo page, its server and the sandbox, until Ctrl-C
  cargo xtask demo --live   the same against the provider's public test host
  cargo xtask test          every check and every test, as in continuous integration
  cargo xtask api           the running server against its OpenAPI document
  cargo xtask element       the custom element's npm package, into dist/npm
  cargo xtask examples      that package in a React and a Vue page, into dist/examples
  cargo xtask size          what a customer's browser has to load, against the budgets
  cargo xtask bench         speed against other programs of the same kind, about ten minutes
  cargo xtask reliability   the server under faults: what was acknowledged, lost, doubled

Environment:
  PANTOKEN_TOOLS            where tools are installed [default: ~/.cache/pantoken/tools]
  CHROME, CHROMEDRIVER, FIREFOX, GECKODRIVER, WEBKITWEBDRIVER, XVFB
                            the browsers and their drivers [default: found on PATH]
  POSTGRES_BIN              the folder of postgres and initdb [default: Debian's newest, or PATH]";

#[derive(Parser)]
#[command(
    bin_name = "cargo xtask",
    about = "The developer's commands",
    after_help = EXAMPLES
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the demo page, start its server and the sandbox, and print the address to open
    #[command(after_help = "Examples:\n  cargo xtask demo\n  cargo xtask demo --live")]
    Demo {
        /// Use the provider's public test host and test agent instead of the sandbox
        #[arg(long)]
        live: bool,
    },
    /// Run every check and every test; stop at the first that fails
    #[command(after_help = "Examples:\n  cargo xtask test\n  cargo xtask test --long")]
    Test {
        /// Kill four times as many processes while they write, and break the server ten times as often
        #[arg(long)]
        long: bool,
    },
    /// Hold the running server against crates/server/openapi.json
    #[command(after_help = "Example:\n  cargo xtask api")]
    Api,
    /// Build the custom element's npm package into dist/npm
    #[command(after_help = "Example:\n  cargo xtask element && npm pack ./dist/npm")]
    Element,
    /// Pack the custom element, check its types, and build the examples with it into dist/examples
    #[command(after_help = "Example:\n  cargo xtask examples")]
    Examples,
    /// Build the element and the demo page, and hold their sizes against xtask/budgets.toml
    #[command(after_help = "Example:\n  cargo xtask size")]
    Size,
    /// Break the server's system, database, clients and proxy, and print what was lost and doubled
    #[command(
        after_help = "Examples:\n  cargo xtask reliability\n  cargo xtask reliability --long"
    )]
    Reliability {
        /// Break each about ten times as often, as for docs/reliability.md
        #[arg(long)]
        long: bool,
    },
    /// Measure the server and the element against their peers, and hold them to their bars
    #[command(
        after_help = "Examples:\n  cargo xtask bench\n  cargo xtask bench server\n  cargo xtask bench browser --quick"
    )]
    Bench {
        /// Measure this part alone
        part: Option<bench::Part>,
        /// Make fewer and shorter runs, and only report
        #[arg(long)]
        quick: bool,
        /// Compare a table of ten million sessions, in place of one million
        #[arg(long, conflicts_with = "quick")]
        long: bool,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Demo { live } => demo::run(live),
        Task::Test { long } => test::run(long),
        Task::Api => api_description::run(),
        Task::Element => element::run(),
        Task::Examples => examples::run(),
        Task::Size => size::run(),
        Task::Reliability { long } => reliability::run(long),
        Task::Bench { part, quick, long } => bench::run(part, bench::Extent { quick, long }),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
