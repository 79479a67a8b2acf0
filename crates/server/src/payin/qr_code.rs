//! A QR code of the faster payments system: what it is, and what each fact makes of it. Nothing here does I/O.

use serde::{Deserialize, Serialize};

use super::money::Money;
use super::payment::CONTRADICTION;
use super::received_payment::ReceivedPayment;
use super::token::Token;

pub(crate) const KIND: &str = "payin.qr-code";

/// What is kept of a QR code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QrCode {
    /// The sum of a code that is paid. A code without one only issues a token.
    pub(crate) amount: Option<Money>,
    pub(crate) customer: Option<String>,
    pub(crate) issue_token: bool,
    pub(crate) purpose: Option<String>,
    pub(crate) ttl_minutes: Option<u32>,
    pub(crate) return_url: Option<String>,
    /// When the code can no longer be used, in Unix milliseconds.
    pub(crate) expires_at: i64,
    pub(crate) state: State,
    pub(crate) reason: Option<String>,
    /// The address that the code contains, once the provider has made it.
    pub(crate) payload: Option<String>,
    /// The code as a PNG image in base64, if the provider draws one.
    pub(crate) image: Option<String>,
    pub(crate) payment: Option<ReceivedPayment>,
    pub(crate) token: Option<Token>,
    /// Whether the customer or the bank refused to issue a token.
    pub(crate) is_token_rejected: bool,
    /// The token that the code is to be paid with.
    pub(crate) charge: Option<Charge>,
}

/// The order to pay a code with a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Charge {
    pub(crate) customer: String,
    pub(crate) token_id: String,
    /// The token itself. It is never told.
    pub(crate) payment_token: String,
    /// When it was ordered, in Unix milliseconds.
    pub(crate) ordered_at: i64,
    /// Whether the provider has begun the payment.
    pub(crate) is_accepted: bool,
}

/// What a QR code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It is paid once.
    Dynamic,
    /// It only issues a token.
    Token,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Dynamic => "dynamic",
            Self::Token => "token",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// It can be paid. A code that issued a token stays so.
    Created,
    /// It is being paid with a token.
    Pending,
    Paid,
    /// Its payment or its token was declined, or the provider refused to create it.
    Declined,
    Expired,
}

/// What was heard of a QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// Nothing was heard that decides the outcome.
    Open,
    /// The provider has it.
    Known { status: Status, token: TokenStatus },
    /// The provider refused to create it, or to charge the token, for good.
    Refused { reason: String },
    /// The provider says something that cannot be, for this reason.
    Unclear(&'static str),
}

/// What the provider says about the money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It can be used.
    Created {
        payload: Option<String>,
        image: Option<String>,
    },
    /// A payment by token has begun.
    Pending,
    /// It was paid.
    Paid { payment: Option<ReceivedPayment> },
    /// Its payment was declined.
    Declined,
    /// Its time is over.
    Expired,
}

/// What the provider says about the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenStatus {
    /// Nothing yet.
    Unknown,
    /// It was issued.
    Created(Box<Token>),
    /// The customer or the bank refused to issue it.
    Rejected,
}

/// What a fact makes of a QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) code: QrCode,
    pub(crate) event: Option<&'static str>,
    pub(crate) attention: Option<&'static str>,
}

/// Why a token was rejected: the status of a QR code says no more.
const REJECTED: &str = "REJECTED";

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Declined => "declined",
            Self::Expired => "expired",
        }
    }

    /// Returns whether the code may still be paid.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::Pending)
    }
}

impl QrCode {
    pub(crate) fn kind(&self) -> Kind {
        match self.amount {
            Some(_) => Kind::Dynamic,
            None => Kind::Token,
        }
    }

    fn is_for_token(&self) -> bool {
        self.kind() == Kind::Token
    }

    /// Returns whether a token is still expected.
    pub(crate) fn awaits_token(&self) -> bool {
        self.issue_token && self.token.is_none() && !self.is_token_rejected
    }

    /// Returns whether nothing more is expected.
    pub(crate) fn is_final(&self) -> bool {
        match self.state {
            State::Created if self.is_for_token() => !self.awaits_token(),
            state => !state.is_open(),
        }
    }

    /// Returns when something should have been heard, in Unix milliseconds, but for the time that a person waits.
    pub(crate) fn is_due_from(&self, created_at: i64) -> i64 {
        match (&self.charge, &self.payload) {
            (Some(charge), _) => charge.ordered_at,
            (None, None) => created_at,
            (None, Some(_)) => self.expires_at,
        }
    }
}

