//! Kills the server or its database while money moves, and counts what was executed and told.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;
use tokio::task::JoinHandle;

use crate::numbers;
use crate::shop::{Provider, Shop};

/// The most answers between what was executed and a kill.
const DELAY: usize = 4;
/// After so many answers something is killed, even if nothing more was executed.
const PATIENCE: u64 = 60;
/// The number of customers at the same time. Each orders one thing after the other.
const CUSTOMERS: usize = 8;

/// What is killed, how often, and under how many operations at least.
pub(crate) struct Kills {
    pub(crate) of: Victim,
    pub(crate) times: usize,
    pub(crate) operations: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Victim {
    Server,
    Postgres,
}

impl fmt::Display for Kills {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.of {
            Victim::Server => "kill -9",
            Victim::Postgres => "a crash of Postgres",
        })
    }
}

/// Kills while customers order things. `order` does everything for a thing that is ordered, and
/// returns the names of the operations. Calls and notifications of the provider fail before each kill. Returns the
/// names of all operations once they have their outcomes.
pub(crate) async fn kill_during<F, O>(
    shop: &mut Shop,
    provider: &Provider,
    kills: &Kills,
    order: F,
) -> Vec<String>
where
    F: Fn(usize) -> O + Send + Sync + 'static,
    O: Future<Output = Vec<String>> + Send + 'static,
{
    let mut fault = numbers(provider.faults.len());
    let mut more = numbers(2 * kills.operations / kills.times);
    let mut delay = numbers(DELAY);
    let mut work = Work::start(order);
    for _ in 0..kills.times {
        let faults = [fault(), fault()].map(|number| json!({"fault": provider.faults[number]}));
        shop.control("faults", Some(&json!(faults))).await;
        let enough = shop.executed().await.len() + 1 + more();
        let answers = shop.back_end.answers.total() + PATIENCE;
        shop.wait_until("operations", async |shop| {
            shop.executed().await.len() >= enough || shop.back_end.answers.total() >= answers
        })
        .await;
        let answers = shop.back_end.answers.total() + u64::try_from(delay()).unwrap();
        shop.wait_until("answers", async |shop| {
            shop.back_end.answers.total() >= answers
        })
        .await;
        kill(shop, kills.of).await;
    }
    work.stop.store(true, Ordering::Relaxed);
    shop.wait_until("the rest", async |_| {
        work.customers.iter().all(JoinHandle::is_finished)
    })
    .await;
    let mut names = Vec::new();
    for customer in &mut work.customers {
        names.extend(customer.await.unwrap());
    }
    names
}

async fn kill(shop: &mut Shop, victim: Victim) {
    if victim == Victim::Server {
        return shop.kill_and_start().await;
    }
    shop.postgres.as_ref().unwrap().stop().unwrap();
    let refused = shop.back_end.answers.of(Some(503)) + 1;
    shop.wait_until("refusals", async |shop| {
        shop.back_end.answers.of(Some(503)) >= refused
    })
    .await;
    shop.postgres.as_ref().unwrap().start_again().unwrap();
    shop.pass_time().await;
}

/// Customers who order things in the background.
struct Work {
    customers: Vec<JoinHandle<Vec<String>>>,
    stop: Arc<AtomicBool>,
}

impl Work {
    fn start<F, O>(order: F) -> Self
    where
        F: Fn(usize) -> O + Send + Sync + 'static,
        O: Future<Output = Vec<String>> + Send + 'static,
    {
        let (order, next) = (Arc::new(order), Arc::<AtomicUsize>::default());
        let stop = Arc::<AtomicBool>::default();
        let customers = (0..CUSTOMERS).map(|_| {
            let (order, next, stop) = (order.clone(), next.clone(), stop.clone());
            tokio::spawn(async move {
                let mut names = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    names.extend(order(next.fetch_add(1, Ordering::Relaxed)).await);
                }
                names
            })
        });
        Self {
            customers: customers.collect(),
            stop,
        }
    }
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
fn beyond<'a>(these: &BTreeMap<&'a str, usize>, those: &BTreeMap<&'a str, usize>) -> Vec<&'a str> {
    let more = these
        .iter()
        .filter(|(name, count)| **count > those.get(*name).copied().unwrap_or(0));
    more.map(|(name, _)| *name).collect()
}
