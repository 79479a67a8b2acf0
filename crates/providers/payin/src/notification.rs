use crate::signature::{self, NoText, NotificationKind};
use crate::{
    Bill, Capture, CardCheck, NotificationKey, Payment, Payout, RawJson, Refund, SbpToken,
};
use pantoken_core::json::{Object, ReadObject, Unreadable};

/// A notification whose signature holds.
///
/// The signature covers an id, a date and, where there is one, the value of the amount, but neither the status
/// nor the currency, the bill, `isValidCard` or the tokens. Whoever can change a notification on its way can
/// change those, so take it as a hint: ask the provider for the status before you act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    kind: NotificationKind,
    object_id: String,
    status: String,
    hint: Option<Hint>,
    raw: RawJson,
}

/// What a notification says about its object. Of these fields, only those named at [`Notification`] are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// A payment.
    Payment(Box<Payment>),
    /// A capture.
    Capture(Box<Capture>),
    /// A refund.
    Refund(Box<Refund>),
    /// A payout.
    Payout(Box<Payout>),
    /// A card check. For a check by form, its id may differ from the id of the bill.
    CardCheck(Box<CardCheck>),
    /// A token of the faster payments system. Its status is signed.
    Token(Box<SbpToken>),
    /// A bill. All that decides is signed.
    Bill(Box<Bill>),
}

/// The reason why a notification is refused. The message contains no value of the notification.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotificationError {
    /// The body is longer than any documented notification.
    #[error("the body is longer than {} bytes", Notification::MAX_BYTES)]
    TooLong,
    /// The body is not JSON, or lacks what every notification of its type has. Answer 400.
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
    /// The type is not known, so it is not known what would be signed. Answer 200, or the provider repeats it,
    /// and do not act upon it.
    #[error("notifications of this type are not known")]
    UnknownKind(NotificationKind),
    /// There is no header with a signature. Answer 403.
    #[error("the header `{0}` is missing")]
    NoSignature(&'static str),
    /// There are several headers with a signature. Answer 403.
    #[error("the header `{0}` appears more than once")]
    SeveralSignatures(&'static str),
    /// The signature does not hold. Answer 403.
    #[error(
        "the signature is wrong; check that the key is the notification key and not the API key"
    )]
    WrongSignature,
}

impl Notification {
    /// The longest body that is read.
    pub const MAX_BYTES: usize = 64 * 1024;

