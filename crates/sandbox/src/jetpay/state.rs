use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use serde_json::{Value, json};

use super::fault::{CallbackFault, PayoutFault, StatusFault};
use super::journal::Journal;
use super::outcome::{Outcome, Step};
use super::payments::Payment;

/// How long a payout is under way unless a test chooses otherwise, in milliseconds.
const PAYOUT_TIME: u32 = 1_000;

/// What the platform has stored.
pub(super) struct State {
    /// The payments, by their ids in lower case, because the platform compares ids without case.
    pub(super) payments: BTreeMap<String, Payment>,
    /// What will happen to a payment, in order.
    pub(super) scripts: BTreeMap<String, VecDeque<Step>>,
    /// The ids of payments, by the ids of their requests.
    pub(super) requests: BTreeMap<String, String>,
    pub(super) deposits: Vec<Deposit>,
    /// What was executed, in order.
    pub(super) executed: Vec<Value>,
    /// How many operations there are.
    pub(super) operations: u64,
    pub(super) payout_faults: VecDeque<PayoutFault>,
    pub(super) status_faults: VecDeque<StatusFault>,
    pub(super) callback_faults: VecDeque<CallbackFault>,
    /// The calls of both sides.
    pub(super) journal: Journal,
    /// How long a payout is under way, in milliseconds.
    pub(super) payout_time: u32,
}

/// A deposit, from the customer's payment on.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Deposit {
    /// The number on the receipt.
    pub(super) receipt: String,
    pub(super) customer_id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) channel: Channel,
    pub(super) outcome: Outcome,
    pub(super) state: DepositState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) payment_id: Option<String>,
    /// What the merchant last answered.
    pub(super) answer: Value,
    #[serde(skip)]
    pub(super) additional_customer_id: Option<String>,
}

/// How far a deposit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum DepositState {
    /// The merchant is asked for an id.
    Checking,
    /// The merchant refused, or did not answer, and is asked again.
    Retrying,
    /// The merchant was asked often enough. The customer's money is stranded until a person looks.
    Stuck,
    /// The platform has created the payment.
    Created,
}

/// Where a customer pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Channel {
    #[default]
    Kiosk,
    Wallet,
}

impl Default for State {
    fn default() -> Self {
        Self {
            payments: BTreeMap::new(),
            scripts: BTreeMap::new(),
            requests: BTreeMap::new(),
            deposits: Vec::new(),
            executed: Vec::new(),
            operations: 0,
            payout_faults: VecDeque::new(),
            status_faults: VecDeque::new(),
            callback_faults: VecDeque::new(),
            journal: Journal::default(),
            payout_time: PAYOUT_TIME,
        }
    }
}

impl State {
    /// Records something that was executed.
    pub(super) fn execute(&mut self, kind: &str, payment: &Payment) {
        let amount = json!({"amount": payment.minor_units, "currency": payment.currency});
        self.executed
            .push(json!({"kind": kind, "id": payment.id, "amount": amount}));
    }

    /// Returns the id of the next operation. It is larger than JavaScript's numbers are exact.
    pub(super) fn next_operation_id(&mut self) -> u64 {
        self.operations += 1;
        9_007_199_254_740_993 + 10_000 * self.operations
    }
}
