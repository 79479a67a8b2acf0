use std::collections::{BTreeMap, VecDeque};

use pantoken_core::Secret;
use pantoken_qiwi_master::CardType;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::payment_body::PaymentBody;
use super::permission::Permission;
use super::rate_limit::RateLimit;
use crate::call_fault::CallFault;

/// Everything of the wallet that changes.
#[derive(Default)]
pub(super) struct State {
    pub(super) balance: Decimal,
    pub(super) has_package: bool,
    pub(super) permissions: Vec<Permission>,
    /// The orders, by their ids.
    pub(super) orders: BTreeMap<String, Order>,
    /// The cards, by the id that calls take.
    pub(super) cards: BTreeMap<u64, Card>,
    /// The payments, by the ids of their transactions, which grow.
    pub(super) payments: BTreeMap<u64, Payment>,
    pub(super) history_limit: RateLimit,
    pub(super) faults: VecDeque<CallFault>,
    /// What was executed, in order.
    pub(super) executed: Vec<Value>,
}

impl State {
    /// Notes that something was executed.
    pub(super) fn note(&mut self, action: &str, id: &str) {
        self.executed.push(json!({"action": action, "id": id}));
    }

    /// Changes how far an order is.
    pub(super) fn set_order(&mut self, id: &str, state: OrderState) {
        if let Some(order) = self.orders.get_mut(id) {
            order.state = state;
        }
    }
}

/// An order.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) card_type: CardType,
    pub(super) state: OrderState,
}

/// How far an order is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OrderState {
    Draft,
    PaymentRequired(Decimal),
    /// A payment of this price is under way.
    Paying(Decimal),
    Completed(u64),
}

/// A card.
pub(super) struct Card {
    pub(super) card_type: CardType,
    pub(super) name: Option<String>,
    pub(super) pan: Secret,
    pub(super) cvv: Secret,
    pub(super) activated: OffsetDateTime,
    /// When it was blocked, in milliseconds since the Unix epoch.
    pub(super) blocked: Option<i64>,
}

/// A payment.
pub(super) struct Payment {
    /// The id that the wallet chose.
    pub(super) id: u64,
    /// The body as it came, to tell a repetition from another payment.
    pub(super) body: PaymentBody,
    pub(super) decided_at: i64,
    pub(super) outcome: Outcome,
}

/// What became of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Waiting,
    Success,
    TooLittleMoney,
}
