//! Card data. Whoever sends it must be audited under PCI DSS.

use std::fmt;

use pantoken_core::{Secret, is_luhn_valid};
use serde::{Serialize, Serializer};

use crate::payments::{FirstTransaction, Initiator};
use crate::secrets;

/// The reason why card data is refused. The message does not contain the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CardDataError {
    /// The number is not 13 to 19 digits that pass the Luhn check.
    #[error("a card number must be 13 to 19 digits that pass the Luhn check")]
    Number,
    /// The expiry date is not `MM/YY`.
    #[error("an expiry date must be two digits of the month, `/`, and two digits of the year")]
    Expiry,
    /// The security code is not 3 or 4 digits.
    #[error("a security code must be 3 or 4 digits long")]
    SecurityCode,
    /// The name is not 1 to 26 Latin characters.
    #[error(
        "a cardholder's name must be 1 to 26 Latin letters, digits, spaces, points, apostrophes and dashes"
    )]
    HolderName,
}

/// The number of a card. It is wiped when dropped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct CardNumber(Secret);

impl CardNumber {
    /// Reads a number without separators.
    ///
    /// # Errors
    /// Returns [`CardDataError::Number`] if it is not 13 to 19 digits that pass the Luhn check.
    pub fn parse(digits: &str) -> Result<Self, CardDataError> {
        if !(13..=19).contains(&digits.len()) || !is_luhn_valid(digits) {
            return Err(CardDataError::Number);
        }
        Ok(Self(Secret::new(digits)))
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardNumber(…)")
    }
}

impl Serialize for CardNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        secrets::serialize(&self.0, serializer)
    }
}

/// The data of a card, as the customer typed it. It is wiped when dropped and never printed.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CardData {
    pan: CardNumber,
    #[serde(serialize_with = "secrets::serialize")]
    expiry_date: Secret,
    #[serde(
        serialize_with = "secrets::serialize_option",
        skip_serializing_if = "Option::is_none"
    )]
    cvv2: Option<Secret>,
    #[serde(
        serialize_with = "secrets::serialize_option",
        skip_serializing_if = "Option::is_none"
    )]
    holder_name: Option<Secret>,
}

impl CardData {
    /// Reads a card's number and its expiry date, as `MM/YY`.
    ///
    /// # Errors
    /// Returns [`CardDataError`] if one of them is not well formed.
    pub fn parse(pan: &str, expiry_date: &str) -> Result<Self, CardDataError> {
        let pan = CardNumber::parse(pan)?;
        let month = match expiry_date.as_bytes() {
            [tens, ones, b'/', year @ ..] if is_digits(year, 2..=2) => [*tens, *ones],
            _ => return Err(CardDataError::Expiry),
        };
        if !matches!(&month, [b'0', b'1'..=b'9'] | [b'1', b'0'..=b'2']) {
            return Err(CardDataError::Expiry);
        }
        Ok(Self {
            pan,
            expiry_date: Secret::new(expiry_date),
            cvv2: None,
            holder_name: None,
        })
    }

    /// Adds the security code.
    ///
    /// # Errors
    /// Returns [`CardDataError::SecurityCode`] if it is not 3 or 4 digits.
    pub fn with_security_code(mut self, code: &str) -> Result<Self, CardDataError> {
        if !is_digits(code.as_bytes(), 3..=4) {
            return Err(CardDataError::SecurityCode);
        }
        self.cvv2 = Some(Secret::new(code));
        Ok(self)
    }

    /// Adds the name on the card.
    ///
    /// # Errors
    /// Returns [`CardDataError::HolderName`] if it is not 1 to 26 Latin characters.
    pub fn with_holder_name(mut self, name: &str) -> Result<Self, CardDataError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b" .'-".contains(&byte);
        if !(1..=26).contains(&name.len()) || !name.bytes().all(fits) {
            return Err(CardDataError::HolderName);
        }
        self.holder_name = Some(Secret::new(name));
        Ok(self)
    }
}

fn is_digits(bytes: &[u8], length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit)
}

impl fmt::Debug for CardData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardData(…)")
    }
}

