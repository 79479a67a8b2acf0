//! Loads that run in turns, so that whatever else the machine does slows all of them.

use anyhow::{Result, anyhow};

use super::median;

/// What a load measured.
#[derive(Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) requests: f64,
    pub(crate) per_second: f64,
    pub(crate) p99_ms: f64,
}

/// Runs something under load for this number of seconds.
pub(crate) type Run<'a> = &'a dyn Fn(u32) -> Result<Outcome>;

/// Returns the median outcome of each load.
pub(crate) fn in_turns<const N: usize>(
    loads: [Run<'_>; N],
    rounds: u32,
    seconds: u32,
) -> Result<[Outcome; N]> {
    let outcomes = all_in_turns(&loads, rounds, seconds)?;
    let outcomes = outcomes.try_into();
    outcomes.map_err(|_| anyhow!("a load has no outcome"))
}

/// Returns the median outcome of each load.
pub(crate) fn all_in_turns(loads: &[Run<'_>], rounds: u32, seconds: u32) -> Result<Vec<Outcome>> {
    let mut outcomes = vec![Vec::new(); loads.len()];
    // The first requests to a program are slower than the later ones.
    for run in loads {
        run(1)?;
    }
    for _ in 0..rounds {
        for (run, outcomes) in loads.iter().zip(&mut outcomes) {
            outcomes.push(run(seconds)?);
        }
    }
    Ok(outcomes.iter().map(|all| median_of(all)).collect())
}

fn median_of(outcomes: &[Outcome]) -> Outcome {
    let of = |figure: fn(&Outcome) -> f64| median(outcomes.iter().map(figure).collect());
    Outcome {
        requests: of(|outcome| outcome.requests),
        per_second: of(|outcome| outcome.per_second),
        p99_ms: of(|outcome| outcome.p99_ms),
    }
}
