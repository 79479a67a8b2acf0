use serde::Serialize;

use crate::common::{Flag, OperationStatus, Status};
use crate::{Amount, CaptureId, DateText, PaymentId, RawJson};
use pantoken_core::json::{Object, ReadObject, Unreadable};

/// Takes the whole sum that a payment holds. Source: docs/payin.md, "Calls".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CaptureRequest {
    /// The payment. It is part of the path.
    #[serde(skip)]
    pub payment_id: PaymentId,
    /// The id of the capture, which you choose. It is part of the path.
    #[serde(skip)]
    pub capture_id: CaptureId,
    /// Where notifications go: an https URL of at most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// A comment of at most 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl CaptureRequest {
    /// Captures this payment.
    #[must_use]
    pub fn new(payment_id: PaymentId, capture_id: CaptureId) -> Self {
        Self {
            payment_id,
            capture_id,
            callback_url: None,
            comment: None,
        }
    }
}

/// A capture, in an answer or a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capture {
    /// The id.
    pub capture_id: CaptureId,
    /// The payment. Only newer notifications have it.
    pub payment_id: Option<PaymentId>,
    /// When it was created.
    pub created: Option<DateText>,
    /// The amount.
    pub amount: Amount,
    /// The state.
    pub status: Status<OperationStatus>,
    /// The flags.
    pub flags: Vec<Flag>,
    /// The whole object.
    pub raw: RawJson,
}

impl ReadObject for Capture {
    fn read_object(object: &Object<'_>, raw: &[u8]) -> Result<Self, Unreadable> {
        Ok(Self {
            capture_id: object.require("captureId")?,
            payment_id: object.read("paymentId"),
            created: object.read_any(&["createdDateTime", "createdDatetime"]),
            amount: object.require("amount")?,
            status: object.require("status")?,
            flags: object.read("flags").unwrap_or_default(),
            raw: RawJson::from_bytes(raw),
        })
    }
}
