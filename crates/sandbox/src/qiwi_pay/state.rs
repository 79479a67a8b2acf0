use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use super::card::Card;
use super::fault::{NextCall, NextNotification};
use super::transaction::{Transaction, amount};

/// The first id, above 2^32 as the provider's.
const FIRST_ID: u64 = 806_930_407_050;

/// What the provider has stored.
#[derive(Default)]
pub(super) struct State {
    pub(super) transactions: BTreeMap<u64, Transaction>,
    pub(super) tokens: BTreeMap<String, Card>,
    /// What was executed, in order.
    pub(super) executed: Vec<Value>,
    pub(super) call_faults: VecDeque<NextCall>,
    pub(super) notification_faults: VecDeque<NextNotification>,
    /// Whether captured money is reconciled later, as at some acquirers.
    pub(super) is_deferred: bool,
}

impl State {
    pub(super) fn next_id(&self) -> u64 {
        let last = self.transactions.last_key_value();
        last.map_or(FIRST_ID, |(id, _)| id + 1)
    }

    /// Records something that was executed.
    pub(super) fn execute(&mut self, kind: &str, id: &str, minor_units: i64) {
        let amount = amount(minor_units);
        self.executed
            .push(json!({"kind": kind, "id": id, "amount": amount}));
    }
}
