//! A payment by token: what it is, and what each fact makes of it. Nothing here does I/O.

use serde::{Deserialize, Serialize};

use super::money::Money;

pub(crate) const KIND: &str = "payin.payment";

/// What is kept of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payment {
    pub(crate) customer: String,
    /// The token itself. It is never told.
    pub(crate) payment_token: String,
    pub(crate) amount: Money,
    /// Whether the money is taken in one step.
    pub(crate) capture: bool,
    pub(crate) comment: Option<String>,
    pub(crate) state: State,
    pub(crate) reason: Option<String>,
    /// How much was captured, in hundredths.
    pub(crate) captured: i64,
    /// How much was refunded, in hundredths.
    pub(crate) refunded: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Pending,
    Authorized,
    Captured,
    Declined,
    /// All of a held sum was given back.
    Reversed,
    /// All of a captured sum was given back.
    Refunded,
}

/// What was heard of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// Nothing was heard that decides the outcome.
    Open,
    /// The provider took or holds the money. The sums are in hundredths.
    Completed { captured: i64, refunded: i64 },
    /// The provider did not take the money, or refused the request for good.
    Declined { reason: Option<String> },
    /// The provider says something that cannot be, for this reason.
    Unclear(&'static str),
}

/// What a fact makes of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) payment: Payment,
    /// The event to tell.
    pub(crate) event: Option<&'static str>,
    pub(crate) attention: Option<&'static str>,
}

pub(crate) const CONTRADICTION: &str = "CONTRADICTION";
pub(crate) const AMOUNT_MISMATCH: &str = "AMOUNT_MISMATCH";

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::Captured => "captured",
            Self::Declined => "declined",
            Self::Reversed => "reversed",
            Self::Refunded => "refunded",
        }
    }

    /// Returns whether nothing more is expected. After a hold something is: it is captured, or captures itself.
    pub(crate) fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Authorized)
    }
}

impl Payment {
    /// Returns how much can still be given back, in hundredths.
    pub(crate) fn rest(&self) -> i64 {
        let whole = self.amount.hundredths().unwrap_or_default();
        match self.state {
            State::Pending | State::Declined => 0,
            State::Authorized | State::Reversed => whole - self.refunded,
            State::Captured | State::Refunded => self.captured - self.refunded,
        }
    }
}

/// Decides what a fact makes of a payment. Money that was taken never goes back but by a refund, and what the
/// provider says against the outcome is not applied.
pub(crate) fn decide(payment: &Payment, fact: &Fact) -> Decision {
    let unchanged = |attention| Decision {
        payment: payment.clone(),
        event: None,
        attention,
    };
    match (payment.state, fact) {
        (_, Fact::Open) => unchanged(None),
        (_, Fact::Unclear(reason)) => unchanged(Some(reason)),
        (State::Pending, Fact::Declined { reason }) => Decision {
            payment: Payment {
                state: State::Declined,
                reason: reason.clone(),
                ..payment.clone()
            },
            event: Some("payin.payment.declined"),
            attention: None,
        },
        (State::Declined, Fact::Declined { .. }) => unchanged(None),
        (_, Fact::Declined { .. }) | (State::Declined, Fact::Completed { .. }) => {
            unchanged(Some(CONTRADICTION))
        }
        (_, Fact::Completed { captured, refunded }) => completed(payment, *captured, *refunded),
    }
}

