//! The developer's commands: `cargo xtask demo`, `test`, `element`, `examples` and `size`.

mod api_description;
mod bench;
mod browser;
mod command;
mod debian;
mod demo;
mod dependencies;
mod element;
mod examples;
mod features;
mod fuzz;
mod health;
mod listening;
mod lowest_versions;
mod npm;
mod optimize;
mod other_checkout;
mod packages;
mod page;
mod pages;
mod postgres;
mod processes;
mod program;
mod published;
mod python;
mod reliability;
mod reproduction;
mod sbom;
mod server_programs;
mod short_names;
mod size;
mod steps;
mod test;
mod tools;
mod wasm_bindgen;
mod workspace;
mod yew_margin;

use std::path::PathBuf;
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
  cargo xtask fuzz          every boundary with inputs of libFuzzer's, a minute each
  cargo xtask dependencies  what comes in with dependencies, against deny.toml
  cargo xtask sbom          what is in each thing that is released, into dist/sbom
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
        /// Do everything that takes long: kill more processes, break the server ten times as often, fuzz
        /// for a minute each, compile what would be published, and try the lowest versions of the
        /// dependencies
        #[arg(long)]
        long: bool,
    },
    /// Hold the running server against crates/server/openapi.json
    #[command(after_help = "Example:\n  cargo xtask api")]
    Api,
    /// Build the custom element's npm package into dist/npm
    #[command(
        after_help = "Examples:\n  cargo xtask element && npm pack ./dist/npm\n  cargo xtask element --twice"
    )]
    Element {
        /// Build it once more in another folder, and compare the two tarballs byte by byte
        #[arg(long)]
        twice: bool,
    },
    /// Pack the custom element, check its types, and build the examples with it into dist/examples
    #[command(after_help = "Example:\n  cargo xtask examples")]
    Examples,
    /// Build the element and the demo page, and hold their sizes against xtask/budgets.toml
    #[command(after_help = "Example:\n  cargo xtask size")]
    Size,
    /// Try every boundary with inputs that libFuzzer makes; stop at the first that fails
    #[command(
        after_help = "Examples:\n  cargo xtask fuzz\n  cargo xtask fuzz --seconds 600 --target http\n  cargo xtask fuzz --target http --input fuzz/artifacts/http/crash-…\n\nWhat is found is kept in target/fuzz/corpus, and the next run starts from there."
    )]
    Fuzz {
        /// How long to try each target
        #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
        seconds: u32,
        /// Try this target alone: one of the files of fuzz/fuzz_targets
        #[arg(long)]
        target: Option<String>,
        /// Try this input alone, as a run that failed tells
        #[arg(long, requires = "target", conflicts_with = "seconds")]
        input: Option<PathBuf>,
    },
    /// Hold the dependencies against deny.toml, and against what is known of weaknesses where that can be
    /// fetched
    #[command(after_help = "Example:\n  cargo xtask dependencies")]
    Dependencies,
    /// Write what is in each thing that is released as CycloneDX into dist/sbom
    #[command(after_help = "Example:\n  cargo xtask sbom")]
    Sbom,
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
        Task::Element { twice } => element::run(twice),
        Task::Examples => examples::run(),
        Task::Size => size::run(),
        Task::Fuzz {
            seconds,
            target,
            input,
        } => {
            let extent = fuzz::Extent {
                seconds,
                seed: None,
            };
            fuzz::run(&extent, target.as_deref(), input.as_deref())
        }
        Task::Dependencies => dependencies::run(),
        Task::Sbom => sbom::run(),
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
