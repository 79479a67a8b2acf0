//! What grows, and what that costs: sessions and operations in SQLite and Postgres, connections, and replicas.

mod report;

use std::process::Stdio;

use anyhow::{Context, Result};
use pantoken_test_support::postgres::Server as Postgres;
use serde::Deserialize;

use super::programs::Programs;
use super::turns::{Outcome, Run, all_in_turns};
use super::wrk::{API_KEY, Load};
use super::{Options, result_in};
use crate::command;
use crate::server::Server;
use crate::steps::Steps;
use crate::tools::{POSTGRES, Tools};
use crate::workspace::Workspace;

const REPLICAS: [&str; 3] = ["replica-1", "replica-2", "replica-3"];

/// How far each dimension is measured, and how often.
struct Scale {
    /// How many sessions, and how many finished operations, are stored.
    sizes: &'static [u32],
    /// How many operations are open besides.
    open: u32,
    /// How many rounds the calls to the store make.
    rounds_of_calls: u32,
    connections: &'static [u32],
    /// How many rounds the loads over HTTP make, and how long each of them takes.
    rounds: u32,
    seconds: u32,
}

impl Scale {
    fn of(options: &Options) -> Self {
        let whole = Self {
            sizes: &[10_000, 100_000, 1_000_000],
            open: 100_000,
            rounds_of_calls: 9,
            connections: &[1, 8, 64, 512],
            rounds: 5,
            seconds: 4,
        };
        match options {
            Options { quick: true, .. } => Self {
                sizes: &[10_000, 100_000],
                open: 1_000,
                rounds_of_calls: 3,
                connections: &[1, 64, 512],
                rounds: 3,
                seconds: 1,
            },
            Options { long: true, .. } => Self {
                sizes: &[10_000, 100_000, 1_000_000, 10_000_000],
                ..whole
            },
            _ => whole,
        }
    }
}

/// What was measured.
struct Growth {
    scale: Scale,
    sqlite: Vec<Calls>,
    postgres: Vec<Calls>,
    /// For each number of connections.
    connections_sqlite: Vec<Outcome>,
    connections_postgres: Vec<Outcome>,
    /// For one replica, two and three.
    replicas: Vec<Outcome>,
}

/// What calls to a store of one size cost, as crates/store/benches/growth.rs prints it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Calls {
    size: f64,
    bytes_of_session: f64,
    bytes_of_operation: f64,
    created: Cost,
    read: Cost,
    created_operations: Cost,
    claims: Cost,
    idle: Cost,
}

/// In microseconds.
#[derive(Clone, Copy, Deserialize)]
struct Cost {
    /// The whole time, divided by the number of calls.
    each: f64,
    p99: f64,
}

pub(crate) fn measure(workspace: &Workspace, options: &Options) -> Result<()> {
    let scale = Scale::of(options);
    let mut steps = Steps::of(6);
    steps.run("tools", || Tools::find_or_install(&["wrk", POSTGRES]))?;
    steps.run("programs", || super::build_programs(workspace))?;
    let sqlite = steps.run("calls to SQLite", || calls(workspace, "sqlite", &scale))?;
    let postgres = steps.run("calls to Postgres", || calls(workspace, "postgres", &scale))?;
    let programs = Programs::new(workspace)?;
    let (connections_sqlite, connections_postgres) =
        steps.run("connections", || connections(&programs, &scale))?;
    let replicas = steps.run("replicas", || replicas(&programs, &scale))?;
    let growth = Growth {
        scale,
        sqlite,
        postgres,
        connections_sqlite,
        connections_postgres,
        replicas,
    };
    println!("\n{}", growth.markdown());
    // A trial does not replace the plots of the documentation.
    let folder = match options.quick {
        true => workspace.scratch("plots")?,
        false => workspace.root().join("docs/plots"),
    };
    growth.plot(&folder)?;
    let folder = folder.strip_prefix(workspace.root()).unwrap_or(&folder);
    println!("The plots are in {}.", folder.display());
    Ok(())
}

/// Fills databases of each size, and calls the store on them in turns.
fn calls(workspace: &Workspace, database: &str, scale: &Scale) -> Result<Vec<Calls>> {
    let mut bench = workspace.cargo(&["bench", "--locked", "-p", "pantoken-store"]);
    bench.args(["--bench", "growth", "--", database]);
    bench.args([scale.rounds_of_calls, scale.open].map(|number| number.to_string()));
    bench.args(scale.sizes.iter().map(ToString::to_string));
    // What it is doing is shown, because it takes minutes.
    bench.stderr(Stdio::inherit());
    let output = command::output(&mut bench).context(
        "if the disk is full, name a folder on a larger one in the variable TMPDIR: a million \
         sessions and operations take 1 to 3 GB while they are made",
    )?;
    let result = result_in(&output)?;
    serde_json::from_value(result).context("not what crates/store/benches/growth.rs should print")
}

/// Creates sessions over different numbers of connections, in SQLite and in Postgres.
fn connections(programs: &Programs<'_>, scale: &Scale) -> Result<(Vec<Outcome>, Vec<Outcome>)> {
    let postgres = Postgres::start_durable()?;
    let databases = [
        ("sqlite", programs.sqlite("connections")),
        ("postgres", postgres.create_database()?),
    ];
    let mut servers = Vec::new();
    for (name, url) in &databases {
        servers.push(for_many_connections(programs, name, url)?);
    }
    let loads = servers.iter().flat_map(|server| {
        let numbers = scale.connections.iter();
        numbers.map(|number| programs.creation(server).over(*number))
    });
    let loads: Vec<Load> = loads.collect();
    let runs: Vec<_> = loads.iter().map(|load| |time| load.run(time)).collect();
    let runs: Vec<Run<'_>> = runs.iter().map(|run| run as Run<'_>).collect();
    let mut of_sqlite = all_in_turns(&runs, scale.rounds, scale.seconds)?;
    let of_postgres = of_sqlite.split_off(scale.connections.len());
    Ok((of_sqlite, of_postgres))
}

/// All connections come from this machine, and the limit for one address is lower.
fn for_many_connections(programs: &Programs<'_>, name: &str, database_url: &str) -> Result<Server> {
    let settings = [
        ("PANTOKEN_DATABASE_URL", database_url),
        ("PANTOKEN_API_KEY", API_KEY),
        ("PANTOKEN_CONNECTIONS_PER_ADDRESS", "600"),
    ];
    programs.server_with(name, &settings)
}

/// Makes complete sessions through one replica, two and three.
fn replicas(programs: &Programs<'_>, scale: &Scale) -> Result<Vec<Outcome>> {
    let postgres = Postgres::start_durable()?;
    let database_url = postgres.create_database()?;
    let mut servers = Vec::new();
    for name in REPLICAS {
        servers.push(programs.server(name, &database_url)?);
    }
    let shares: Vec<&[Server]> = (1..=servers.len())
        .map(|number| &servers[..number])
        .collect();
    let runs: Vec<_> = shares
        .iter()
        .map(|share| |time| programs.complete_sessions(share, time))
        .collect();
    let runs: Vec<Run<'_>> = runs.iter().map(|run| run as Run<'_>).collect();
    all_in_turns(&runs, scale.rounds, scale.seconds)
}
