//! Kills the server or its database while money moves, and counts what was executed and told.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;

use serde_json::json;

use crate::numbers;
use crate::shop::{Provider, Shop};

/// After so many answers something is killed, even if nothing more was executed.
const PATIENCE: u64 = 60;
/// The most answers between what was executed and a kill.
const DELAY: usize = 20;
/// The number of customers at the same time.
pub(crate) const CUSTOMERS: usize = 8;

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Victim {
    Server,
    Postgres,
}

impl fmt::Display for Victim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Server => "kill -9",
            Self::Postgres => "a crash of Postgres",
        })
    }
}

/// Kills the victim this often while the work goes on, at moments that are spread over what is executed. Calls and
/// notifications of the provider fail before each kill. Returns when the work is done.
pub(crate) async fn kill_during(
    shop: &mut Shop,
    provider: &Provider,
    (victim, kills): (Victim, usize),
    operations: usize,
    work: impl Future<Output = ()> + Send + 'static,
) {
    let (mut fault, mut delay) = (numbers(provider.faults.len()), numbers(DELAY));
    let before = shop.executed().await.len();
    let work = tokio::spawn(work);
    for kill in 1..=kills {
        let faults = [fault(), fault()].map(|number| json!({"fault": provider.faults[number]}));
        shop.control("faults", Some(&json!(faults))).await;
        let enough = before + operations * kill / (kills + 1);
        let answers = shop.back_end.answers.total() + PATIENCE;
        shop.wait_until("operations", async |shop| {
            shop.executed().await.len() >= enough
                || shop.back_end.answers.total() >= answers
                || work.is_finished()
        })
        .await;
        let answers = shop.back_end.answers.total() + u64::try_from(delay()).unwrap();
        shop.wait_until("answers", async |shop| {
            shop.back_end.answers.total() >= answers || work.is_finished()
        })
        .await;
        match victim {
            Victim::Server => shop.kill_and_start().await,
            Victim::Postgres => {
                shop.postgres.as_ref().unwrap().stop().unwrap();
                let refused = shop.back_end.answers.of(Some(503)) + 1;
                shop.wait_until("refusals", async |shop| {
                    shop.back_end.answers.of(Some(503)) >= refused || work.is_finished()
                })
                .await;
                shop.postgres.as_ref().unwrap().start_again().unwrap();
                shop.pass_time().await;
            }
        }
    }
    shop.wait_until("the rest", async |_| work.is_finished())
        .await;
    work.await.unwrap();
}

/// What the back end had as outcomes, what the provider executed, and what the back end was told. Each is a list of
/// names of operations.
pub(crate) struct Figures {
    pub(crate) acknowledged: Vec<String>,
    pub(crate) executed: Vec<String>,
    pub(crate) told: Vec<String>,
}

impl Figures {
    /// Prints a row of the table in docs/reliability.md, and fails if something is lost or doubled.
    pub(crate) fn check(&self, fault: &str, shop: &Shop) {
        let wanted = counts(&self.acknowledged);
        let (mut lost, mut doubled) = (Vec::new(), Vec::new());
        for found in [counts(&self.executed), counts(&self.told)] {
            lost.extend(beyond(&wanted, &found));
            doubled.extend(beyond(&found, &wanted));
        }
        println!(
            "\n| {fault} | {} | {} | {} | {} |",
            self.acknowledged.len(),
            lost.len(),
            doubled.len(),
            shop.back_end.answers
        );
        assert!(
            lost.is_empty() && doubled.is_empty(),
            "lost: {lost:?}, doubled: {doubled:?}"
        );
        shop.check_logs();
    }
}

fn counts(names: &[String]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name.as_str()).or_default() += 1;
    }
    counts
}

/// Returns the names that occur more often in `these` than in `those`.
fn beyond<'a>(
    these: &BTreeMap<&'a str, usize>,
    those: &BTreeMap<&'a str, usize>,
) -> Vec<&'a str> {
    let more = these
        .iter()
        .filter(|(name, count)| **count > those.get(*name).copied().unwrap_or(0));
    more.map(|(name, _)| *name).collect()
}
