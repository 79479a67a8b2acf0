//! `cargo xtask bench`: the server and the element, compared with their peers on this machine in one run, and what growth
//! costs.

mod browser;
mod growth;
mod pgbench;
mod plot;
mod programs;
mod server;
mod table;
mod turns;
mod wrk;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::workspace::Workspace;
use table::Table;

pub(crate) const EXAMPLES: &str = "Examples:
  cargo xtask bench                   the server and the element
  cargo xtask bench server
  cargo xtask bench browser --quick
  cargo xtask bench browser --rounds 11
  cargo xtask bench growth --quick    a trial of a minute, with plots in target/plots
  cargo xtask bench growth            up to a million rows, with plots in docs/plots
  cargo xtask bench growth --long     up to ten million rows, which need 20 GB of disk";

/// What to measure, and for how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Measure only this part
    part: Option<Part>,
    /// Make fewer and shorter runs, and fail for no missed bar
    #[arg(long)]
    quick: bool,
    /// Measure tables of up to ten million rows instead of one million
    #[arg(long, conflicts_with = "quick")]
    long: bool,
    /// Make this many rounds in the browser. Fewer take less time, but their medians are less certain
    #[arg(long, default_value_t = 31, value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "quick")]
    rounds: u32,
}

/// A part that can be measured alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The HTTP API, its stores, and signing
    Server,
    /// The element in Chromium
    Browser,
    /// What sessions, operations, connections and replicas cost as they grow in number: Markdown tables, and plots in
    /// docs/plots. Not part of the whole, because it has no bars
    Growth,
}

/// Measures a part, or those that have bars. A missed bar is an error, unless the runs are short.
pub(crate) fn run(options: &Options) -> Result<()> {
    let workspace = Workspace::find()?;
    if options.part == Some(Part::Growth) {
        return growth::measure(&workspace, options);
    }
    let mut table = Table::default();
    let mut outcome = Ok(());
    if options.part != Some(Part::Browser) {
        outcome = server::measure(&workspace, options, &mut table);
    }
    if options.part != Some(Part::Server) && outcome.is_ok() {
        outcome = browser::measure(&workspace, options, &mut table);
    }
    // What was measured before a failure is worth having.
    table.print();
    outcome?;
    if table.missed > 0 && !options.quick {
        bail!(
            "{} of the bars are missed: see the table above",
            table.missed
        );
    }
    Ok(())
}

/// Builds all programs at once, because two builds would compile what they share with different features.
fn build_programs(workspace: &Workspace) -> Result<()> {
    workspace.run_cargo(
        "build --locked --release --bins -p pantoken-server -p pantoken-sandbox -p pantoken-benches",
    )
}

/// Returns what one of the programs of `benches` prints at its end, after `result: `.
fn result_in(output: &str) -> Result<serde_json::Value> {
    let line = output
        .lines()
        .find_map(|line| line.strip_prefix("result: "))
        .with_context(|| format!("no result in:\n{output}"))?;
    serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))
}

/// Returns a number of such a result.
fn number(result: &serde_json::Value, path: &str) -> Result<f64> {
    let value = result.pointer(path).and_then(serde_json::Value::as_f64);
    value.with_context(|| format!("no number {path} in {result}"))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
