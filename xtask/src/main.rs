//! The developer's commands: `cargo xtask --help` lists them.

mod api_description;
mod api_users;
mod bench;
mod checkout;
mod collection;
mod command;
mod demo;
mod dependencies;
mod deployment;
mod dev;
mod dist;
mod element;
mod examples;
mod fuzz;
mod npm;
mod optimize;
mod page;
mod reliability;
mod reproduction;
mod sbom;
mod server;
mod site;
mod size;
mod steps;
mod test;
mod tools;
mod wasm_bindgen;
mod workspace;
mod yew_margin;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use workspace::Workspace;

const EXAMPLES: &str = "\
Examples:
  cargo xtask dev           `pantoken dev`: a server, the sandbox and a page to try them
  cargo xtask demo          the demo page with its server and the sandbox, until Ctrl-C
  cargo xtask test          every check and every test, as in continuous integration
  cargo xtask fuzz --help   the options and examples of one command

Environment:
  PANTOKEN_TOOLS            where tools are installed [default: ~/.cache/pantoken/tools]
  CHROME, CHROMEDRIVER, FIREFOX, GECKODRIVER, WEBKITWEBDRIVER, XVFB, CXX
                            programs to use [default: found on PATH]
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
    /// Build the demo page, run `pantoken dev` with it, and print the address to open
    #[command(after_help = "Examples:\n  cargo xtask demo\n  cargo xtask demo --live")]
    Demo {
        /// Use the provider's public test host and test agent instead of the sandbox
        #[arg(long)]
        live: bool,
    },
    /// Build the element and the binary `pantoken`, and run `pantoken dev`
    #[command(
        after_help = "Examples:\n  cargo xtask dev\n  cargo xtask dev -- --webhook-url http://localhost:8000/webhook"
    )]
    Dev {
        /// Options of `pantoken dev`, after `--`
        #[arg(last = true, value_name = "OPTIONS")]
        options: Vec<String>,
    },
    /// Run every check and every test, and stop at the first that fails
    #[command(
        after_help = "Examples:\n  cargo xtask test\n  cargo xtask test --part lint\n  cargo xtask test --long"
    )]
    Test {
        /// Run one part of it, as the jobs of continuous integration do
        #[arg(long)]
        part: Option<test::Part>,
        /// Include what takes long: kill more processes, inject ten times as many faults, fuzz each target
        /// for a minute, compile what would be published, build and run the examples of frameworks, and check the
        /// lowest versions of dependencies
        #[arg(long)]
        long: bool,
    },
    /// Compare the running server with crates/server/openapi.json
    Api,
    /// Try what others make of crates/server/openapi.json: a client with types, and the collection for Postman and
    /// Bruno
    ApiUsers,
    /// Build the custom element's npm package into dist/npm
    #[command(
        after_help = "Examples:\n  cargo xtask element && npm pack ./dist/npm\n  cargo xtask element --twice"
    )]
    Element {
        /// Build it again in another folder, and compare the two tarballs byte by byte
        #[arg(long)]
        twice: bool,
    },
    /// Pack the custom element, check its types, and build the examples with it into dist/examples
    #[command(after_help = "Examples:\n  cargo xtask examples\n  cargo xtask examples --all")]
    Examples {
        /// Build those of Angular, Next.js, Nuxt and SvelteKit too, which takes minutes
        #[arg(long)]
        all: bool,
    },
    /// Build the element and the demo page, and compare their sizes with xtask/budgets.toml
    Size,
    /// Fuzz every boundary with libFuzzer, and stop at the first failure
    #[command(after_help = fuzz::EXAMPLES)]
    Fuzz(fuzz::Options),
    /// Check the dependencies against deny.toml, and for known vulnerabilities if their database can be
    /// fetched
    Dependencies,
    /// Check the workflows and the files in deploy/ with the programs that read such files
    Deployment,
    /// Build the documentation as a site with search into dist/site, and check its links
    Site,
    /// Write a bill of materials of each released thing, as CycloneDX, into dist/sbom
    Sbom,
    /// Build everything that a release consists of into dist/release, and try it
    #[command(after_help = dist::EXAMPLES)]
    Dist(dist::Options),
    /// Inject faults into the server's system, database, clients and proxy, and print what was lost or doubled
    #[command(
        after_help = "Examples:\n  cargo xtask reliability\n  cargo xtask reliability --long"
    )]
    Reliability {
        /// Inject about ten times as many faults, as for docs/reliability.md
        #[arg(long)]
        long: bool,
    },
    /// Measure the server and the element, compare them with their peers, and fail if they miss a bar
    #[command(after_help = bench::EXAMPLES)]
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Demo { live } => demo::run(live),
        Task::Dev { options } => dev::run(&options),
        Task::Test { part, long } => test::run(part, long),
        Task::Api => Workspace::find().and_then(|workspace| api_description::check(&workspace)),
        Task::ApiUsers => Workspace::find().and_then(|workspace| api_users::check(&workspace)),
        Task::Element { twice } => element::run(twice),
        Task::Examples { all } => examples::run(all),
        Task::Size => size::run(),
        Task::Fuzz(options) => fuzz::run(&options),
        Task::Dependencies => {
            Workspace::find().and_then(|workspace| dependencies::check(&workspace))
        }
        Task::Deployment => Workspace::find().and_then(|workspace| deployment::check(&workspace)),
        Task::Dist(options) => dist::run(&options),
        Task::Site => Workspace::find().and_then(|workspace| {
            let site = site::build(&workspace)?;
            println!("\nThe site is in {}.", site.display());
            Ok(())
        }),
        Task::Sbom => Workspace::find().and_then(|workspace| sbom::write(&workspace)),
        Task::Reliability { long } => reliability::run(long),
        Task::Bench(options) => bench::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
