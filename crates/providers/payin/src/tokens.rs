use serde::Serialize;

use crate::PaymentToken;
use crate::common::Status;
use crate::{DateText, RawJson};
use pantoken_core::json::{Object, ReadObject, Unreadable};
use pantoken_core::open_enum;

/// Deletes a payment token of a card. Tokens of the faster payments system cannot be deleted.
/// Source: docs/payin.md, "Calls".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenDeletion {
    customer_account_id: String,
    token: PaymentToken,
}

impl TokenDeletion {
    /// Deletes this token of this customer.
    #[must_use]
    pub fn new(account: &str, token: PaymentToken) -> Self {
        Self {
            customer_account_id: account.to_owned(),
            token,
        }
    }

    pub(crate) fn account(&self) -> &str {
        &self.customer_account_id
    }
}

open_enum! {
    /// The state of a token of the faster payments system.
    pub enum TokenStatus {
        /// The token can be charged.
        Created = "CREATED",
        /// The customer or the bank refused to issue it.
        Rejected = "REJECTED",
    }
}

/// A token of the faster payments system, in a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SbpToken {
    /// The state. Its reason says why a token was rejected.
    pub status: Status<TokenStatus>,
    /// The site.
    pub site_uid: String,
    /// The customer that it is bound to.
    pub account: String,
    /// The token.
    pub token: Option<PaymentToken>,
    /// When it expires.
    pub expires: Option<DateText>,
    /// The QR code that it was issued with.
    pub qr_code_uid: Option<String>,
    /// The customer's bank.
    pub bank_member_id: Option<String>,
    /// The whole object.
    pub raw: RawJson,
}

impl ReadObject for SbpToken {
    fn read_object(object: &Object<'_>, raw: &[u8]) -> Result<Self, Unreadable> {
        let source = object.object("tokenizationSource");
        let mut status: Status<TokenStatus> = object.require("status")?;
        status.reason = status.reason.or_else(|| object.read("rejectReason"));
        Ok(Self {
            status,
            site_uid: object.require("merchantSiteUid")?,
            account: object.require("account")?,
            token: object.read("value"),
            expires: object.read("expiredDate"),
            qr_code_uid: source.and_then(|source| source.read("uid")),
            bank_member_id: object.read("bankMemberId"),
            raw: RawJson::from_bytes(raw),
        })
    }
}
