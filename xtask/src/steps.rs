//! The progress of a task.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Numbers the steps of a task, and prints which one runs and how long each took.
pub(crate) struct Steps {
    total: usize,
    started: Instant,
    ended: Vec<Ended>,
}

struct Ended {
    name: &'static str,
    took: Duration,
    passed: bool,
}

impl Steps {
    pub(crate) fn of(total: usize) -> Self {
        Self {
            total,
            started: Instant::now(),
            ended: Vec::new(),
        }
    }

    /// Runs the next step, and adds its name to its error.
    pub(crate) fn run<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let number = self.ended.len() + 1;
        eprintln!("\n[{number}/{}] {name}", self.total);
        let started = Instant::now();
        let outcome = work().with_context(|| format!("step {number}, {name}"));
        let took = started.elapsed();
        let passed = outcome.is_ok();
        let verdict = if passed { "done" } else { "failed" };
        eprintln!(
            "[{number}/{}] {name}: {verdict} in {}",
            self.total,
            in_words(took)
        );
        self.ended.push(Ended { name, took, passed });
        outcome
    }

    /// Returns a table of the steps that passed, failed, or were not reached.
    pub(crate) fn summary(&self) -> String {
        let mut text = String::new();
        for (index, step) in self.ended.iter().enumerate() {
            let verdict = if step.passed { "passed" } else { "FAILED" };
            text += &format!(
                "{:>4}. {verdict}  {:>12}  {}\n",
                index + 1,
                in_words(step.took),
                step.name
            );
        }
        let left = self.total.saturating_sub(self.ended.len());
        if left > 0 {
            text += &format!("      {left} of {} not run\n", self.total);
        }
        text + &format!("       total {:>12}\n", in_words(self.started.elapsed()))
    }
}

fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        return format!("{seconds} s");
    }
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn a_summary_names_what_failed_and_counts_what_was_not_run() {
        let mut steps = Steps::of(3);
        steps.run("format", || Ok(())).unwrap();
        let error = steps
            .run("clippy", || -> Result<()> { bail!("exit status: 1") })
            .unwrap_err();
        assert_eq!(format!("{error:#}"), "step 2, clippy: exit status: 1");
        let summary = steps.summary();
        let mut lines = summary.lines();
        let (first, second) = (lines.next().unwrap(), lines.next().unwrap());
        assert!(first.starts_with("   1. passed") && first.ends_with("format"));
        assert!(second.starts_with("   2. FAILED") && second.ends_with("clippy"));
        assert!(summary.contains("1 of 3 not run"), "{summary}");
    }

    #[test]
    fn a_minute_or_more_is_shown_in_minutes() {
        assert_eq!(in_words(Duration::from_millis(59_999)), "59 s");
        assert_eq!(in_words(Duration::from_secs(61)), "1 min 01 s");
    }
}
