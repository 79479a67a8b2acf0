use std::borrow::Cow;

use pantoken_core::hundredths;
use pantoken_core::json::{Object, Unreadable};
use pantoken_core::percent;
use rust_decimal::Decimal;
use zeroize::Zeroizing;

use crate::json::FromText;
use crate::signature::SIGNED_IN_NOTIFICATIONS;
use crate::transaction::{Source, Transaction};
use crate::{Currency, ErrorCode, SecretKey, TxnId, TxnStatus, TxnType};

/// A notification whose signature holds.
///
/// The signature covers the transaction's number, type, state and error, the amount and the currency, and the
/// payer's address and e-mail. It covers neither the order nor `cf1` to `cf5`, the card or its token: whoever can
/// change a notification on its way can change those. Compare the amount and the currency with the order, and
/// confirm the order by asking for the status.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// The transaction's number. It is signed.
    pub txn_id: TxnId,
    /// The transaction's type. It is signed.
    pub txn_type: TxnType,
    /// The transaction's state. It is signed.
    pub status: TxnStatus,
    /// What went wrong, or 0. It is signed.
    pub error_code: ErrorCode,
    /// The amount. It is signed.
    pub amount: Decimal,
    /// The currency. It is signed.
    pub currency: Currency,
    /// All that the notification says, with the fields that are not signed.
    pub unsigned: Box<Transaction>,
}

/// The reason why a notification is refused. The message contains no value of the notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotificationError {
    /// The body is longer than any documented notification.
    #[error("the body is longer than {} bytes", Notification::MAX_BYTES)]
    TooLong,
    /// The body is not a JSON object, or lacks what every notification has. Answer 400.
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
    /// The body is neither a JSON object nor the fields of a form. Answer 400.
    #[error("the body is neither a JSON object nor form fields in UTF-8")]
    NeitherJsonNorForm,
    /// There is no signature. Answer 403.
    #[error("the field `sign` is missing")]
    NoSignature,
    /// The signature does not hold. Answer 403.
    #[error("the signature is wrong; check that the key is that of the site")]
    WrongSignature,
}

impl Notification {
    /// The longest body that is read.
    pub const MAX_BYTES: usize = 64 * 1024;

    /// Verifies and reads a notification: a JSON object, or the fields of a form.
    ///
    /// ```
    /// use pantoken_qiwi_pay::{Notification, SecretKey, TxnStatus};
    ///
    /// let key = SecretKey::parse("secret_key")?;
    /// let body = r#"{"txn_id": 3666050, "txn_status": 2, "txn_type": 2, "error_code": 0, "amount": "10000.00",
    ///     "currency": 643, "sign": "C5BAF2B423255B37D631F55CCFB0F9FA20C9CA67241D4C43F6ED33E367A0D230"}"#;
    ///
    /// let notification = Notification::verify(&key, body.as_bytes())?;
    /// assert_eq!(notification.status, TxnStatus::Authorized);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns [`NotificationError`], which says what to answer the provider.
    pub fn verify(key: &SecretKey, body: &[u8]) -> Result<Self, NotificationError> {
        if body.len() > Self::MAX_BYTES {
            return Err(NotificationError::TooLong);
        }
        // The header `Content-Type` is not needed to tell them apart, and proxies change it.
        if body.trim_ascii_start().starts_with(b"{") {
            Self::read(key, &Object::parse(body)?, body)
        } else {
            Self::read(key, &Form::parse(body)?, body)
        }
    }

    fn read(key: &SecretKey, source: &impl Source, raw: &[u8]) -> Result<Self, NotificationError> {
        let sign = source.get("sign").ok_or(NotificationError::NoSignature)?;
        let fields = SIGNED_IN_NOTIFICATIONS.map(|name| (name, source.get(name)));
        let amount: Decimal = source.require("amount")?;
        let notification = Self {
            txn_id: source.require("txn_id")?,
            txn_type: source.require("txn_type")?,
            status: source.require("txn_status")?,
            error_code: source.require("error_code")?,
            amount,
            currency: source.require("currency")?,
            unsigned: Box::new(Transaction::read(source, raw)?),
        };
        let verifies = |amount: Option<&str>| {
            let values = fields.iter().filter_map(|(name, value)| {
                let value = value.as_deref()?;
                Some((*name, amount.filter(|_| *name == "amount").unwrap_or(value)))
            });
            key.verifies(values, &sign)
        };
        // The provider does not say whether it signs 1856 as it is written, or as 1856.00.
        let padded = hundredths::write(amount);
        let is_signed = verifies(None) | padded.is_some_and(|padded| verifies(Some(&padded)));
        if !is_signed || is_ambiguous(&fields) {
            return Err(NotificationError::WrongSignature);
        }
        Ok(notification)
    }

    /// Returns what duplicates of a notification have in common: the number, type, state and error of the
    /// transaction. The provider repeats notifications, also at the same time, and in any order.
    #[must_use]
    pub fn deduplication_key(&self) -> String {
        let Self {
            txn_id,
            txn_type,
            status,
            error_code,
            ..
        } = self;
        let error_code = error_code.number();
        format!("{txn_id}|{txn_type}|{status}|{error_code}")
    }
}

/// Returns whether what is signed could be read in another way: by a `|` in a value, or by a number in the
/// place of an e-mail or an address, which may be left out.
fn is_ambiguous(fields: &[(&str, Option<Cow<'_, str>>)]) -> bool {
    fields.iter().any(|(name, value)| {
        let value = value.as_deref().unwrap_or_default();
        let is_number = u64::from_text(value).is_some();
        value.contains('|') || (matches!(*name, "email" | "ip") && is_number)
    })
}

/// The fields of a form.
struct Form(Vec<(Zeroizing<String>, Zeroizing<String>)>);

impl Form {
    fn parse(body: &[u8]) -> Result<Self, NotificationError> {
        let text = std::str::from_utf8(body).map_err(|_| NotificationError::NeitherJsonNorForm)?;
        let fields: Option<Vec<_>> = percent::pairs(text.trim_ascii()).collect();
        let fields = fields.filter(|fields| fields.iter().any(|(_, value)| !value.is_empty()));
        let fields = fields.ok_or(NotificationError::NeitherJsonNorForm)?;
        let wiped = |(name, value)| (Zeroizing::new(name), Zeroizing::new(value));
        Ok(Self(fields.into_iter().map(wiped).collect()))
    }
}

impl Source for Form {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        // The last of several fields of the same name counts.
        let mut fields = self.0.iter().rev();
        let (_, value) = fields.find(|(field, _)| **field == name)?;
        Some(Cow::Borrowed(value.as_str())).filter(|value| !value.is_empty())
    }
}
