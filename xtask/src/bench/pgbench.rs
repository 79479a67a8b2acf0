//! Load from pgbench: the statements that the store sends, without a server between.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use fs_err as fs;
use pantoken_test_support::postgres;

use super::turns::Outcome;
use crate::command;
use crate::workspace::Workspace;

/// As many as `bench-sessions` opens to the server.
const CONNECTIONS: &str = "64";
/// The scripts take their values from here, as the store's statements take theirs from parameters.
const VALUES: [&str; 8] = [
    "id=0",
    "zero=0",
    "language=ru",
    "return_url=https://shop.kz/paid",
    "now=1748779200000",
    r"seed=\x07070707070707070707070707070707",
    r"digest=\x0707070707070707070707070707070707070707070707070707070707070707",
    "token=1a77343a-dd8a-11eb-ba80-0242ac130004",
];

/// As many creations as results, each prepared and sent again and again over 64 connections.
pub(crate) struct Pgbench {
    program: PathBuf,
    scripts: PathBuf,
    /// For the log.
    folder: PathBuf,
    database_url: String,
    runs: Cell<u64>,
}

impl Pgbench {
    pub(crate) fn new(workspace: &Workspace, folder: &Path, database_url: &str) -> Result<Self> {
        let program = postgres::programs().context("Postgres is not installed")?;
        Ok(Self {
            program: program.join("pgbench"),
            scripts: workspace.root().join("benches/pgbench"),
            folder: folder.join("pgbench"),
            database_url: database_url.to_owned(),
            runs: Cell::new(0),
        })
    }

    pub(crate) fn run(&self, seconds: u32) -> Result<Outcome> {
        fs::create_dir_all(&self.folder)?;
        let mut pgbench = Command::new(&self.program);
        pgbench
            .args(["--no-vacuum", "--protocol=prepared", "--log", "--jobs=2"])
            .args(["--client", CONNECTIONS, "--time", &seconds.to_string()])
            .arg("--file")
            .arg(self.scripts.join("create.sql"))
            .arg("--file")
            .arg(self.scripts.join("record.sql"));
        for value in VALUES {
            pgbench.args(["--define", value]);
        }
        // The ids of one run come after those of the run before.
        let first = self.runs.replace(self.runs.get() + 1) << 32;
        pgbench
            .args(["--define", &format!("number={first}")])
            .arg(&self.database_url)
            .current_dir(&self.folder);
        command::output(&mut pgbench)?;
        let mut times = self.read_times()?;
        fs::remove_dir_all(&self.folder)?;
        times.sort_unstable();
        let p99 = times.get(times.len() * 99 / 100);
        let p99 = *p99.context("pgbench ran no transaction")?;
        let requests = f64::from(u32::try_from(times.len())?);
        Ok(Outcome {
            requests,
            per_second: requests / f64::from(seconds),
            p99_ms: f64::from(p99) / 1000.0,
        })
    }

    /// Returns how long each transaction took, in microseconds. Each of pgbench's threads has its own log.
    fn read_times(&self) -> Result<Vec<u32>> {
        let mut times = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let log = fs::read_to_string(entry?.path())?;
            for line in log.lines() {
                times.push(time_in(line).with_context(|| format!("no time in: {line}"))?);
            }
        }
        ensure!(!times.is_empty(), "pgbench wrote no log");
        Ok(times)
    }
}

/// Source: PostgreSQL's documentation, "pgbench", "Per-Transaction Logging".
fn time_in(line: &str) -> Option<u32> {
    line.split(' ').nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::time_in;

    #[test]
    fn the_third_number_of_a_line_is_the_time() {
        assert_eq!(time_in("7 38 12513 1 1748779200 421340"), Some(12_513));
        assert_eq!(time_in("7 38 skipped 1 1748779200 421340"), None);
    }
}
