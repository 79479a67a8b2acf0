//! What the customer of the shop has on the account that kiosks fill, from webhooks alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// The customer who is logged in. A real back end takes it from its own log-in, and never from the page.
pub(super) const CUSTOMER: &str = "customer-7";
pub(super) const CURRENCY: &str = "KZT";

/// An account, in minor units of [`CURRENCY`].
#[derive(Default)]
pub(super) struct Ledger(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    balance: i64,
    /// The ids of the events that have been entered. Each may come more than once.
    entered: BTreeSet<String>,
    /// What is under way, by the payout's id. It is on the account again if the payout is declined.
    payouts: BTreeMap<String, i64>,
}

impl Ledger {
    pub(super) fn balance(&self) -> i64 {
        self.entries().balance
    }

    /// Enters a webhook whose signature was verified, once.
    pub(super) fn take(&self, event: &Value) {
        let mut entries = self.entries();
        let (Some(id), Some(kind)) = (event["id"].as_str(), event["type"].as_str()) else {
            return;
        };
        if entries.entered.contains(id) {
            return;
        }
        let payment_id = event["paymentId"].as_str().unwrap_or_default();
        match kind {
            "jetpay.deposit.paid" if event["customer"] == CUSTOMER => {
                let amount = event["amount"].as_i64().unwrap_or_default();
                entries.balance = entries.balance.saturating_add(amount);
            }
            "jetpay.payout.paid" => drop(entries.payouts.remove(payment_id)),
            "jetpay.payout.declined" => entries.give_back(payment_id),
            _ => return,
        }
        entries.entered.insert(id.to_owned());
    }

    /// Takes the money of a payout off the account before it is asked for. Returns whether there is enough.
    pub(super) fn hold(&self, payment_id: &str, amount: i64) -> bool {
        let mut entries = self.entries();
        if entries.balance < amount {
            return false;
        }
        entries.balance -= amount;
        entries.payouts.insert(payment_id.to_owned(), amount);
        true
    }

    /// Gives back the money of a payout that was not accepted.
    pub(super) fn release(&self, payment_id: &str) {
        self.entries().give_back(payment_id);
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn give_back(&mut self, payment_id: &str) {
        let amount = self.payouts.remove(payment_id).unwrap_or_default();
        self.balance = self.balance.saturating_add(amount);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn deposit(id: &str, customer: &str) -> Value {
        json!({"id": id, "type": "jetpay.deposit.paid", "customer": customer, "paymentId": "d-1", "amount": 200_000})
    }

    #[test]
    fn a_deposit_counts_once_however_often_it_is_told() {
        let ledger = Ledger::default();
        for _ in 0..3 {
            ledger.take(&deposit("evt_1", CUSTOMER));
        }
        assert_eq!(ledger.balance(), 200_000);
        ledger.take(&deposit("evt_2", CUSTOMER));
        ledger.take(&deposit("evt_3", "somebody-else"));
        ledger.take(&json!({"id": "evt_4", "type": "jetpay.deposit.declined", "customer": CUSTOMER, "amount": 1}));
        assert_eq!(ledger.balance(), 400_000);
    }

    #[test]
    fn a_payout_takes_no_more_than_there_is_and_a_declined_one_is_given_back_once() {
        let ledger = Ledger::default();
        ledger.take(&deposit("evt_1", CUSTOMER));
        assert!(!ledger.hold("p-1", 200_001));
        assert!(ledger.hold("p-1", 150_000));
        assert!(!ledger.hold("p-2", 50_001));
        let declined = json!({"id": "evt_2", "type": "jetpay.payout.declined", "paymentId": "p-1"});
        ledger.take(&declined);
        ledger.take(&declined);
        assert_eq!(ledger.balance(), 200_000);
        assert!(ledger.hold("p-3", 150_000));
        let paid = json!({"id": "evt_3", "type": "jetpay.payout.paid", "paymentId": "p-3"});
        ledger.take(&paid);
        ledger.release("p-3");
        assert_eq!(ledger.balance(), 50_000);
    }
}
