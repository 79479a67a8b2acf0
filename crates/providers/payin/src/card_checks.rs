use serde::Serialize;

use crate::common::{CardInfo, IssuedToken, Pares, ThreeDs, UsedMethod};
use crate::{DateText, RawJson, RequestUid};
use pantoken_core::json::{Object, ReadObject, Unreadable};
use pantoken_core::open_enum;

/// Checks a card through the API: whether it can be charged. No money moves.
/// Source: docs/payin.md, "Calls".
#[cfg(feature = "card-data")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CardCheckRequest {
    /// The id, which you choose. It is part of the path.
    #[serde(skip)]
    pub request_uid: RequestUid,
    card_data: crate::CardData,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokenization_data: Option<TokenizationData>,
}

#[cfg(feature = "card-data")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct TokenizationData {
    account: String,
}

#[cfg(feature = "card-data")]
impl CardCheckRequest {
    /// Checks this card.
    #[must_use]
    pub fn new(request_uid: RequestUid, card_data: crate::CardData) -> Self {
        Self {
            request_uid,
            card_data,
            tokenization_data: None,
        }
    }

    /// Also issues a payment token for the card, bound to this customer.
    #[must_use]
    pub fn issue_token(mut self, account: &str) -> Self {
        let account = account.to_owned();
        self.tokenization_data = Some(TokenizationData { account });
        self
    }

    pub(crate) fn account(&self) -> Option<&str> {
        let data = self.tokenization_data.as_ref();
        data.map(|data| data.account.as_str())
    }
}

/// Finishes the 3-D Secure of a card check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CardCheckCompletion {
    /// The check.
    #[serde(skip)]
    pub request_uid: RequestUid,
    /// The answer of the issuer's page.
    pub pares: Pares,
}

open_enum! {
    /// The state of a card check.
    pub enum CardCheckStatus {
        /// The customer has not used the form yet.
        Init = "INIT",
        /// The customer has to finish 3-D Secure.
        Waiting3ds = "WAITING_3DS",
        /// The check is done. Whether the card can be charged is in [`CardCheck::is_valid_card`].
        Success = "SUCCESS",
        /// The check failed.
        Error = "ERROR",
    }
}

open_enum! {
    /// Whether the customer was authenticated by 3-D Secure.
    pub enum ThreeDsStatus {
        /// Yes.
        Passed = "PASSED",
        /// No.
        NotPassed = "NOT_PASSED",
        /// It was not asked for.
        Without = "WITHOUT",
    }
}

/// A card check, in an answer or a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CardCheck {
    /// The id. For a check by form it may differ from the id of the bill.
    pub request_uid: RequestUid,
    /// The state.
    pub status: CardCheckStatus,
    /// Whether the card can be charged.
    pub is_valid_card: Option<bool>,
    /// Whether the customer was authenticated.
    pub three_ds_status: Option<ThreeDsStatus>,
    /// When the card was checked.
    pub checked: Option<DateText>,
    /// What is known about the card.
    pub card_info: Option<CardInfo>,
    /// What 3-D Secure needs, while the check waits for it.
    pub three_ds: Option<ThreeDs>,
    /// The token. It is issued only if it was asked for, and the card can be charged.
    pub token: Option<IssuedToken>,
    /// The card. Only notifications have it.
    pub method: Option<UsedMethod>,
    /// The site. Only notifications have it.
    pub site_uid: Option<String>,
    /// The whole object.
    pub raw: RawJson,
}

impl CardCheck {
    /// Returns whether the check is done and the card can be charged.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.status == CardCheckStatus::Success && self.is_valid_card == Some(true)
    }
}

impl ReadObject for CardCheck {
    fn read_object(object: &Object<'_>, raw: &[u8]) -> Result<Self, Unreadable> {
        Ok(Self {
            request_uid: object.require("requestUid")?,
            status: read_status(object)?,
            is_valid_card: object.read("isValidCard"),
            three_ds_status: object.read("threeDsStatus"),
            checked: object.read("checkOperationDate"),
            card_info: object.read("cardInfo"),
            three_ds: object.read("requirements"),
            token: object.read("createdToken"),
            method: object.read("paymentMethod"),
            site_uid: object.read("merchantSiteUid"),
            raw: RawJson::from_bytes(raw),
        })
    }
}

/// Reads the state, which is a text here and an object elsewhere.
fn read_status(object: &Object<'_>) -> Result<CardCheckStatus, Unreadable> {
    match object.object("status") {
        Some(status) => status.require("value"),
        None => object.require("status"),
    }
}
