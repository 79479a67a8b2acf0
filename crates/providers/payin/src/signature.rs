//! The signature of notifications: HMAC-SHA256 over some fields, joined by `|`.
//! Source: docs/payin.md, "Notifications" and "Unsettled".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use pantoken_core::json::{Object, Unreadable, decimal};
use pantoken_core::{hundredths, open_enum};
use sha2::Sha256;

use crate::NotificationKey;

open_enum! {
    /// The type of a notification.
    pub enum NotificationKind {
        /// A payment.
        Payment = "PAYMENT",
        /// A capture.
        Capture = "CAPTURE",
        /// A refund.
        Refund = "REFUND",
        /// A payout.
        Payout = "PAYOUT",
        /// A card check.
        CheckCard = "CHECK_CARD",
        /// A token of the faster payments system.
        Token = "TOKEN",
        /// A bill. Such notifications ended in 2020, and have no `type`.
        Bill = "BILL",
    }
}

/// What of a notification is signed.
pub(crate) struct SignedFields {
    /// The member that holds the object.
    pub(crate) object: &'static str,
    /// The header with the signature.
    pub(crate) header: &'static str,
    /// The field that names the object.
    pub(crate) id: &'static str,
    /// The fields of the object, in the order in which they are joined.
    fields: &'static [&'static str],
}

const HEADER: &str = "Signature";
const BILL_HEADER: &str = "X-Api-Signature-SHA256";

impl NotificationKind {
    /// Returns what is signed, or `None` for a type that this version does not know.
    pub(crate) fn signed_fields(&self) -> Option<SignedFields> {
        let (object, header, id, fields): (_, _, _, &[_]) = match self {
            Self::Payment => {
                let fields = &["paymentId", "createdDateTime", AMOUNT];
                ("payment", HEADER, "paymentId", fields)
            }
            Self::Capture => {
                let fields = &["captureId", "createdDateTime", AMOUNT];
                ("capture", HEADER, "captureId", fields)
            }
            Self::Refund => {
                let fields = &["refundId", "createdDateTime", AMOUNT];
                ("refund", HEADER, "refundId", fields)
            }
            Self::Payout => {
                let fields = &["payoutId", "createdDateTime", AMOUNT];
                ("payout", HEADER, "payoutId", fields)
            }
            Self::CheckCard => {
                let fields = &["requestUid", "checkOperationDate"];
                ("checkPaymentMethod", HEADER, "requestUid", fields)
            }
            Self::Token => {
                let fields = &[
                    "merchantSiteUid",
                    "account",
                    "status.value",
                    "status.changedDateTime",
                ];
                ("token", HEADER, "account", fields)
            }
            Self::Bill => {
                let fields = &[
                    "amount.currency",
                    AMOUNT,
                    "billId",
                    "siteId",
                    "status.value",
                ];
                ("bill", BILL_HEADER, "billId", fields)
            }
            Self::Other(_) => return None,
        };
        Some(SignedFields {
            object,
            header,
            id,
            fields,
        })
    }
}

const AMOUNT: &str = "amount.value";

/// The texts that a signature may be over, at least one of them.
///
/// The provider says only that the "string form" of the amount is signed. Its clients pad it to two fraction
/// digits. If the body has a fraction that is written otherwise, such as `2.0`, that spelling is accepted too.
/// A whole number is never signed unpadded, as a vector says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedTexts {
    pub(crate) padded: Option<String>,
    pub(crate) as_it_stands: Option<String>,
}

