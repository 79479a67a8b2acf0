//! `cargo xtask bench`: the server and the element, compared with their peers on this machine in one run.

mod browser;
mod server;
mod table;
mod wrk;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::workspace::Workspace;
use table::Table;

/// A part that can be measured alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The HTTP API, its stores, and signing
    Server,
    /// The element in Chromium
    Browser,
}

/// How long to measure.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    /// Fewer and shorter runs.
    pub(crate) quick: bool,
    /// Ten million rows in the large table.
    pub(crate) long: bool,
}

/// Measures a part, or both. A missed bar is an error, unless the runs are short.
pub(crate) fn run(part: Option<Part>, extent: Extent) -> Result<()> {
    let workspace = Workspace::find()?;
    let mut table = Table::default();
    let mut outcome = Ok(());
    if part != Some(Part::Browser) {
        outcome = server::measure(&workspace, extent, &mut table);
    }
    if part != Some(Part::Server) && outcome.is_ok() {
        outcome = browser::measure(&workspace, extent, &mut table);
    }
    // What was measured before a failure is worth having.
    table.print();
    outcome?;
    if table.missed > 0 && !extent.quick {
        bail!(
            "{} of the bars are missed: see the table above",
            table.missed
        );
    }
    Ok(())
}

/// Builds all programs at once, because two builds would compile what they share with different features.
fn build_programs(workspace: &Workspace) -> Result<()> {
    workspace.run_cargo("build --locked --release --bins -p pantoken-server -p pantoken-benches")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_ignores_an_outlier() {
        assert!((median(vec![3.0, 1000.0, 1.0, 2.0, 4.0]) - 3.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_result_is_found_among_the_other_output_of_a_program() {
        let result = result_in("Running 1s test\nresult: {\"p99\":5}\n").unwrap();
        assert!((number(&result, "/p99").unwrap() - 5.0).abs() < f64::EPSILON);
        assert!(number(&result, "/p50").is_err());
        assert!(result_in("Running 1s test\n").is_err());
    }
}