fn completed(payment: &Payment, captured: i64, refunded: i64) -> Decision {
    let goes_back = captured < payment.captured || refunded < payment.refunded;
    let whole = payment.amount.hundredths().unwrap_or_default();
    if goes_back || captured > whole || refunded > whole {
        let attention = match goes_back {
            true => CONTRADICTION,
            false => AMOUNT_MISMATCH,
        };
        return Decision {
            payment: payment.clone(),
            event: None,
            attention: Some(attention),
        };
    }
    let state = match (captured, refunded) {
        (0, refunded) if refunded >= whole => State::Reversed,
        (0, _) => State::Authorized,
        (captured, refunded) if refunded >= captured => State::Refunded,
        _ => State::Captured,
    };
    let event = match (payment.state, captured) {
        (State::Pending, 0) => Some("payin.payment.authorized"),
        (State::Pending, _) => Some("payin.payment.captured"),
        (_, captured) if payment.captured == 0 && captured > 0 => Some("payin.payment.captured"),
        _ => None,
    };
    Decision {
        payment: Payment {
            state,
            captured,
            refunded,
            ..payment.clone()
        },
        event,
        attention: None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn payment() -> Payment {
        Payment {
            customer: "customer-7".to_owned(),
            payment_token: "token".to_owned(),
            amount: serde_json::from_value(
                serde_json::json!({"value": "10.00", "currency": "RUB"}),
            )
            .unwrap(),
            capture: true,
            comment: None,
            state: State::Pending,
            reason: None,
            captured: 0,
            refunded: 0,
        }
    }

    fn after(facts: &[Fact]) -> (Payment, Vec<&'static str>, Vec<&'static str>) {
        let (mut payment, mut events, mut alarms) = (payment(), Vec::new(), Vec::new());
        for fact in facts {
            let decision = decide(&payment, fact);
            payment = decision.payment;
            events.extend(decision.event);
            alarms.extend(decision.attention);
        }
        (payment, events, alarms)
    }

    fn taken(captured: i64, refunded: i64) -> Fact {
        Fact::Completed { captured, refunded }
    }

    fn declined() -> Fact {
        let reason = Some("ACQUIRING_NOT_PERMITTED".to_owned());
        Fact::Declined { reason }
    }

    #[test]
    fn a_payment_follows_the_money() {
        let table = [
            (vec![taken(1000, 0)], State::Captured, 1000),
            (vec![taken(0, 0)], State::Authorized, 1000),
            (vec![taken(0, 0), taken(1000, 0)], State::Captured, 1000),
            (vec![taken(0, 0), taken(0, 1000)], State::Reversed, 0),
            (vec![taken(1000, 300)], State::Captured, 700),
            (
                vec![taken(1000, 300), taken(1000, 1000)],
                State::Refunded,
                0,
            ),
            (vec![declined()], State::Declined, 0),
        ];
        for (facts, state, rest) in table {
            let (payment, _, alarms) = after(&facts);
            assert_eq!((payment.state, payment.rest()), (state, rest), "{facts:?}");
            assert!(alarms.is_empty(), "{facts:?}");
        }
        let (_, events, _) = after(&[taken(0, 0), taken(1000, 0), taken(1000, 1000)]);
        assert_eq!(
            events,
            ["payin.payment.authorized", "payin.payment.captured"]
        );
    }

    #[test]
    fn what_contradicts_the_outcome_is_an_alarm_and_not_applied() {
        for facts in [
            [taken(1000, 0), declined()],
            [declined(), taken(1000, 0)],
            [taken(1000, 0), taken(0, 0)],
            [taken(1000, 500), taken(1000, 0)],
        ] {
            let (payment, _, alarms) = after(&facts);
            assert_eq!(payment, after(&facts[..1]).0, "{facts:?}");
            assert_eq!(alarms, [CONTRADICTION], "{facts:?}");
        }
        let (payment, _, alarms) = after(&[taken(1001, 0)]);
        assert_eq!(
            (payment.state, alarms),
            (State::Pending, vec![AMOUNT_MISMATCH])
        );
    }

    fn any_fact() -> impl Strategy<Value = Fact> {
        prop_oneof![
            Just(Fact::Open),
            Just(Fact::Unclear(AMOUNT_MISMATCH)),
            Just(declined()),
            (prop_oneof![Just(0_i64), Just(1000)], 0..=1100_i64)
                .prop_map(|(captured, refunded)| taken(captured, refunded)),
        ]
    }

    proptest! {
        #[test]
        fn any_facts_in_any_order_leave_one_outcome(facts in prop::collection::vec(any_fact(), 0..12)) {
            let (mut now, mut events) = (payment(), Vec::new());
            for fact in &facts {
                let decision = decide(&now, fact);
                let next = &decision.payment;
                // Money never goes back but by a refund, and a decline is never undone.
                prop_assert!(next.captured >= now.captured && next.refunded >= now.refunded);
                prop_assert!(next.refunded <= 1000);
                if now.state.is_final() {
                    prop_assert!(next.state.is_final());
                    let is_captured = |state| matches!(state, State::Captured | State::Refunded);
                    prop_assert_eq!(is_captured(now.state), is_captured(next.state));
                }
                // Facts that are repeated change and tell nothing.
                let again = decide(next, fact);
                prop_assert_eq!(&again.payment, next);
                prop_assert_eq!(again.event, None);
                // An outcome is told exactly when it changes.
                let is_outcome = now.state == State::Pending && next.state != State::Pending;
                let is_capture = now.captured == 0 && next.captured > 0;
                let is_told = is_outcome || is_capture;
                prop_assert_eq!(decision.event.is_some(), is_told);
                events.extend(decision.event);
                now = decision.payment;
            }
            let all = events.len();
            events.sort_unstable();
            events.dedup();
            prop_assert_eq!(events.len(), all, "an event was told twice");
            let is_declined = events.contains(&"payin.payment.declined");
            prop_assert!(!is_declined || events.len() == 1, "two outcomes: {:?}", events);
        }
    }
}