/// Why no text can be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoText {
    Missing(&'static str),
    /// A field contains `|`, so that what is signed could be read in two ways.
    Separator(&'static str),
}

impl SignedFields {
    pub(crate) fn texts(&self, object: &Object<'_>) -> Result<SignedTexts, NoText> {
        let mut amount = None;
        let mut parts = Vec::new();
        for (index, &path) in self.fields.iter().enumerate() {
            let text = read(object, path).ok_or(NoText::Missing(path))?;
            if text.contains('|') {
                return Err(NoText::Separator(path));
            }
            if path == AMOUNT {
                amount = Some(index);
            }
            parts.push(text);
        }
        let Some(amount) = amount else {
            return Ok(SignedTexts {
                padded: Some(parts.join("|")),
                as_it_stands: None,
            });
        };
        let has_fraction = parts.get(amount).is_some_and(|text| text.contains('.'));
        let as_it_stands = has_fraction.then(|| parts.join("|"));
        let padded = parts.get_mut(amount).and_then(|text| {
            *text = hundredths::write(decimal(text)?)?;
            Some(())
        });
        Ok(SignedTexts {
            padded: padded.map(|()| parts.join("|")),
            as_it_stands,
        })
    }
}

fn read(object: &Object<'_>, path: &str) -> Option<String> {
    match path.split_once('.') {
        Some((outer, inner)) => object.object(outer)?.read(inner),
        None => object.read(path),
    }
}

impl From<NoText> for Unreadable {
    fn from(error: NoText) -> Self {
        match error {
            NoText::Missing(field) | NoText::Separator(field) => Self::Field(field),
        }
    }
}

impl NotificationKey {
    /// Signs a text as the provider does, in lowercase hexadecimal digits. A stand-in for the provider
    /// needs it.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        hex::encode(self.mac(text).finalize().into_bytes())
    }

    /// Returns whether the signature is over one of the texts, in constant time for each of them.
    pub(crate) fn verifies(&self, texts: &SignedTexts, signature: &[u8; 32]) -> bool {
        let candidates = texts.padded.iter().chain(&texts.as_it_stands);
        candidates.fold(false, |verified, text| {
            self.mac(text).verify_slice(signature).is_ok() | verified
        })
    }

    fn mac(&self, text: &str) -> Hmac<Sha256> {
        match Hmac::<Sha256>::new_from_slice(self.expose().as_bytes()) {
            Ok(keyed) => keyed.chain_update(text),
            // HMAC accepts a key of any length.
            Err(_) => unreachable!(),
        }
    }
}

/// Reads a signature: 64 hexadecimal digits of either case, or the base64 of 32 bytes.
pub(crate) fn read_signature(header: &[u8]) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if header.len() == 64 {
        // The prefix `0x` would make it shorter.
        let is_hex = header.iter().all(u8::is_ascii_hexdigit);
        return (is_hex && hex::decode_to_slice(header, &mut bytes).is_ok()).then_some(bytes);
    }
    STANDARD.decode(header).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(kind: &NotificationKind, json: &str) -> Result<SignedTexts, NoText> {
        let object = Object::parse(json.as_bytes()).unwrap();
        kind.signed_fields().unwrap().texts(&object)
    }

    #[test]
    fn a_signature_is_hexadecimal_or_base64() {
        let hex = "0572c2153b1b57b1eddb9124ca6b8868e57eb3dce29220417922f18e7788285c";
        let bytes = read_signature(hex.as_bytes()).unwrap();
        assert_eq!(read_signature(hex.to_uppercase().as_bytes()), Some(bytes));
        assert_eq!(
            read_signature(STANDARD.encode(bytes).as_bytes()),
            Some(bytes)
        );
        for text in [
            "",
            "0x",
            &hex[1..],
            &format!("0x{}", &hex[2..]),
            &format!("{hex} "),
            &STANDARD.encode(&bytes[1..]),
            "g572c2153b1b57b1eddb9124ca6b8868e57eb3dce29220417922f18e7788285c",
        ] {
            assert_eq!(read_signature(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_separator_in_a_signed_field_is_refused() {
        let json = r#"{"merchantSiteUid":"a|b","account":"c","status":{"value":"CREATED","changedDateTime":"d"}}"#;
        assert_eq!(
            texts(&NotificationKind::Token, json),
            Err(NoText::Separator("merchantSiteUid"))
        );
    }

    proptest! {
        #[test]
        fn the_signed_text_has_the_fields_in_order_and_the_amount_with_two_digits(
            id in "[^|\\p{Cc}]{1,20}", date in "[0-9T:+.-]{1,30}", minor in 0u64..100_000_000, as_number: bool,
        ) {
            let amount = format!("{}.{:02}", minor / 100, minor % 100);
            let value = if as_number {
                // As the provider writes numbers: without padding.
                amount.strip_suffix(".00").unwrap_or(&amount).to_owned()
            } else {
                format!("\"{amount}\"")
            };
            let id_json = serde_json::to_string(&id).unwrap();
            let json = format!(r#"{{"paymentId":{id_json},"createdDateTime":"{date}","amount":{{"value":{value}}}}}"#);
            let texts = texts(&NotificationKind::Payment, &json).unwrap();
            prop_assert_eq!(texts.padded, Some(format!("{id}|{date}|{amount}")));
            let value = value.trim_matches('"');
            let has_fraction = value.contains('.');
            let as_it_stands = has_fraction.then(|| format!("{id}|{date}|{value}"));
            prop_assert_eq!(texts.as_it_stands, as_it_stands);
        }
    }
}
