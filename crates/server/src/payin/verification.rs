//! A card verification: what it is, and what each fact makes of it. Nothing here does I/O.

use serde::{Deserialize, Serialize};

use super::payment::CONTRADICTION;
use super::token::Token;

pub(crate) const KIND: &str = "payin.verification";

/// What is kept of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verification {
    pub(crate) customer: Option<String>,
    pub(crate) language: String,
    pub(crate) return_url: Option<String>,
    /// The result token is derived from it.
    pub(crate) seed: String,
    /// The address of the form, once the provider has made it.
    pub(crate) pay_url: Option<String>,
    /// When the form can no longer be used, in Unix milliseconds.
    pub(crate) expires_at: i64,
    pub(crate) state: State,
    pub(crate) outcome: Option<Outcome>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Created,
    Verified,
    Refused,
    Failed,
    Expired,
}

/// What the provider says of a verification that it has finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outcome {
    pub(crate) is_valid_card: Option<bool>,
    pub(crate) three_ds_status: Option<String>,
    pub(crate) card: Card,
    pub(crate) token: Option<Token>,
}

/// What the provider knows of the card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"issuingCountry": "RUS", "issuingBank": "QIWI BANK (JSC)", "paymentSystem": "VISA",
    "fundingSource": "PREPAID"}))]
#[schema(as = VerifiedCard)]
pub(crate) struct Card {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issuing_country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issuing_bank: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) payment_system: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) funding_source: Option<String>,
}

/// What was heard of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// Nothing was heard that decides the outcome.
    Open,
    /// The provider has finished: the card is valid or not.
    Done(Box<Outcome>),
    /// The provider could not check the card.
    Failed,
    /// Its time is over.
    TimeIsOver,
}

/// What a fact makes of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) verification: Verification,
    pub(crate) event: Option<&'static str>,
    pub(crate) attention: Option<&'static str>,
}

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Verified => "verified",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }
}

/// Decides what a fact makes of a verification. What the provider verifies after the time is over counts; what it
/// says against an outcome does not.
pub(crate) fn decide(verification: &Verification, fact: &Fact) -> Decision {
    let (state, outcome) = match fact {
        Fact::Open => return unchanged(verification, None),
        Fact::TimeIsOver if verification.state == State::Created => (State::Expired, None),
        Fact::TimeIsOver => return unchanged(verification, None),
        Fact::Done(outcome) if outcome.is_valid_card == Some(true) => {
            (State::Verified, Some((**outcome).clone()))
        }
        Fact::Done(outcome) => (State::Refused, Some((**outcome).clone())),
        Fact::Failed => (State::Failed, None),
    };
    match verification.state {
        State::Created | State::Expired => Decision {
            event: event(state).filter(|_| state != State::Expired || is_told(verification)),
            verification: Verification {
                state,
                outcome,
                ..verification.clone()
            },
            attention: None,
        },
        same if same == state => unchanged(verification, None),
        _ => unchanged(verification, Some(CONTRADICTION)),
    }
}

/// Returns whether anybody was given the form's address. Nobody waits for the end of another one.
fn is_told(verification: &Verification) -> bool {
    verification.pay_url.is_some()
}

fn event(state: State) -> Option<&'static str> {
    match state {
        State::Created => None,
        State::Verified => Some("payin.verification.verified"),
        State::Refused => Some("payin.verification.refused"),
        State::Failed => Some("payin.verification.failed"),
        State::Expired => Some("payin.verification.expired"),
    }
}

fn unchanged(verification: &Verification, attention: Option<&'static str>) -> Decision {
    Decision {
        verification: verification.clone(),
        event: None,
        attention,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn verification() -> Verification {
        Verification {
            customer: None,
            language: "ru".to_owned(),
            return_url: None,
            seed: String::new(),
            pay_url: Some("https://payment.qiwi.com/form".to_owned()),
            expires_at: 0,
            state: State::Created,
            outcome: None,
        }
    }

    fn done(is_valid_card: Option<bool>) -> Fact {
        Fact::Done(Box::new(Outcome {
            is_valid_card,
            three_ds_status: None,
            card: Card::default(),
            token: None,
        }))
    }

    #[test]
    fn what_is_verified_after_the_end_is_verified_and_told() {
        let expired = decide(&verification(), &Fact::TimeIsOver);
        assert_eq!(expired.verification.state, State::Expired);
        assert_eq!(expired.event, Some("payin.verification.expired"));
        let verified = decide(&expired.verification, &done(Some(true)));
        assert_eq!(verified.verification.state, State::Verified);
        assert_eq!(verified.event, Some("payin.verification.verified"));
        let over = decide(&verified.verification, &Fact::TimeIsOver);
        assert_eq!((over.event, over.attention), (None, None));
        let refused = decide(&verified.verification, &done(Some(false)));
        assert_eq!(refused.verification, verified.verification);
        assert_eq!(refused.attention, Some(CONTRADICTION));
    }

    #[test]
    fn only_a_card_that_is_valid_is_verified() {
        for is_valid_card in [None, Some(false)] {
            let decision = decide(&verification(), &done(is_valid_card));
            assert_eq!(decision.verification.state, State::Refused);
        }
    }

    #[test]
    fn the_end_of_a_form_that_nobody_got_is_not_told() {
        let without_form = Verification {
            pay_url: None,
            ..verification()
        };
        let decision = decide(&without_form, &Fact::TimeIsOver);
        assert_eq!(decision.verification.state, State::Expired);
        assert_eq!(decision.event, None);
    }

    proptest! {
        #[test]
        fn any_facts_in_any_order_leave_one_outcome(numbers in prop::collection::vec(0..5_u8, 0..12)) {
            let facts = numbers.iter().map(|number| match number {
                0 => Fact::Open,
                1 => done(Some(true)),
                2 => done(Some(false)),
                3 => Fact::Failed,
                _ => Fact::TimeIsOver,
            });
            let (mut now, mut events) = (verification(), Vec::new());
            for fact in facts {
                let decision = decide(&now, &fact);
                if !matches!(now.state, State::Created | State::Expired) {
                    prop_assert_eq!(&decision.verification, &now);
                }
                prop_assert_eq!(decision.event.is_some(), decision.verification.state != now.state);
                events.extend(decision.event);
                now = decision.verification;
            }
            let all = events.len();
            let outcomes = events.iter().filter(|event| !event.ends_with("expired")).count();
            prop_assert!(outcomes <= 1);
            events.sort_unstable();
            events.dedup();
            prop_assert_eq!(events.len(), all);
        }
    }
}
