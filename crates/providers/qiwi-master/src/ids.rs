use std::fmt;

use pantoken_core::json::FromJson;
use serde_json::value::RawValue;

/// The reason why a text cannot be an id. The message does not contain the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// The text is no number of a wallet.
    #[error(
        "a wallet is 6 to 15 digits with the country code and without `+`, such as 79991234567"
    )]
    Wallet,
    /// The text is no id of a card.
    #[error("the id of a card is 1 to 19 digits")]
    Card,
    /// The text is no id of an order.
    #[error("the id of an order is 1 to 64 letters, digits and hyphens")]
    Order,
}

fn is_digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number of a wallet: digits with the country code, without `+`.
#[derive(Clone, PartialEq, Eq)]
pub struct Wallet(String);

impl Wallet {
    /// Reads the number of a wallet.
    ///
    /// # Errors
    /// Returns [`IdError::Wallet`] if the text is not 6 to 15 digits.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if is_digits(text, 6..=15) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError::Wallet)
        }
    }

    /// Returns the digits. They are the owner's telephone number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The number is the owner's telephone number, so it is not printed.
impl fmt::Debug for Wallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wallet(…)")
    }
}

/// The id of a card in a path: `qvx.id` of the list of cards. The member `qvx.cardId` is another, larger number
/// that no call takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CardId(String);

impl CardId {
    /// Reads the id of a card.
    ///
    /// # Errors
    /// Returns [`IdError::Card`] if the text is not 1 to 19 digits.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if is_digits(text, 1..=19) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError::Card)
        }
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads the id from a text or a number, because the provider sends both.
impl FromJson for CardId {
    fn from_json(json: &RawValue) -> Option<Self> {
        Self::parse(&String::from_json(json)?).ok()
    }
}

/// The id of an order, which the provider chooses: a UUID.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct OrderId(String);

impl OrderId {
    /// Reads the id of an order.
    ///
    /// # Errors
    /// Returns [`IdError::Order`] if the text is not 1 to 64 letters, digits and hyphens.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(is_allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError::Order)
        }
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromJson for OrderId {
    fn from_json(json: &RawValue) -> Option<Self> {
        Self::parse(&String::from_json(json)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_segment_of_a_path() {
        assert!(Wallet::parse("79991234567").is_ok());
        for text in [
            "",
            "+79991234567",
            "7999 123",
            "12345",
            "1234567890123456",
            "7999/../1",
        ] {
            assert_eq!(Wallet::parse(text), Err(IdError::Wallet), "{text}");
        }
        assert!(CardId::parse("90001234").is_ok());
        for text in ["", "1>", "-1", "1.0", "12345678901234567890"] {
            assert_eq!(CardId::parse(text), Err(IdError::Card), "{text}");
        }
        assert!(OrderId::parse("e7b1c1b4-77d2-4a4b-8a54-0d4dcd6e1a11").is_ok());
        for text in ["", "..", "a/b", "a b", &"a".repeat(65)] {
            assert_eq!(OrderId::parse(text), Err(IdError::Order), "{text}");
        }
        assert_eq!(
            format!("{:?}", Wallet::parse("79991234567")),
            "Ok(Wallet(…))"
        );
    }
}
