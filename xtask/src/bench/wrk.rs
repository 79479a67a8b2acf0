//! Load from wrk.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use super::{median, number, result_in};
use crate::command;
use crate::workspace::Workspace;

const CONNECTIONS: &str = "64";
pub(crate) const API_KEY: &str = "a-key-for-the-benchmarks";

/// One request, sent again and again over 64 connections.
pub(crate) struct Load {
    script: PathBuf,
    url: String,
    body: &'static str,
}

/// What a load measured.
#[derive(Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) requests: f64,
    pub(crate) per_second: f64,
    pub(crate) p99_ms: f64,
}

impl Load {
    pub(crate) fn new(workspace: &Workspace, url: String, body: &'static str) -> Self {
        let script = workspace.root().join("benches/load.lua");
        Self { script, url, body }
    }

    /// Sends requests for some seconds, and fails if one of them does.
    pub(crate) fn run(&self, seconds: u32) -> Result<Outcome> {
        let mut wrk = Command::new("wrk");
        wrk.args(["-t", "1", "-c", CONNECTIONS, "-d", &seconds.to_string()])
            .arg("-s")
            .arg(&self.script)
            .arg(&self.url)
            .env("PANTOKEN_API_KEY", API_KEY)
            .env("BENCH_BODY", self.body);
        let result = result_in(&command::output(&mut wrk)?)?;
        let (requests, failed) = (number(&result, "/requests")?, number(&result, "/failed")?);
        if failed > 0.0 || requests < 1.0 {
            bail!("{failed} of {requests} requests to {} failed", self.url);
        }
        Ok(Outcome {
            requests,
            per_second: requests * 1e6 / number(&result, "/microseconds")?,
            p99_ms: number(&result, "/p99")? / 1000.0,
        })
    }
}

/// Returns the median outcome of each load. They run in turns, so that whatever else the machine does slows
/// all of them.
pub(crate) fn in_turns<const N: usize>(
    loads: [&Load; N],
    rounds: u32,
    seconds: u32,
) -> Result<[Outcome; N]> {
    let mut outcomes = [const { Vec::new() }; N];
    // The first requests to a program are slower than the later ones.
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
            requests: of(|outcome| outcome.requests),
            per_second: of(|outcome| outcome.per_second),
            p99_ms: of(|outcome| outcome.p99_ms),
        }
    }))
}
