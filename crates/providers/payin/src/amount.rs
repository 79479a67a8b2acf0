use std::fmt;

use iso_currency::Currency as IsoCurrency;
use rust_decimal::Decimal;
use serde::ser::{Error as _, SerializeStruct};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use pantoken_core::hundredths;
use pantoken_core::json::{FromJson, Object};

/// An amount of money: a decimal with its currency.
///
/// In requests it is a text with exactly two fraction digits, as in `{"value": "10.00", "currency": "RUB"}`.
/// In answers and notifications the provider writes a text or a number, padded or not; both are read
/// without loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    value: Decimal,
    currency: Currency,
}

/// The reason why an amount cannot be used in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// It is not written as digits, a point and two digits.
    #[error("an amount must be digits, a point and exactly two more digits, such as `10.00`")]
    Format,
    /// It has more than two fraction digits that are not zero. The provider has no smaller unit.
    #[error("an amount must not have more than two fraction digits")]
    FractionDigits,
    /// It is smaller or larger than the provider accepts.
    #[error("an amount must be from 0.01 to 999999.99")]
    Range,
    /// The currency is not an alphabetic code of ISO 4217.
    #[error("a currency must be an alphabetic code of ISO 4217, such as `RUB`")]
    Currency,
}

impl Amount {
    /// Creates an amount for a request.
    ///
    /// # Errors
    /// Returns [`AmountError`] if it is not 0.01 to 999999.99, or has fractions of the second digit.
    pub fn new(value: Decimal, currency: IsoCurrency) -> Result<Self, AmountError> {
        if value.normalize().scale() > 2 {
            return Err(AmountError::FractionDigits);
        }
        if value < Decimal::new(1, 2) || value > Decimal::new(99_999_999, 2) {
            return Err(AmountError::Range);
        }
        let currency = Currency::Iso(currency);
        Ok(Self { value, currency })
    }

    /// Reads an amount for a request: a value with exactly two fraction digits and no leading zeros, and
    /// the alphabetic code of its currency.
    ///
    /// ```
    /// use pantoken_payin::{Amount, AmountError};
    ///
    /// assert_eq!(Amount::parse("582.42", "RUB")?.minor_units(), Some(58_242));
    /// assert_eq!(Amount::parse("10.0", "RUB"), Err(AmountError::Format));
    /// # Ok::<(), AmountError>(())
    /// ```
    ///
    /// # Errors
    /// Returns [`AmountError`] for any other spelling, a value out of range, or an unknown currency.
    pub fn parse(value: &str, currency: &str) -> Result<Self, AmountError> {
        let Currency::Iso(currency) = Currency::parse(currency) else {
            return Err(AmountError::Currency);
        };
        let value = hundredths::parse(value).ok_or(AmountError::Format)?;
        Self::new(value, currency)
    }

    /// Returns the value.
    #[must_use]
    pub fn value(&self) -> Decimal {
        self.value
    }

    /// Returns the currency.
    #[must_use]
    pub fn currency(&self) -> &Currency {
        &self.currency
    }

    /// Returns the value in hundredths, or `None` if it has more than two fraction digits.
    #[must_use]
    pub fn minor_units(&self) -> Option<i64> {
        hundredths::count(self.value)
    }

    /// Returns the value with exactly two fraction digits, or `None` if that would round it.
    #[must_use]
    pub fn to_wire(&self) -> Option<String> {
        hundredths::write(self.value)
    }
}

/// Writes the amount as requests need it. An amount that would have to be rounded is refused.
impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = self.to_wire();
        let value = value.ok_or_else(|| S::Error::custom(AmountError::FractionDigits))?;
        let mut object = serializer.serialize_struct("Amount", 2)?;
        object.serialize_field("value", &value)?;
        object.serialize_field("currency", self.currency.as_str())?;
        object.end()
    }
}

impl FromJson for Amount {
    fn from_json(json: &RawValue) -> Option<Self> {
        let object = Object::from_raw(json)?;
        Some(Self {
            value: object.read("value")?,
            currency: object.read("currency")?,
        })
    }
}

/// A currency, by its alphabetic code. One that is not in ISO 4217 is kept as it came.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Currency {
    /// A currency of ISO 4217.
    Iso(IsoCurrency),
    /// A text that is no such code.
    Other(String),
}

