//! Load from wrk.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{median, number, result_in};
use crate::command;
use crate::debian;
use crate::workspace::Workspace;

const CONNECTIONS: &str = "64";
pub(crate) const API_KEY: &str = "a-key-for-the-benchmarks";

pub(crate) fn find_or_install() -> Result<()> {
    if command::on_path("wrk").is_none() {
        debian::install(&["wrk"]).context(
            "the load comes from wrk, and it is not on PATH (on Debian: `apt-get install wrk`)",
        )?;
    }
    Ok(())
}

/// One call, made again and again over 64 connections.
pub(crate) struct Load {
    script: PathBuf,
    url: String,
    body: &'static str,
}

/// What a load came to.
#[derive(Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) calls: f64,
    pub(crate) calls_a_second: f64,
    pub(crate) p99_ms: f64,
}

impl Load {
    pub(crate) fn new(workspace: &Workspace, url: String, body: &'static str) -> Self {
        let script = workspace.root().join("benches/load.lua");
        Self { script, url, body }
    }

    /// Makes the call for some seconds; one that fails is an error.
    pub(crate) fn run(&self, seconds: u32) -> Result<Outcome> {
        let mut wrk = Command::new("wrk");
        wrk.args(["-t", "1", "-c", CONNECTIONS, "-d", &seconds.to_string()])
            .arg("-s")
            .arg(&self.script)
            .arg(&self.url)
            .env("PANTOKEN_API_KEY", API_KEY)
            .env("BENCH_BODY", self.body);
        let result = result_in(&command::output(&mut wrk)?)?;
        let (calls, failed) = (number(&result, "/requests")?, number(&result, "/failed")?);
        if failed > 0.0 || calls < 1.0 {
            bail!("{failed} of {calls} calls of {} failed", self.url);
        }
        Ok(Outcome {
            calls,
            calls_a_second: calls * 1e6 / number(&result, "/microseconds")?,
            p99_ms: number(&result, "/p99")? / 1000.0,
        })
    }
}

/// The median outcome of each, measured one after the other, so that whatever else the machine does
/// falls on all.
pub(crate) fn in_turns<const N: usize>(
    loads: [&Load; N],
    rounds: u32,
    seconds: u32,
) -> Result<[Outcome; N]> {
    let mut outcomes = [const { Vec::new() }; N];
    // The first calls of a program are not what it does later.
    for load in loads {
        load.run(1)?;
    }
    for _ in 0..rounds {
        for (load, outcomes) in loads.iter().zip(&mut outcomes) {
            outcomes.push(load.run(seconds)?);
        }
    }
    Ok(outcomes.map(|all| {
        let of = |figure: fn(&Outcome) -> f64| median(all.iter().map(figure).collect());
        Outcome {
            calls: of(|outcome| outcome.calls),
            calls_a_second: of(|outcome| outcome.calls_a_second),
            p99_ms: of(|outcome| outcome.p99_ms),
        }
    }))
}