/// A card, and on whose initiative it is charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CardMethod {
    #[serde(flatten)]
    card: CardData,
    /// On whose initiative the card is charged.
    #[serde(
        rename = "cardTokenPaymentType",
        skip_serializing_if = "Option::is_none"
    )]
    pub initiator: Option<Initiator>,
    /// The first payment of a series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_transaction: Option<FirstTransaction>,
    /// What a wallet on the customer's device authenticated.
    #[serde(rename = "external3dSec", skip_serializing_if = "Option::is_none")]
    pub external_3ds: Option<External3ds>,
}

impl CardMethod {
    /// Charges this card.
    #[must_use]
    pub fn new(card: CardData) -> Self {
        Self {
            card,
            initiator: None,
            first_transaction: None,
            external_3ds: None,
        }
    }
}

/// The cryptogram of a wallet that you decrypted yourself. It is wiped when dropped and never printed.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum External3ds {
    /// A cryptogram of Apple Pay.
    #[serde(rename = "APPLE_PAY")]
    ApplePay {
        /// The cryptogram.
        #[serde(serialize_with = "secrets::serialize")]
        online_payment_cryptogram: Secret,
        /// How the customer was authenticated.
        #[serde(skip_serializing_if = "Option::is_none")]
        eci_indicator: Option<String>,
    },
    /// A cryptogram of Google Pay.
    #[serde(rename = "GOOGLE_PAY")]
    GooglePay {
        /// The cryptogram.
        #[serde(
            serialize_with = "secrets::serialize_option",
            skip_serializing_if = "Option::is_none"
        )]
        cryptogram: Option<Secret>,
        /// How the customer was authenticated.
        #[serde(skip_serializing_if = "Option::is_none")]
        eci_indicator: Option<String>,
    },
    /// A cryptogram of Yandex Pay.
    #[serde(rename = "YANDEX_PAY")]
    YandexPay {
        /// The cryptogram.
        #[serde(
            serialize_with = "secrets::serialize_option",
            skip_serializing_if = "Option::is_none"
        )]
        cryptogram: Option<Secret>,
        /// How the customer was authenticated.
        #[serde(skip_serializing_if = "Option::is_none")]
        eci_indicator: Option<String>,
    },
    /// A cryptogram of Mir Pay.
    #[serde(rename = "MIR_PAY")]
    MirPay {
        /// The authentication value, of 38 hexadecimal digits.
        #[serde(serialize_with = "secrets::serialize")]
        cav: Secret,
        /// The transaction.
        trans_id: String,
        /// The merchant.
        mid: String,
        /// The medium: `ISDK`, `DL`, `UL` or `TR`.
        media: String,
    },
}

impl fmt::Debug for External3ds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("External3ds(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_data_has_limits_and_is_never_printed() {
        let card = CardData::parse("4256000000000078", "03/24").unwrap();
        let card = card.with_security_code("123").unwrap();
        let card = card.with_holder_name("TESTQIWI").unwrap();
        assert_eq!(
            format!("{:?}", CardMethod::new(card.clone()))
                .matches("CardData(…)")
                .count(),
            1
        );
        for number in [
            "",
            "4256000000000079",
            "425600000000",
            "4256 0000 0000 0078",
        ] {
            assert_eq!(CardNumber::parse(number), Err(CardDataError::Number));
        }
        for expiry in [
            "", "3/24", "13/24", "00/24", "03/2024", "03-24", "0a/24", "03/2я",
        ] {
            let refused = CardData::parse("4256000000000078", expiry);
            assert_eq!(refused, Err(CardDataError::Expiry), "{expiry}");
        }
        for code in ["", "12", "12345", "12a"] {
            let refused = card.clone().with_security_code(code);
            assert_eq!(refused, Err(CardDataError::SecurityCode), "{code}");
        }
        for name in ["", "Иван", "A23456789012345678901234567", "A\n"] {
            let refused = card.clone().with_holder_name(name);
            assert_eq!(refused, Err(CardDataError::HolderName), "{name}");
        }
    }
}