impl Currency {
    /// The Russian rouble.
    pub const RUB: Self = Self::Iso(IsoCurrency::RUB);

    /// Reads a code. Anything that is not in ISO 4217 is kept.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        IsoCurrency::from_code(code).map_or_else(|| Self::Other(code.to_owned()), Self::Iso)
    }

    /// Returns the code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Iso(currency) => currency.code(),
            Self::Other(code) => code,
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromJson for Currency {
    fn from_json(json: &RawValue) -> Option<Self> {
        Some(Self::parse(&String::from_json(json)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<Amount> {
        Amount::from_json(serde_json::from_str(json).unwrap())
    }

    fn written(amount: &Amount) -> String {
        serde_json::to_string(amount).unwrap()
    }

    #[test]
    fn a_request_has_exactly_two_fraction_digits() {
        let three = Amount::new(Decimal::from(3), IsoCurrency::RUB).unwrap();
        assert_eq!(written(&three), r#"{"value":"3.00","currency":"RUB"}"#);
        let fifty_cents = Amount::parse("0.50", "KZT").unwrap();
        assert_eq!(
            written(&fifty_cents),
            r#"{"value":"0.50","currency":"KZT"}"#
        );
    }

    #[test]
    fn another_spelling_is_refused_by_name() {
        for text in [
            "", "10", "10.", "10.0", "10.000", ".00", "1e3", "1.0e1", "+1.00", "-1.00", " 1.00",
            "1.00 ", "1,00", "1_0.00", "01.00", "00.50", "1.0a", "١.٠٠", "0x1.00", "1.00.00",
        ] {
            assert_eq!(
                Amount::parse(text, "RUB"),
                Err(AmountError::Format),
                "{text}"
            );
        }
        for text in ["0.00", "1000000.00", "99999999999999999999999999999999.00"] {
            assert_eq!(
                Amount::parse(text, "RUB"),
                Err(AmountError::Range),
                "{text}"
            );
        }
        for currency in ["", "rub", "643", "RU", "RUBB", "QQQ"] {
            let refused = Amount::parse("1.00", currency);
            assert_eq!(refused, Err(AmountError::Currency), "{currency}");
        }
        let thousandths = Amount::new(Decimal::new(1_019, 3), IsoCurrency::RUB);
        assert_eq!(thousandths, Err(AmountError::FractionDigits));
        let padded = Amount::new(Decimal::new(10_000, 4), IsoCurrency::RUB);
        assert_eq!(padded.unwrap().to_wire().as_deref(), Some("1.00"));
        assert!(Amount::parse("0.01", "RUB").is_ok());
        assert!(Amount::parse("999999.99", "RUB").is_ok());
    }

    #[test]
    fn an_answer_is_read_however_the_provider_writes_it() {
        let five = Amount::parse("5.00", "RUB").unwrap();
        for value in [
            "5",
            "5.0",
            "5.00",
            "\"5\"",
            "\"5.00\"",
            "0.5E+1",
            "\"5.000\"",
        ] {
            let json = format!(r#"{{"value":{value},"currency":"RUB"}}"#);
            assert_eq!(read(&json).as_ref(), Some(&five), "{value}");
        }
        for value in [
            "-5", "null", "true", "\"\"", "\"five\"", "[5]", "1e99", "\"1_0\"",
        ] {
            let json = format!(r#"{{"value":{value},"currency":"RUB"}}"#);
            assert_eq!(read(&json), None, "{value}");
        }
    }

    #[test]
    fn an_unknown_currency_of_an_answer_is_kept() {
        let amount = read(r#"{"value":"1.00","currency":"NEW"}"#).unwrap();
        assert_eq!(amount.currency(), &Currency::Other("NEW".to_owned()));
        assert_eq!(amount.currency().as_str(), "NEW");
    }

    #[test]
    fn an_amount_of_an_answer_is_not_rounded_when_it_is_sent() {
        let amount = read(r#"{"value":"1.019","currency":"RUB"}"#).unwrap();
        assert_eq!(amount.to_wire(), None);
        assert_eq!(amount.minor_units(), None);
        assert!(serde_json::to_string(&amount).is_err());
    }
}
