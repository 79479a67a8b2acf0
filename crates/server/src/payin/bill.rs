//! A bill that the customer pays on the provider's form: what it is, and what each fact makes of it. Nothing here
//! does I/O.

use serde::{Deserialize, Serialize};

use super::money::Money;
use super::payment::CONTRADICTION;
use super::received_payment::ReceivedPayment;
use super::token::Token;

pub(crate) const KIND: &str = "payin.bill";

/// What is kept of a bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bill {
    pub(crate) customer: Option<String>,
    pub(crate) amount: Money,
    pub(crate) issue_token: bool,
    pub(crate) comment: Option<String>,
    /// When the form can no longer be used, in Unix milliseconds.
    pub(crate) expires_at: i64,
    pub(crate) return_url: Option<String>,
    pub(crate) language: String,
    pub(crate) state: State,
    pub(crate) reason: Option<String>,
    /// The address of the form, once the provider has made it.
    pub(crate) pay_url: Option<String>,
    pub(crate) payments: Vec<ReceivedPayment>,
    pub(crate) token: Option<Token>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Created,
    Paid,
    Expired,
    /// The provider refused to create it.
    Declined,
}

/// What was heard of a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// Nothing was heard that decides the outcome.
    Open,
    /// The provider has it, with the address of its form.
    Created { pay_url: Option<String> },
    /// It was paid.
    Paid {
        payments: Vec<ReceivedPayment>,
        token: Option<Box<Token>>,
    },
    /// Its time is over.
    Expired,
    /// The provider refused it for good.
    Refused { reason: String },
    /// The provider says something that cannot be, for this reason.
    Unclear(&'static str),
}

/// What a fact makes of a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) bill: Bill,
    pub(crate) event: Option<&'static str>,
    pub(crate) attention: Option<&'static str>,
}

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Paid => "paid",
            Self::Expired => "expired",
            Self::Declined => "declined",
        }
    }
}

/// Decides what a fact makes of a bill. A payment that began in time may succeed after it, so an expired bill can
/// still be paid; a paid one stays paid.
pub(crate) fn decide(bill: &Bill, fact: &Fact) -> Decision {
    match (bill.state, fact) {
        (_, Fact::Open) => unchanged(bill, None),
        (_, Fact::Unclear(reason)) => unchanged(bill, Some(reason)),
        (State::Created, Fact::Created { pay_url }) => Decision {
            bill: Bill {
                pay_url: pay_url.clone().or_else(|| bill.pay_url.clone()),
                ..bill.clone()
            },
            event: None,
            attention: None,
        },
        (State::Created | State::Expired, Fact::Paid { payments, token }) => Decision {
            bill: Bill {
                state: State::Paid,
                payments: payments.clone(),
                token: token.as_deref().cloned(),
                ..bill.clone()
            },
            event: Some("payin.bill.paid"),
            attention: None,
        },
        (State::Created, Fact::Expired) => Decision {
            bill: Bill {
                state: State::Expired,
                ..bill.clone()
            },
            event: Some("payin.bill.expired"),
            attention: None,
        },
        (State::Created, Fact::Refused { reason }) => Decision {
            bill: Bill {
                state: State::Declined,
                reason: Some(reason.clone()),
                ..bill.clone()
            },
            event: Some("payin.bill.declined"),
            attention: None,
        },
        (State::Paid, Fact::Paid { .. })
        | (State::Expired, Fact::Expired)
        | (State::Declined, Fact::Refused { .. }) => unchanged(bill, None),
        _ => unchanged(bill, Some(CONTRADICTION)),
    }
}

fn unchanged(bill: &Bill, attention: Option<&'static str>) -> Decision {
    Decision {
        bill: bill.clone(),
        event: None,
        attention,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bill() -> Bill {
        let amount = serde_json::json!({"value": "10.00", "currency": "RUB"});
        Bill {
            customer: None,
            amount: serde_json::from_value(amount).unwrap(),
            issue_token: false,
            comment: None,
            expires_at: 0,
            return_url: None,
            language: "ru".to_owned(),
            state: State::Created,
            reason: None,
            pay_url: None,
            payments: Vec::new(),
            token: None,
        }
    }

    fn paid() -> Fact {
        Fact::Paid {
            payments: Vec::new(),
            token: None,
        }
    }

    #[test]
    fn an_expired_bill_can_be_paid_and_a_paid_one_stays_paid() {
        let expired = decide(&bill(), &Fact::Expired);
        assert_eq!(expired.event, Some("payin.bill.expired"));
        let after = decide(&expired.bill, &paid());
        assert_eq!(
            (after.bill.state, after.event),
            (State::Paid, Some("payin.bill.paid"))
        );
        for fact in [Fact::Expired, Fact::Created { pay_url: None }] {
            let decision = decide(&after.bill, &fact);
            assert_eq!(decision.bill, after.bill);
            assert_eq!(decision.attention, Some(CONTRADICTION));
        }
    }

    proptest! {
        #[test]
        fn any_facts_in_any_order_leave_one_outcome(numbers in prop::collection::vec(0..6_u8, 0..12)) {
            let facts = numbers.iter().map(|number| match number {
                0 => Fact::Open,
                1 => Fact::Created { pay_url: Some("https://payment.qiwi.com/form".to_owned()) },
                2 => paid(),
                3 => Fact::Expired,
                4 => Fact::Refused { reason: "validation.error".to_owned() },
                _ => Fact::Unclear("AMOUNT_MISMATCH"),
            });
            let (mut now, mut events) = (bill(), Vec::new());
            for fact in facts {
                let decision = decide(&now, &fact);
                if matches!(now.state, State::Paid | State::Declined) {
                    prop_assert_eq!(&decision.bill, &now);
                }
                prop_assert_eq!(decision.event.is_some(), decision.bill.state != now.state);
                events.extend(decision.event);
                now = decision.bill;
            }
            let all = events.len();
            events.sort_unstable();
            events.dedup();
            prop_assert_eq!(events.len(), all, "an event was told twice");
        }
    }
}
