//! A program that runs beside a task.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};

/// A program that prints where it listens; it stops when this is dropped.
pub(crate) struct Server {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) url: String,
}

impl Server {
    /// Starts the program and waits for its line `listening on {url}`.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        Self::start_with(command, "listening on ")
    }

    /// Starts the program, whose first line has its URL after these words.
    pub(crate) fn start_with(command: &mut Command, words: &str) -> Result<Self> {
        let name = command.get_program().display().to_string();
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let stdout = child.stdout.take().context("stdout is piped")?;
        let lines = BufReader::new(stdout).lines();
        let url = String::new();
        let mut server = Self { child, lines, url };
        let mut line = server.next_line();
        while line.as_ref().is_ok_and(String::is_empty) {
            line = server.next_line();
        }
        let line = line.unwrap_or_default();
        let Some((_, url)) = line.trim().split_once(words) else {
            bail!("{name} did not start; its log says why");
        };
        url.clone_into(&mut server.url);
        Ok(server)
    }

    /// Returns the host and the port.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the next line that the program prints.
    pub(crate) fn next_line(&mut self) -> Result<String> {
        let line = self.lines.next().transpose()?;
        line.context("the program ended before it printed more")
    }

    /// Fails if the program has ended.
    pub(crate) fn check(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!(
                "{} ended by itself ({status}); the reason is above",
                self.url
            );
        }
        Ok(())
    }
}

impl Drop for Server {
    /// Asks the program to stop, and waits until it has: it limits by itself how long that takes.
    fn drop(&mut self) {
        // The standard library has no signal but SIGKILL.
        let id = self.child.id().to_string();
        let asked = Command::new("kill").arg(id).stderr(Stdio::null()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
