//! A payout to a QIWI wallet.

use pantoken_jetpay::{Amount, Currency, PaymentId, PayoutCustomer, PayoutRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::outcome::{Expected, Outcome, State};

pub(crate) const KIND: &str = "jetpay.payout";
/// After this time a payout that is still processing is an alarm, in milliseconds.
pub(crate) const DEADLINE: i64 = 24 * 3_600_000;
/// The only currency of the method.
pub(crate) const CURRENCY: &str = "KZT";
/// The platform is not asked about a payout sooner than this after it was sent, in milliseconds.
const FIRST_QUESTION: i64 = 10_000;

/// What is kept of a payout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payout {
    pub(crate) payment_id: String,
    pub(crate) customer: Recipient,
    pub(crate) account: String,
    /// In minor units.
    pub(crate) amount: i64,
    pub(crate) description: Option<String>,
    /// When it was sent last, in Unix milliseconds, unless it certainly was not.
    pub(crate) sent_at: Option<i64>,
    /// Whether the platform said that it has taken it.
    pub(crate) is_accepted: bool,
    pub(crate) outcome: Outcome,
    /// The digests of the facts that were acted upon.
    pub(crate) taken: Vec<String>,
}

/// The customer who is paid. The platform requires all fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"id": "customer-7", "ipAddress": "198.51.100.47", "firstName": "John", "lastName": "Doe",
    "email": "johndoe@example.com"}))]
pub(crate) struct Recipient {
    /// Your own reference to the customer.
    #[schema(min_length = 1, max_length = 255)]
    pub(crate) id: String,
    /// The IPv4 or IPv6 address of the customer's device.
    pub(crate) ip_address: String,
    #[schema(min_length = 1, max_length = 255)]
    pub(crate) first_name: String,
    #[schema(min_length = 1, max_length = 255)]
    pub(crate) last_name: String,
    #[schema(min_length = 1, max_length = 255)]
    pub(crate) email: String,
}

impl Payout {
    pub(super) fn expected(&self) -> Expected<'_> {
        Expected {
            amount: self.amount,
            currency: CURRENCY,
        }
    }

    /// Returns the request, which is the same bytes each time, or `None` if the platform would refuse it.
    pub(super) fn request(&self) -> Option<PayoutRequest> {
        let customer = PayoutCustomer {
            id: self.customer.id.clone(),
            ip_address: self.customer.ip_address.parse().ok()?,
            first_name: self.customer.first_name.clone(),
            last_name: self.customer.last_name.clone(),
            email: self.customer.email.clone(),
        };
        let id = PaymentId::parse(&self.payment_id).ok()?;
        let amount = Amount::from_minor_units(self.amount, Currency::KZT).ok()?;
        let request = PayoutRequest::new(id, customer, &self.account, amount).ok()?;
        match &self.description {
            Some(description) => request.description(description).ok(),
            None => Some(request),
        }
    }

    /// Returns whether it is too early to ask about it.
    pub(super) fn was_sent_just_now(&self, now: i64) -> bool {
        self.sent_at
            .is_some_and(|sent| (sent..sent.saturating_add(FIRST_QUESTION)).contains(&now))
    }
}

pub(super) fn state_name(state: State) -> &'static str {
    match state {
        State::Open => "processing",
        State::Paid => "paid",
        State::Declined => "declined",
        State::Attention => "attention",
    }
}
