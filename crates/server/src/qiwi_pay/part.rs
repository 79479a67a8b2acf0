//! A capture, a reversal, a refund or a payout: what it is, and what each fact makes of it. Nothing here does I/O.

use serde::{Deserialize, Serialize};

use super::asking::Sending;
use super::money::Money;
use super::part_details::PartDetails;
use super::payment::CONTRADICTION;

pub(crate) const CAPTURE: &str = "qiwi-pay.capture";
pub(crate) const REVERSAL: &str = "qiwi-pay.reversal";
pub(crate) const REFUND: &str = "qiwi-pay.refund";
pub(crate) const PAYOUT: &str = "qiwi-pay.payout";

/// What is kept of a capture, a reversal, a refund or a payout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Part {
    pub(crate) amount: Money,
    /// Whether the provider is asked for the whole sum, without an amount.
    pub(crate) is_whole: bool,
    pub(crate) state: State,
    /// The provider's error, if it was declined.
    pub(crate) reason: Option<String>,
    /// The provider's transaction: for a capture, that of the payment.
    pub(crate) txn_id: Option<u64>,
    /// The payment's transaction, or that of a payout's deal.
    pub(crate) parent_txn_id: Option<u64>,
    /// The reversals and refunds of the payment that were there before.
    pub(crate) earlier: Vec<u64>,
    /// To which card a payout pays.
    pub(crate) card_token: Option<String>,
    pub(crate) customer: Option<String>,
    /// What it carries beside the amount, until it has its outcome.
    #[serde(default, skip_serializing_if = "PartDetails::is_empty")]
    pub(crate) details: PartDetails,
    #[serde(default)]
    pub(crate) sending: Sending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Pending,
    Completed,
    Declined,
}

/// What was heard of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// Nothing was heard that decides the outcome.
    Open,
    /// The provider executed it, in this transaction.
    Completed { txn_id: u64 },
    /// The provider did not execute it, or refused the request for good.
    Declined { reason: Option<String> },
}

/// What a fact makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) part: Part,
    /// Whether the outcome is to be told.
    pub(crate) is_outcome: bool,
    pub(crate) attention: Option<&'static str>,
}

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Declined => "declined",
        }
    }
}

impl Part {
    pub(crate) fn new(amount: Money) -> Self {
        Self {
            amount,
            is_whole: false,
            state: State::Pending,
            reason: None,
            txn_id: None,
            parent_txn_id: None,
            earlier: Vec::new(),
            card_token: None,
            customer: None,
            details: PartDetails::default(),
            sending: Sending::default(),
        }
    }
}

/// Decides what a fact makes of it. The first outcome stays, and what was only needed to send it is not kept.
pub(crate) fn decide(part: &Part, fact: &Fact) -> Decision {
    let unchanged = |attention| Decision {
        part: part.clone(),
        is_outcome: false,
        attention,
    };
    let after = match fact {
        Fact::Open => return unchanged(None),
        Fact::Completed { txn_id } => Part {
            state: State::Completed,
            txn_id: Some(*txn_id),
            details: PartDetails::default(),
            ..part.clone()
        },
        Fact::Declined { reason } => Part {
            state: State::Declined,
            reason: reason.clone(),
            details: PartDetails::default(),
            ..part.clone()
        },
    };
    match part.state {
        State::Pending => Decision {
            part: after,
            is_outcome: true,
            attention: None,
        },
        same if same == after.state => unchanged(None),
        _ => unchanged(Some(CONTRADICTION)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_fact() -> impl Strategy<Value = Fact> {
        prop_oneof![
            Just(Fact::Open),
            Just(Fact::Completed { txn_id: 7 }),
            Just(Fact::Declined { reason: None }),
        ]
    }

    proptest! {
        #[test]
        fn any_facts_in_any_order_leave_one_outcome(facts in prop::collection::vec(any_fact(), 0..12)) {
            let amount = serde_json::json!({"value": "10.00", "currency": "RUB"});
            let mut part = Part::new(serde_json::from_value(amount).unwrap());
            let mut outcomes = 0;
            for fact in &facts {
                let decision = decide(&part, fact);
                if part.state != State::Pending {
                    prop_assert_eq!(&decision.part, &part);
                }
                outcomes += u32::from(decision.is_outcome);
                part = decision.part;
            }
            prop_assert_eq!(outcomes, u32::from(part.state != State::Pending));
        }
    }
}
