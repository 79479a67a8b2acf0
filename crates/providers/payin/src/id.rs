use std::fmt;

use pantoken_core::percent;
use serde_json::value::RawValue;

use pantoken_core::json::FromJson;

/// The reason why a text cannot be an id. The message does not contain the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// The text is empty or too long.
    #[error("an id must be 1 to 256 characters long")]
    Length,
    /// The text contains a character that would change what is signed or where the request goes.
    #[error("an id must not contain `|`, control characters or white space")]
    Character,
    /// The text is `.` or `..`, which a URL treats as a step and not as a name.
    #[error("an id must not be `.` or `..`")]
    Dots,
}

fn check(text: &str) -> Result<(), IdError> {
    const MAX_CHARS: usize = 256;
    if text.is_empty() || text.chars().count() > MAX_CHARS {
        return Err(IdError::Length);
    }
    if text.contains(|c: char| c == '|' || c.is_control() || c.is_whitespace()) {
        return Err(IdError::Character);
    }
    if matches!(text, "." | "..") {
        return Err(IdError::Dots);
    }
    Ok(())
}

/// Defines a type of id: 1 to 256 characters, without `|`, which separates what is signed.
/// Source: docs/payin.md, "Transport".
macro_rules! ids {
    ($($(#[$meta:meta])* $Id:ident,)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $Id(String);

        impl $Id {
            /// Reads an id.
            ///
            /// # Errors
            /// Returns [`IdError`] if the text is not 1 to 256 characters long, is `.` or `..`, or contains
            /// `|`, white space or a control character.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                check(text)?;
                Ok(Self(text.to_owned()))
            }

            /// Returns the id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Returns the id as one segment of a path.
            #[cfg_attr(not(feature = "client"), allow(dead_code))]
            pub(crate) fn to_segment(&self) -> String {
                let mut segment = String::new();
                percent::encode_into(&mut segment, &self.0);
                segment
            }
        }

        impl fmt::Display for $Id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $Id {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl FromJson for $Id {
            fn from_json(json: &RawValue) -> Option<Self> {
                Self::parse(&String::from_json(json)?).ok()
            }
        }
    )+};
}

ids! {
    /// The id of a merchant's site, which the provider assigns.
    SiteId,
    /// The id of a bill, unique within its site. You choose it; a UUID is a good choice.
    BillId,
    /// The id of a payment, unique within its site. You choose it; the provider chooses its own for
    /// payments on its form.
    PaymentId,
    /// The id of a capture, unique within its payment.
    CaptureId,
    /// The id of a refund.
    RefundId,
    /// The id of a payout.
    PayoutId,
    /// The id of a card check. For a check by form, the status is asked with the id of its bill.
    RequestUid,
    /// The id of a QR code.
    QrCodeUid,
}

impl From<&BillId> for RequestUid {
    /// Returns the id with which the status of a card check by form is asked.
    fn from(bill_id: &BillId) -> Self {
        Self(bill_id.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_segment_of_a_path() {
        let id = BillId::parse("9829394:982939419/../x?y#z%2e").unwrap();
        assert_eq!(id.to_segment(), "9829394%3A982939419%2F..%2Fx%3Fy%23z%252e");
        assert_eq!(BillId::parse("."), Err(IdError::Dots));
        assert_eq!(BillId::parse(".."), Err(IdError::Dots));
        assert_eq!(BillId::parse("...").unwrap().to_segment(), "...");
    }

    #[test]
    fn an_id_has_limits() {
        assert_eq!(PaymentId::parse(""), Err(IdError::Length));
        assert!(PaymentId::parse(&"я".repeat(256)).is_ok());
        assert_eq!(PaymentId::parse(&"a".repeat(257)), Err(IdError::Length));
        for text in ["a|b", "a b", "a\n", "\u{0}", "a\u{a0}"] {
            assert_eq!(PaymentId::parse(text), Err(IdError::Character), "{text:?}");
        }
    }
}