/// Decides what a fact makes of a QR code. A payment that began in time may succeed after it, so an expired code can
/// still be paid; a paid or a declined one stays as it is.
pub(crate) fn decide(code: &QrCode, fact: &Fact) -> Decision {
    match fact {
        Fact::Open => unchanged(code, None),
        Fact::Unclear(reason) => unchanged(code, Some(reason)),
        Fact::Refused { reason } if code.state.is_open() => declined(code, Some(reason.clone())),
        Fact::Refused { .. } => unchanged(code, None),
        Fact::Known { status, token } => {
            let decision = follow_money(code, status);
            follow_token(decision, token)
        }
    }
}

fn follow_money(code: &QrCode, status: &Status) -> Decision {
    let in_state = |state, event| Decision {
        code: QrCode {
            state,
            ..code.clone()
        },
        event: Some(event),
        attention: None,
    };
    match (code.state, status) {
        (State::Created | State::Pending, Status::Created { payload, image }) => Decision {
            code: QrCode {
                payload: code.payload.clone().or_else(|| payload.clone()),
                image: code.image.clone().or_else(|| image.clone()),
                ..code.clone()
            },
            event: None,
            attention: None,
        },
        (State::Created | State::Pending, Status::Pending) => pending(code),
        (State::Created | State::Pending | State::Expired, Status::Paid { payment }) => Decision {
            code: QrCode {
                state: State::Paid,
                payment: payment.clone(),
                ..code.clone()
            },
            event: Some("payin.qr-code.paid"),
            attention: None,
        },
        (State::Created | State::Pending, Status::Declined) => declined(code, None),
        (State::Created | State::Pending, Status::Expired) => {
            in_state(State::Expired, "payin.qr-code.expired")
        }
        (State::Declined, Status::Paid { .. }) => unchanged(code, Some(CONTRADICTION)),
        (State::Paid, Status::Paid { payment }) => {
            let is_other = payment.is_some() && code.payment.is_some() && *payment != code.payment;
            unchanged(code, is_other.then_some(CONTRADICTION))
        }
        (State::Paid, _) => unchanged(code, Some(CONTRADICTION)),
        // A code that was not paid says nothing about money.
        (State::Declined | State::Expired, _) => unchanged(code, None),
    }
}

fn follow_token(decision: Decision, token: &TokenStatus) -> Decision {
    let code = &decision.code;
    match token {
        TokenStatus::Created(token) if code.awaits_token() => Decision {
            code: QrCode {
                token: Some((**token).clone()),
                ..decision.code
            },
            ..decision
        },
        TokenStatus::Rejected if code.awaits_token() => {
            let code = QrCode {
                is_token_rejected: true,
                ..decision.code
            };
            match code.is_for_token() && code.state.is_open() {
                true => declined(&code, Some(REJECTED.to_owned())),
                false => Decision { code, ..decision },
            }
        }
        TokenStatus::Created(token)
            if code.issue_token && code.token.as_ref() != Some(&**token) =>
        {
            contradicted(decision)
        }
        TokenStatus::Rejected if code.token.is_some() => contradicted(decision),
        _ => decision,
    }
}

fn contradicted(decision: Decision) -> Decision {
    Decision {
        attention: Some(CONTRADICTION),
        ..decision
    }
}

fn pending(code: &QrCode) -> Decision {
    let charge = code.charge.clone();
    Decision {
        code: QrCode {
            state: State::Pending,
            charge: charge.map(|charge| Charge {
                is_accepted: true,
                ..charge
            }),
            ..code.clone()
        },
        event: None,
        attention: None,
    }
}

fn declined(code: &QrCode, reason: Option<String>) -> Decision {
    Decision {
        code: QrCode {
            state: State::Declined,
            reason,
            ..code.clone()
        },
        event: Some("payin.qr-code.declined"),
        attention: None,
    }
}

