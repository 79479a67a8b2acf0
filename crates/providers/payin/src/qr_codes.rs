use serde::Serialize;

use crate::common::{Flag, Status};
use crate::{Amount, DateText, PaymentToken, QrCodeUid, RawJson, Refund};
use pantoken_core::json::{FromJson, Object, ReadObject, Unreadable};
use pantoken_core::open_enum;

/// A QR code of the faster payments system. Source: docs/payin.md, "Calls".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QrCodeRequest {
    /// The id, which you choose. It is part of the path.
    #[serde(skip)]
    pub qr_code_uid: QrCodeUid,
    qr_code: QrCodeOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Amount>,
    /// What the customer pays for, in at most 140 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_purpose: Option<String>,
    /// Where the bank's app leads the customer: a URL of at most 1,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// What the token is for, in at most 140 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokenization_purpose: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokenization_account: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<Flag>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct QrCodeOptions {
    #[serde(rename = "type")]
    kind: QrCodeKind,
    /// The lifetime, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<ImageSize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ImageSize {
    media_type: &'static str,
    width: u32,
    height: u32,
}

impl QrCodeRequest {
    /// Creates a code that is paid once.
    #[must_use]
    pub fn dynamic(qr_code_uid: QrCodeUid, amount: Amount) -> Self {
        Self::new(qr_code_uid, QrCodeKind::Dynamic, Some(amount))
    }

    /// Creates a code without an amount, which only issues a token, bound to this customer.
    #[must_use]
    pub fn token(qr_code_uid: QrCodeUid, account: &str) -> Self {
        Self::new(qr_code_uid, QrCodeKind::Token, None).issue_token(account)
    }

    fn new(qr_code_uid: QrCodeUid, kind: QrCodeKind, amount: Option<Amount>) -> Self {
        Self {
            qr_code_uid,
            qr_code: QrCodeOptions {
                kind,
                ttl: None,
                image: None,
            },
            amount,
            payment_purpose: None,
            redirect_url: None,
            tokenization_purpose: None,
            tokenization_account: None,
            flags: Vec::new(),
        }
    }

    /// Also issues a payment token, bound to this customer.
    #[must_use]
    pub fn issue_token(mut self, account: &str) -> Self {
        self.tokenization_account = Some(account.to_owned());
        self.flags = vec![Flag::CreateToken];
        self
    }

    /// Sets for how many minutes the code can be used. The provider's default is 72 hours.
    #[must_use]
    pub fn ttl_minutes(mut self, minutes: u32) -> Self {
        self.qr_code.ttl = Some(minutes);
        self
    }

    /// Also asks for the code as a PNG image of this size in pixels.
    #[must_use]
    pub fn png(mut self, width: u32, height: u32) -> Self {
        self.qr_code.image = Some(ImageSize {
            media_type: "image/png",
            width,
            height,
        });
        self
    }

    /// Returns the amount.
    #[must_use]
    pub fn amount(&self) -> Option<&Amount> {
        self.amount.as_ref()
    }

    pub(crate) fn account(&self) -> Option<&str> {
        self.tokenization_account.as_deref()
    }
}

/// Charges a token of the faster payments system for a dynamic QR code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QrCodePaymentRequest {
    /// The code. It is part of the path.
    #[serde(skip)]
    pub qr_code_uid: QrCodeUid,
    tokenization_account: String,
    token: PaymentToken,
}

impl QrCodePaymentRequest {
    /// Pays the code with this token of this customer.
    #[must_use]
    pub fn new(qr_code_uid: QrCodeUid, account: &str, token: PaymentToken) -> Self {
        Self {
            qr_code_uid,
            tokenization_account: account.to_owned(),
            token,
        }
    }

    pub(crate) fn account(&self) -> &str {
        &self.tokenization_account
    }
}

open_enum! {
    /// The kind of a QR code.
    pub enum QrCodeKind {
        /// It is paid once.
        Dynamic = "DYNAMIC",
        /// It only issues a token.
        Token = "TOKEN",
    }
}

open_enum! {
    /// The state of a QR code.
    pub enum QrCodeStatus {
        /// It can be used.
        Created = "CREATED",
        /// It was paid.
        Payed = "PAYED",
        /// Its payment was declined.
        Declined = "DECLINED",
        /// Its time is over.
        Expired = "EXPIRED",
        /// A payment by token began.
        PaymentByToken = "INIT_PAYMENT_BY_TOKEN",
    }
}

/// A QR code as the provider has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QrCode {
    /// The id.
    pub qr_code_uid: QrCodeUid,
    /// The kind.
    pub kind: Option<QrCodeKind>,
    /// The state.
    pub status: QrCodeStatus,
    /// The address that the code contains. It is empty while a token is charged.
    pub payload: Option<String>,
    /// The image, in base64.
    pub image: Option<String>,
    /// For how many minutes it can be used.
    pub ttl_minutes: Option<u32>,
    /// The amount.
    pub amount: Option<Amount>,
    /// When it was created.
    pub created: Option<DateText>,
    /// The payment.
    pub payment: Option<QrCodePayment>,
    /// The refunds of the payment.
    pub refunds: Vec<Refund>,
    /// The token. It can be used only after a notification or a later status has told that it was created.
    pub token: Option<QrCodeToken>,
    /// The flags.
    pub flags: Vec<Flag>,
    /// The whole object.
    pub raw: RawJson,
}

/// The payment of a QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QrCodePayment {
    /// The provider's id of the payment.
    pub payment_uid: Option<String>,
    /// The state.
    pub status: Option<crate::common::OperationStatus>,
}

impl FromJson for QrCodePayment {
    fn from_json(json: &serde_json::value::RawValue) -> Option<Self> {
        let object = Object::from_raw(json)?;
        let status: Option<Status<_>> = object.read("paymentStatus");
        Some(Self {
            payment_uid: object.read("paymentUid"),
            status: status.map(|status| status.value),
        })
    }
}

/// The token of a QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QrCodeToken {
    /// The state.
    pub status: Option<crate::TokenStatus>,
    /// The token.
    pub token: Option<PaymentToken>,
    /// When it expires.
    pub expires: Option<DateText>,
}

impl FromJson for QrCodeToken {
    fn from_json(json: &serde_json::value::RawValue) -> Option<Self> {
        let object = Object::from_raw(json)?;
        let status: Option<Status<_>> = object.read("status");
        Some(Self {
            status: status.map(|status| status.value),
            token: object.read("value"),
            expires: object.read("expiredDate"),
        })
    }
}

impl ReadObject for QrCode {
    fn read_object(object: &Object<'_>, raw: &[u8]) -> Result<Self, Unreadable> {
        let code = object.object("qrCode").ok_or(Unreadable::Field("qrCode"))?;
        let image = code.object("image");
        Ok(Self {
            qr_code_uid: object.require("qrCodeUid")?,
            kind: code.read("type"),
            status: code.require("status")?,
            payload: code.read("payload"),
            image: image.and_then(|image| image.read("content")),
            ttl_minutes: code.read("ttl"),
            amount: object.read("amount"),
            created: object.read("createdOn"),
            payment: object.read("payment"),
            refunds: object.objects("refunds")?,
            token: object.read("token"),
            flags: object.read("flags").unwrap_or_default(),
            raw: RawJson::from_bytes(raw),
        })
    }
}
