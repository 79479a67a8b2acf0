use alloc::string::String;
use core::fmt;

use pantoken_core::decimal::{self, decimal_digits};

/// The id of one operation at the provider: a whole number from 1 to 2^63 − 1.
///
/// In JSON and JavaScript it is a string of decimal digits, because JavaScript silently rounds numbers
/// above 2^53 − 1. Source: docs/a2c.md, "Signed form URL".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(i64);

/// The reason why a text or a number is not a [`RequestId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestIdError {
    /// The text contains anything but digits, or has a leading zero.
    #[error("a request id must consist of decimal digits, without a leading zero")]
    NotDigits,
    /// The number is below 1 or above 2^63 − 1.
    #[error("a request id must be a whole number from 1 to 9223372036854775807")]
    OutOfRange,
}

impl RequestId {
    /// The largest id that a JavaScript number represents exactly. The server creates no larger one.
    pub const MAX_MINTED: i64 = (1 << 53) - 1;

    /// Reads the canonical spelling only, because the digits are signed: `"007"` and `"+7"` are refused.
    ///
    /// # Errors
    /// Returns [`RequestIdError`] for anything but a number from 1 to 2^63 − 1 in canonical decimal.
    pub fn parse(text: &str) -> Result<Self, RequestIdError> {
        let number = decimal::parse(text).ok_or(RequestIdError::NotDigits)?;
        let value = i64::try_from(number).map_err(|_| RequestIdError::OutOfRange)?;
        Self::from_i64(value)
    }

    /// Creates the id with this value.
    ///
    /// # Errors
    /// Returns [`RequestIdError::OutOfRange`] if the value is below 1.
    pub fn from_i64(value: i64) -> Result<Self, RequestIdError> {
        if value < 1 {
            return Err(RequestIdError::OutOfRange);
        }
        Ok(Self(value))
    }

    /// Returns the id's decimal digits, as they are signed.
    #[must_use]
    pub fn to_text(self) -> String {
        decimal_digits(self.0.unsigned_abs())
    }

    /// Returns the id as a number, for a database column.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_id_is_exact_up_to_the_largest_long() {
        for text in ["1", "9007199254740993", "9223372036854775807"] {
            assert_eq!(RequestId::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn request_id_refuses_what_would_change_the_signed_digits() {
        for text in ["", "007", "+7", "-1", " 7", "7 ", "1e3", "1.0", "0x10", "٣"] {
            assert_eq!(
                RequestId::parse(text),
                Err(RequestIdError::NotDigits),
                "{text:?}"
            );
        }
        for text in ["0", "9223372036854775808", "99999999999999999999"] {
            assert_eq!(
                RequestId::parse(text),
                Err(RequestIdError::OutOfRange),
                "{text:?}"
            );
        }
        assert_eq!(RequestId::from_i64(0), Err(RequestIdError::OutOfRange));
    }
}
