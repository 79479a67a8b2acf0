//! A capture or a refund: what it is, and what each fact makes of it. Nothing here does I/O.

use serde::{Deserialize, Serialize};

use super::money::Money;
use super::payment::CONTRADICTION;

pub(crate) const CAPTURE: &str = "payin.capture";
pub(crate) const REFUND: &str = "payin.refund";

/// What is kept of a capture or a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Part {
    pub(crate) amount: Money,
    pub(crate) state: State,
    pub(crate) reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Pending,
    Completed,
    Declined,
}

/// What was heard of a capture or a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// Nothing was heard that decides the outcome.
    Open,
    /// The provider executed it.
    Completed,
    /// The provider did not execute it, or refused the request for good.
    Declined { reason: Option<String> },
    /// The provider says something that cannot be, for this reason.
    Unclear(&'static str),
}

/// What a fact makes of a capture or a refund.
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

/// Decides what a fact makes of a capture or a refund. The first outcome stays.
pub(crate) fn decide(part: &Part, fact: &Fact) -> Decision {
    let (state, reason) = match fact {
        Fact::Open => return unchanged(part, None),
        Fact::Unclear(reason) => return unchanged(part, Some(reason)),
        Fact::Completed => (State::Completed, None),
        Fact::Declined { reason } => (State::Declined, reason.clone()),
    };
    match part.state {
        State::Pending => Decision {
            part: Part {
                state,
                reason,
                ..part.clone()
            },
            is_outcome: true,
            attention: None,
        },
        same if same == state => unchanged(part, None),
        _ => unchanged(part, Some(CONTRADICTION)),
    }
}

fn unchanged(part: &Part, attention: Option<&'static str>) -> Decision {
    Decision {
        part: part.clone(),
        is_outcome: false,
        attention,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_fact() -> impl Strategy<Value = Fact> {
        prop_oneof![
            Just(Fact::Open),
            Just(Fact::Unclear("AMOUNT_MISMATCH")),
            Just(Fact::Completed),
            Just(Fact::Declined { reason: None }),
        ]
    }

    proptest! {
        #[test]
        fn any_facts_in_any_order_leave_one_outcome(facts in prop::collection::vec(any_fact(), 0..12)) {
            let amount = serde_json::json!({"value": "10.00", "currency": "RUB"});
            let mut part = Part {
                amount: serde_json::from_value(amount).unwrap(),
                state: State::Pending,
                reason: None,
            };
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
            let first = facts.iter().find_map(|fact| match fact {
                Fact::Completed => Some(State::Completed),
                Fact::Declined { .. } => Some(State::Declined),
                _ => None,
            });
            prop_assert_eq!(part.state, first.unwrap_or(State::Pending));
        }
    }
}
