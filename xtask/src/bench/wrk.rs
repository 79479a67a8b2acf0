//! Load from wrk.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use super::turns::Outcome;
use super::{number, result_in};
use crate::command;
use crate::workspace::Workspace;

const CONNECTIONS: u32 = 64;
pub(crate) const API_KEY: &str = "a-key-for-the-benchmarks";

/// One request, sent again and again, over 64 connections unless another number is given.
pub(crate) struct Load {
    script: PathBuf,
    url: String,
    body: &'static str,
    connections: u32,
}

impl Load {
    pub(crate) fn new(workspace: &Workspace, url: String, body: &'static str) -> Self {
        let script = workspace.root().join("benches/load.lua");
        Self {
            script,
            url,
            body,
            connections: CONNECTIONS,
        }
    }

    pub(crate) fn over(self, connections: u32) -> Self {
        Self {
            connections,
            ..self
        }
    }

    /// Sends requests for some seconds, and fails if one of them does.
    pub(crate) fn run(&self, seconds: u32) -> Result<Outcome> {
        let mut wrk = Command::new("wrk");
        wrk.args(["-t", "1", "-c", &self.connections.to_string()])
            .args(["-d", &seconds.to_string()])
            // A request that waits for a busy disk is slow, which the percentiles show, but has not failed.
            .args(["--timeout", "30s"])
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