    /// Verifies and reads a notification. Names of headers are compared without case; values are the bytes on
    /// the wire.
    ///
    /// ```
    /// use pantoken_payin::{Notification, NotificationKey, NotificationKind};
    ///
    /// let key = NotificationKey::parse("skey")?;
    /// let signature = "0572c2153b1b57b1eddb9124ca6b8868e57eb3dce29220417922f18e7788285c";
    /// let body = r#"{"payment":{"paymentId":"4226144","createdDateTime":"2019-10-02T18:10:12+03:00",
    ///     "status":{"value":"SUCCESS"},"amount":{"value":2.0,"currency":"RUB"}},"type":"PAYMENT","version":"1"}"#;
    ///
    /// let headers = [("signature", signature.as_bytes())];
    /// let notification = Notification::verify(&key, headers, body.as_bytes())?;
    /// assert_eq!(*notification.kind(), NotificationKind::Payment);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// With the crate `http`, pass `headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))`.
    ///
    /// # Errors
    /// Returns [`NotificationError`], which says what to answer the provider.
    pub fn verify<'a>(
        key: &NotificationKey,
        headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
        body: &[u8],
    ) -> Result<Self, NotificationError> {
        if body.len() > Self::MAX_BYTES {
            return Err(NotificationError::TooLong);
        }
        let envelope = Object::parse(body)?;
        let kind = kind_of(&envelope)?;
        let Some(signed) = kind.signed_fields() else {
            return Err(NotificationError::UnknownKind(kind));
        };
        let missing = Unreadable::Field(signed.object);
        let raw = envelope.get(signed.object).ok_or(missing)?;
        let object = Object::from_raw(raw).ok_or(missing)?;
        let texts = signed.texts(&object).map_err(|error| match error {
            NoText::Missing(_) => NotificationError::from(Unreadable::from(error)),
            NoText::Separator(_) => NotificationError::WrongSignature,
        })?;
        let signature = only_header(headers, signed.header)?;
        let signature =
            signature::read_signature(signature).ok_or(NotificationError::WrongSignature)?;
        if !key.verifies(&texts, &signature) {
            return Err(NotificationError::WrongSignature);
        }
        Ok(Self {
            object_id: object.require(signed.id)?,
            status: read_status(&object),
            hint: Hint::read(&kind, &object, raw.get().as_bytes()),
            kind,
            raw: RawJson::from_bytes(body),
        })
    }

    /// Returns the type.
    #[must_use]
    pub fn kind(&self) -> &NotificationKind {
        &self.kind
    }

    /// Returns the id of the object: of the payment, capture, refund, payout, card check or bill, or the
    /// customer's account for a token. It is signed.
    #[must_use]
    pub fn object_id(&self) -> &str {
        &self.object_id
    }

    /// Returns the status as the provider wrote it, or an empty text. It is signed for tokens and bills only.
    #[must_use]
    pub fn status(&self) -> &str {
        &self.status
    }

    /// Returns what the notification says about its object, or `None` if a field is missing or odd. Then ask
    /// the provider all the same.
    #[must_use]
    pub fn hint(&self) -> Option<&Hint> {
        self.hint.as_ref()
    }

    /// Returns what duplicates of a notification have in common: type, id and status. The provider repeats
    /// notifications, also at the same time, and in any order.
    #[must_use]
    pub fn deduplication_key(&self) -> String {
        format!("{}|{}|{}", self.kind, self.object_id, self.status)
    }

    /// Returns the whole body.
    #[must_use]
    pub fn raw(&self) -> &RawJson {
        &self.raw
    }
}

impl Hint {
    fn read(kind: &NotificationKind, object: &Object<'_>, raw: &[u8]) -> Option<Self> {
        fn read<T: ReadObject>(object: &Object<'_>, raw: &[u8]) -> Option<Box<T>> {
            T::read_object(object, raw).ok().map(Box::new)
        }
        match kind {
            NotificationKind::Payment => read(object, raw).map(Self::Payment),
            NotificationKind::Capture => read(object, raw).map(Self::Capture),
            NotificationKind::Refund => read(object, raw).map(Self::Refund),
            NotificationKind::Payout => read(object, raw).map(Self::Payout),
            NotificationKind::CheckCard => read(object, raw).map(Self::CardCheck),
            NotificationKind::Token => read(object, raw).map(Self::Token),
            NotificationKind::Bill => read(object, raw).map(Self::Bill),
            NotificationKind::Other(_) => None,
        }
    }
}

/// Reads the type. The notifications of bills have none.
fn kind_of(envelope: &Object<'_>) -> Result<NotificationKind, Unreadable> {
    match envelope.read::<String>("type") {
        // A bill that claims to have this type would be one of another protocol.
        Some(text) if text == NotificationKind::Bill.as_str() => Ok(NotificationKind::Other(text)),
        Some(text) => Ok(NotificationKind::parse(&text)),
        None if envelope.object("bill").is_some() => Ok(NotificationKind::Bill),
        None => Err(Unreadable::Field("type")),
    }
}

/// Reads the status, which is a text in card checks and an object elsewhere.
fn read_status(object: &Object<'_>) -> String {
    let status = match object.object("status") {
        Some(status) => status.read("value"),
        None => object.read("status"),
    };
    status.unwrap_or_default()
}

fn only_header<'a>(
    headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    name: &'static str,
) -> Result<&'a [u8], NotificationError> {
    let mut values = headers
        .into_iter()
        .filter(|(header, _)| header.eq_ignore_ascii_case(name));
    let (_, value) = values.next().ok_or(NotificationError::NoSignature(name))?;
    if values.next().is_some() {
        return Err(NotificationError::SeveralSignatures(name));
    }
    Ok(value)
}
