use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use super::card::Card;
use super::fault::{NextCall, NextNotification};
use super::fields::{Fields, INDUSTRY_DATA};
use super::hosted_form::HostedForm;
use super::switches::Switches;
use super::today::Today;
use super::transaction::{Status, Transaction, amount};

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
    /// The forms that browsers opened, by their token.
    pub(super) forms: BTreeMap<String, HostedForm>,
    pub(super) today: Today,
    pub(super) switches: Switches,
}

impl State {
    pub(super) fn next_id(&self) -> u64 {
        let last = self.transactions.last_key_value();
        last.map_or(FIRST_ID, |(id, _)| id + 1)
    }

    /// Returns what of a payment was not given back.
    pub(super) fn rest(&self, payment: &Transaction) -> i64 {
        let all = self.transactions.values();
        let children = all.filter(|it| it.parent == Some(payment.id));
        payment.minor_units - children.map(|it| it.minor_units).sum::<i64>()
    }

    /// Returns how much of a payment was paid out, or is being paid out.
    pub(super) fn paid_out(&self, payment: u64) -> i64 {
        let all = self.transactions.values();
        let payouts = all.filter(|it| it.deal == Some(payment) && it.status != Status::Declined);
        payouts.map(|it| it.minor_units).sum()
    }

    /// Records something that was executed, with what its request had for the tax office, the airline and the parties
    /// of a safe deal.
    pub(super) fn execute(&mut self, kind: &str, id: &str, minor_units: i64, request: &Fields) {
        let mut executed = json!({"kind": kind, "id": id, "amount": amount(minor_units)});
        for name in ["cf1", "cf2", "cf3", "cheque", "merchant_cheque"] {
            if let Some(text) = request.get(name) {
                executed[name] = json!(text);
            }
        }
        if let Some(data) = request.object(INDUSTRY_DATA) {
            executed[INDUSTRY_DATA] = serde_json::from_str(data).unwrap_or_default();
        }
        self.executed.push(executed);
    }
}
