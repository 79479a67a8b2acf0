use serde::Serialize;

use crate::common::{Cheque, Flag, OperationStatus, Split, Status};
use crate::{Amount, DateText, PaymentId, RawJson, RefundId};
use pantoken_core::json::{Object, ReadObject, Unreadable};

/// Gives back a payment or a part of it. Before the capture this is a reversal, without a fee.
/// Source: docs/payin.md, "Calls" and "States".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundRequest {
    /// The payment. It is part of the path.
    #[serde(skip)]
    pub payment_id: PaymentId,
    /// The id of the refund, which you choose. It is part of the path.
    #[serde(skip)]
    pub refund_id: RefundId,
    amount: Amount,
    /// Where notifications go: an https URL of at most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// A comment of at most 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The amount in the currency of the settlement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement_amount: Option<Amount>,
    /// The shares of other merchants.
    #[serde(rename = "refundSplits", skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<Split>,
    /// The receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cheque: Option<Cheque>,
}

impl RefundRequest {
    /// Gives back this amount of this payment.
    #[must_use]
    pub fn new(payment_id: PaymentId, refund_id: RefundId, amount: Amount) -> Self {
        Self {
            payment_id,
            refund_id,
            amount,
            callback_url: None,
            comment: None,
            settlement_amount: None,
            splits: Vec::new(),
            cheque: None,
        }
    }

    /// Returns the amount.
    #[must_use]
    pub fn amount(&self) -> &Amount {
        &self.amount
    }
}

/// A refund, in an answer or a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refund {
    /// The id.
    pub refund_id: RefundId,
    /// The payment. Only newer notifications have it.
    pub payment_id: Option<PaymentId>,
    /// When it was created.
    pub created: Option<DateText>,
    /// The amount.
    pub amount: Amount,
    /// The state.
    pub status: Status<OperationStatus>,
    /// The flags. [`Flag::Reversal`] says that the money had not been captured.
    pub flags: Vec<Flag>,
    /// The shares of other merchants.
    pub splits: Vec<Split>,
    /// The whole object.
    pub raw: RawJson,
}

impl ReadObject for Refund {
    fn read_object(object: &Object<'_>, raw: &[u8]) -> Result<Self, Unreadable> {
        Ok(Self {
            refund_id: object.require("refundId")?,
            payment_id: object.read("paymentId"),
            created: object.read_any(&["createdDateTime", "createdDatetime"]),
            amount: object.require("amount")?,
            status: object.require("status")?,
            flags: object.read("flags").unwrap_or_default(),
            splits: object.read("refundSplits").unwrap_or_default(),
            raw: RawJson::from_bytes(raw),
        })
    }
}
