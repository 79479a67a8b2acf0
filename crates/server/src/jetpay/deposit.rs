//! A deposit: reserved when the platform asks for an id, and paid when it says so.

use pantoken_store::{Digest, NewOperation, Progress};
use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::id::key_of;
use super::outcome::{Expected, Outcome, State, UNKNOWN_PAYMENT};
use crate::operations::{Unreadable, stored};

pub(crate) const KIND: &str = "jetpay.deposit";
/// How long a reservation is kept that nobody paid: longer than any payment and the retries of its callback take.
pub(crate) const KEPT: i64 = 45 * 24 * 3_600_000;

/// What is kept of a deposit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Deposit {
    pub(crate) payment_id: String,
    pub(crate) customer: Option<String>,
    /// The sum in minor units. It is missing if the deposit was never reserved here.
    pub(crate) amount: Option<i64>,
    pub(crate) currency: Option<String>,
    pub(crate) payment_method: Option<String>,
    pub(crate) outcome: Outcome,
    /// The digests of the facts that were acted upon.
    pub(crate) taken: Vec<String>,
}

impl Deposit {
    /// Returns a deposit that was never reserved here, and that the platform reports.
    pub(super) fn unknown(payment_id: &str, customer: Option<&str>, fact: &Fact) -> Self {
        Self {
            payment_id: payment_id.to_owned(),
            customer: customer.map(str::to_owned),
            amount: None,
            currency: None,
            payment_method: None,
            outcome: Outcome {
                state: State::Attention,
                reason: Some(UNKNOWN_PAYMENT.to_owned()),
                success: Some(fact.clone()),
                ..Outcome::default()
            },
            taken: Vec::new(),
        }
    }

    pub(super) fn expected(&self) -> Option<Expected<'_>> {
        Some(Expected {
            amount: self.amount?,
            currency: self.currency.as_deref()?,
        })
    }

    /// Returns the operation to store. A deposit that was reserved is asked about when its time is over, to end it.
    pub(super) fn into_operation(self, now: i64) -> Result<NewOperation, Unreadable> {
        let mut progress = Progress::new(state_name(self.outcome.state), stored::write(&self)?);
        progress.next_attempt_at = Some(match self.amount {
            Some(_) => now.saturating_add(KEPT),
            None => now,
        });
        Ok(NewOperation {
            kind: KIND.to_owned(),
            key: key_of(&self.payment_id),
            parent: None,
            customer: self.customer,
            created_by: None,
            fingerprint: Digest::of(b"deposit"),
            progress,
            created_at: now,
            leased_until: None,
            deadline_at: None,
        })
    }
}

pub(super) fn state_name(state: State) -> &'static str {
    match state {
        State::Open => "reserved",
        State::Paid => "paid",
        State::Declined => "declined",
        State::Attention => "attention",
    }
}