fn unchanged(code: &QrCode, attention: Option<&'static str>) -> Decision {
    Decision {
        code: code.clone(),
        event: None,
        attention,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::payin::payment_method::PaymentMethod;

    fn code(amount: Option<&str>) -> QrCode {
        let amount = amount.map(|value| {
            let amount = serde_json::json!({"value": value, "currency": "RUB"});
            serde_json::from_value(amount).unwrap()
        });
        QrCode {
            amount,
            customer: Some("customer-7".to_owned()),
            issue_token: true,
            purpose: None,
            ttl_minutes: None,
            return_url: None,
            expires_at: 0,
            state: State::Created,
            reason: None,
            payload: None,
            image: None,
            payment: None,
            token: None,
            is_token_rejected: false,
            charge: None,
        }
    }

    fn known(status: Status, token: TokenStatus) -> Fact {
        Fact::Known { status, token }
    }

    fn created() -> Status {
        let payload = Some("https://qr.nspk.ru/AD10006M8KH234K782OQM0L13JI31LQD".to_owned());
        Status::Created {
            payload,
            image: None,
        }
    }

    fn paid() -> Status {
        Status::Paid { payment: None }
    }

    fn issued(number: u8) -> TokenStatus {
        TokenStatus::Created(Box::new(Token {
            token_id: format!("tok_{number}"),
            payment_token: number.to_string(),
            payment_method: PaymentMethod::Sbp,
            name: None,
            expires_at: None,
        }))
    }

    #[test]
    fn an_expired_code_can_be_paid_and_a_paid_one_stays_paid() {
        let code = code(Some("200.00"));
        let expired = decide(&code, &known(Status::Expired, TokenStatus::Unknown));
        assert_eq!(expired.event, Some("payin.qr-code.expired"));
        let after = decide(&expired.code, &known(paid(), TokenStatus::Unknown));
        assert_eq!(
            (after.code.state, after.event),
            (State::Paid, Some("payin.qr-code.paid"))
        );
        for status in [
            created(),
            Status::Pending,
            Status::Declined,
            Status::Expired,
        ] {
            let decision = decide(&after.code, &known(status, TokenStatus::Unknown));
            assert_eq!(decision.code, after.code);
            assert_eq!(decision.attention, Some(CONTRADICTION));
        }
    }

    #[test]
    fn a_code_without_an_amount_ends_with_its_token() {
        let code = code(None);
        let open = decide(&code, &known(created(), TokenStatus::Unknown)).code;
        assert!(!open.is_final());
        let done = decide(&open, &known(created(), issued(1)));
        assert!(done.code.is_final() && done.code.token.is_some());
        assert_eq!((done.event, done.attention), (None, None));
        let other = decide(&done.code, &known(created(), issued(2)));
        assert_eq!(
            (other.code, other.attention),
            (done.code, Some(CONTRADICTION))
        );
        let rejected = decide(&open, &known(created(), TokenStatus::Rejected));
        assert_eq!(
            (rejected.code.state, rejected.event),
            (State::Declined, Some("payin.qr-code.declined"))
        );
    }

    #[test]
    fn a_token_that_nobody_asked_for_is_left_alone() {
        let mut code = code(Some("200.00"));
        code.issue_token = false;
        let decision = decide(&code, &known(paid(), issued(1)));
        assert_eq!((decision.code.token, decision.attention), (None, None));
    }

    proptest! {
        #[test]
        fn any_facts_in_any_order_leave_one_outcome(
            is_for_token in any::<bool>(),
            numbers in prop::collection::vec((0..8_u8, 0..4_u8), 0..12),
        ) {
            let amount = (!is_for_token).then_some("200.00");
            let (mut now, mut events) = (code(amount), Vec::new());
            for (status, token) in numbers {
                let token = match token {
                    0 => issued(1),
                    1 => issued(2),
                    2 => TokenStatus::Rejected,
                    _ => TokenStatus::Unknown,
                };
                let fact = match status {
                    0 => Fact::Open,
                    1 => Fact::Refused { reason: "validation.error".to_owned() },
                    2 => Fact::Unclear("AMOUNT_MISMATCH"),
                    3 => known(created(), token),
                    4 => known(Status::Pending, token),
                    5 => known(paid(), token),
                    6 => known(Status::Declined, token),
                    _ => known(Status::Expired, token),
                };
                let decision = decide(&now, &fact);
                if matches!(now.state, State::Paid | State::Declined) {
                    prop_assert_eq!(decision.code.state, now.state);
                    prop_assert_eq!(&decision.code.payment, &now.payment);
                }
                if now.token.is_some() {
                    prop_assert_eq!(&decision.code.token, &now.token);
                }
                let is_outcome = decision.code.state != now.state && decision.code.state != State::Pending;
                prop_assert_eq!(decision.event.is_some(), is_outcome);
                events.extend(decision.event);
                now = decision.code;
            }
            let all = events.len();
            events.sort_unstable();
            events.dedup();
            prop_assert_eq!(events.len(), all, "an event was told twice");
        }
    }
}
