use std::fmt;

use pantoken_core::{Secret, is_luhn_valid};

use crate::fields::Fields;

/// The reason why card data is refused. The message does not contain the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CardDataError {
    /// The number is not 13 to 19 digits that pass the Luhn check.
    #[error("a card number must be 13 to 19 digits that pass the Luhn check")]
    Number,
    /// The expiry date is not `MMYY`.
    #[error("an expiry date must be two digits of the month and two digits of the year")]
    Expiry,
    /// The security code is not 3 or 4 digits.
    #[error("a security code must be 3 or 4 digits long")]
    SecurityCode,
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

    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardNumber(…)")
    }
}

/// The data of a card, as the payer typed it. It is wiped when dropped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct CardData {
    pan: CardNumber,
    expiry: Secret,
    cvv2: Option<Secret>,
}

impl CardData {
    /// Reads a card's number and its expiry date, as `MMYY`.
    ///
    /// # Errors
    /// Returns [`CardDataError`] if one of them is not well formed.
    pub fn parse(pan: &str, expiry: &str) -> Result<Self, CardDataError> {
        let pan = CardNumber::parse(pan)?;
        let month = match expiry.as_bytes() {
            [tens, ones, y1, y2] if y1.is_ascii_digit() && y2.is_ascii_digit() => [*tens, *ones],
            _ => return Err(CardDataError::Expiry),
        };
        if !matches!(&month, [b'0', b'1'..=b'9'] | [b'1', b'0'..=b'2']) {
            return Err(CardDataError::Expiry);
        }
        Ok(Self {
            pan,
            expiry: Secret::new(expiry),
            cvv2: None,
        })
    }

    /// Adds the security code.
    ///
    /// # Errors
    /// Returns [`CardDataError::SecurityCode`] if it is not 3 or 4 digits.
    pub fn with_security_code(mut self, code: &str) -> Result<Self, CardDataError> {
        let is_code =
            (3..=4).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
        if !is_code {
            return Err(CardDataError::SecurityCode);
        }
        self.cvv2 = Some(Secret::new(code));
        Ok(self)
    }

    pub(crate) fn write(&self, fields: &mut Fields) {
        fields.checked("pan", self.pan.expose());
        fields.checked("expiry", self.expiry.expose());
        if let Some(code) = &self.cvv2 {
            fields.checked("cvv2", code.expose());
        }
    }
}

impl fmt::Debug for CardData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardData(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_data_is_checked_and_never_printed() {
        let card = CardData::parse("4111111111111111", "1230").unwrap();
        assert_eq!(format!("{card:?}"), "CardData(…)");
        for pan in [
            "41111111111111111",
            "411111111111",
            "4111 1111 1111 1111",
            "",
        ] {
            assert_eq!(CardNumber::parse(pan).err(), Some(CardDataError::Number));
        }
        for expiry in ["1330", "0030", "12/30", "123", "12 0", ""] {
            let refused = CardData::parse("4111111111111111", expiry);
            assert_eq!(refused, Err(CardDataError::Expiry), "{expiry}");
        }
        for code in ["12", "12345", "12a"] {
            let refused = card.clone().with_security_code(code);
            assert_eq!(refused, Err(CardDataError::SecurityCode));
        }
    }
}
