//! The progress of a task.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Numbers the steps of a task, and prints which one runs and how long each took.
pub(crate) struct Steps {
    total: usize,
    ended: Vec<String>,
}

impl Steps {
    pub(crate) fn of(total: usize) -> Self {
        let ended = Vec::new();
        Self { total, ended }
    }

    /// Runs the next step, and adds its name to its error.
    pub(crate) fn run<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let number = self.ended.len() + 1;
        eprintln!("\n[{number}/{}] {name}", self.total);
        let started = Instant::now();
        let outcome = work().with_context(|| format!("step {number}, {name}"));
        let verdict = if outcome.is_ok() { "passed" } else { "FAILED" };
        let took = in_words(started.elapsed());
        let line = format!("{number:>4}. {verdict}  {took:>12}  {name}");
        eprintln!("{line}");
        self.ended.push(line);
        outcome
    }

    /// Returns the steps that passed or failed, and how many were not reached.
    pub(crate) fn summary(&self) -> String {
        let left = self.total.saturating_sub(self.ended.len());
        format!(
            "{}\n      {left} of {} not run\n",
            self.ended.join("\n"),
            self.total
        )
    }
}

fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}
