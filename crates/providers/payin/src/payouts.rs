use std::fmt;

use serde::{Serialize, Serializer};

use crate::common::{Flag, OperationStatus, Split, Status};
use crate::{Amount, DateText, PaymentId, PayoutId, RawJson};
use pantoken_core::json::{Object, ReadObject, Unreadable};

/// Pays money out to a card or by the faster payments system. The request is signed with your RSA key; see
/// `DigitalSigner`. Source: docs/payin.md, "Calls".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PayoutRequest {
    /// The payment. It is part of the path.
    #[serde(skip)]
    pub payment_id: PaymentId,
    /// The id of the payout, which you choose. It is part of the path.
    #[serde(skip)]
    pub payout_id: PayoutId,
    amount: Amount,
    receiver_data: PayoutReceiver,
    /// A comment of at most 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Where notifications go: an https URL of at most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// The shares of other merchants.
    #[serde(rename = "payoutSplits", skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<Split>,
}

impl PayoutRequest {
    /// Pays this amount to this receiver.
    #[must_use]
    pub fn new(
        payment_id: PaymentId,
        payout_id: PayoutId,
        amount: Amount,
        receiver_data: PayoutReceiver,
    ) -> Self {
        Self {
            payment_id,
            payout_id,
            amount,
            receiver_data,
            comment: None,
            callback_url: None,
            splits: Vec::new(),
        }
    }

    /// Returns the amount.
    #[must_use]
    pub fn amount(&self) -> &Amount {
        &self.amount
    }

    pub(crate) fn receiver(&self) -> &PayoutReceiver {
        &self.receiver_data
    }
}

/// Who gets a payout. It is never printed.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayoutReceiver {
    /// The owner of a card.
    #[cfg(feature = "card-data")]
    Card {
        /// The number of the card.
        pan: crate::CardNumber,
        /// The owner's first name, of at most 64 characters.
        first_name: Option<String>,
        /// The owner's last name, of at most 64 characters.
        last_name: Option<String>,
    },
    /// The owner of a telephone number.
    Sbp {
        /// The telephone number, of 11 to 13 digits.
        phone: String,
        /// The id of the bank, of 12 digits.
        bank_member_id: String,
    },
}

impl fmt::Debug for PayoutReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PayoutReceiver(…)")
    }
}

impl Serialize for PayoutReceiver {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Sbp<'a> {
            r#type: &'static str,
            phone: &'a str,
            bank_member_id: &'a str,
        }
        #[cfg(feature = "card-data")]
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Card<'a> {
            r#type: &'static str,
            pan: &'a crate::CardNumber,
            #[serde(skip_serializing_if = "Option::is_none")]
            receiver_first_name: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            receiver_last_name: Option<&'a str>,
        }
        match self {
            #[cfg(feature = "card-data")]
            Self::Card {
                pan,
                first_name,
                last_name,
            } => Card {
                r#type: "CARD",
                pan,
                receiver_first_name: first_name.as_deref(),
                receiver_last_name: last_name.as_deref(),
            }
            .serialize(serializer),
            Self::Sbp {
                phone,
                bank_member_id,
            } => Sbp {
                r#type: "SBP",
                phone,
                bank_member_id,
            }
            .serialize(serializer),
        }
    }
}

/// A payout, in an answer or a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Payout {
    /// The id.
    pub payout_id: PayoutId,
    /// The payment.
    pub payment_id: Option<PaymentId>,
    /// When it was created.
    pub created: Option<DateText>,
    /// The amount.
    pub amount: Amount,
    /// The state. [`OperationStatus::Init`] waits for the second step.
    pub status: Status<OperationStatus>,
    /// The flags.
    pub flags: Vec<Flag>,
    /// The whole object.
    pub raw: RawJson,
}

impl ReadObject for Payout {
    fn read_object(object: &Object<'_>, raw: &[u8]) -> Result<Self, Unreadable> {
        Ok(Self {
            payout_id: object.require("payoutId")?,
            payment_id: object.read("paymentId"),
            created: object.read_any(&["createdDateTime", "createdDatetime"]),
            amount: object.require("amount")?,
            status: object.require("status")?,
            flags: object.read("flags").unwrap_or_default(),
            raw: RawJson::from_bytes(raw),
        })
    }
}
