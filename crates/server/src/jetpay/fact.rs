//! What the platform says of a payment, as it is kept until it is acted upon.

use pantoken_jetpay::{Payment, PaymentKind};
use pantoken_store::Digest;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::macros::format_description;

/// The lengths to which texts of the platform are truncated, in characters.
const MAX_NAME: usize = 64;
const MAX_MESSAGE: usize = 200;

/// One thing that was heard of a payment. Two callbacks that say the same are the same fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Fact {
    pub(crate) phase: Phase,
    /// The status as the platform wrote it.
    pub(crate) status: String,
    /// `purchase`, `payout` or another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    /// How much, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) amount: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operation_id: Option<String>,
    /// When, as the platform wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) date: Option<String>,
}

/// What a status means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Phase {
    Interim,
    Succeeded,
    Failed,
    Returned,
    Partial,
    Contradictory,
    Unknown,
}

impl Fact {
    pub(crate) fn of(payment: &Payment) -> Self {
        let operation = payment.last_operation();
        let reason = payment.reason();
        let date = operation.and_then(|operation| operation.date.as_deref());
        Self {
            phase: Phase::of(payment.phase()),
            status: truncated(payment.status.as_str(), MAX_NAME),
            kind: optional(payment.kind.as_ref().map(PaymentKind::as_str), MAX_NAME),
            amount: payment
                .sum
                .as_ref()
                .map(pantoken_jetpay::Amount::minor_units),
            currency: optional(
                payment.sum.as_ref().map(|sum| sum.currency().as_str()),
                MAX_NAME,
            ),
            code: optional(reason.map(|(code, _)| code), MAX_NAME),
            message: optional(reason.and_then(|(_, message)| message), MAX_MESSAGE),
            operation_id: optional(operation.and_then(|one| one.id.as_deref()), MAX_NAME),
            date: optional(date.or(payment.date.as_deref()), MAX_NAME),
        }
    }

    /// Returns the text that is kept.
    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a text that was kept. Another text, such as that of an operator, is no fact.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Returns when, in Unix seconds.
    pub(crate) fn time(&self) -> Option<i64> {
        let format = format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory][offset_minute]"
        );
        let time = OffsetDateTime::parse(self.date.as_deref()?, format).ok()?;
        Some(time.unix_timestamp())
    }
}

impl Phase {
    fn of(phase: pantoken_jetpay::Phase) -> Self {
        match phase {
            pantoken_jetpay::Phase::Interim => Self::Interim,
            pantoken_jetpay::Phase::Succeeded => Self::Succeeded,
            pantoken_jetpay::Phase::Failed => Self::Failed,
            pantoken_jetpay::Phase::Returned => Self::Returned,
            pantoken_jetpay::Phase::Partial => Self::Partial,
            pantoken_jetpay::Phase::Contradictory => Self::Contradictory,
            _ => Self::Unknown,
        }
    }

    /// Returns whether money has moved, so that a person has to know of a payment that is not known here.
    pub(crate) fn has_moved_money(self) -> bool {
        !matches!(self, Self::Interim | Self::Failed | Self::Unknown)
    }
}

/// Returns a short digest of a text that was kept.
pub(super) fn digest_of(text: &str) -> String {
    let digest = hex::encode(Digest::of(text.as_bytes()).as_bytes());
    digest.chars().take(32).collect()
}

fn optional(text: Option<&str>, max: usize) -> Option<String> {
    text.map(|text| truncated(text, max))
}

fn truncated(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}
