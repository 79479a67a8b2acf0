use std::fmt;

use iso_currency::Currency as IsoCurrency;
use pantoken_core::hundredths;
use rust_decimal::Decimal;

use crate::json::FromText;

/// An amount of money for a request: a decimal with exactly two fraction digits, and its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// It is smaller than 0.01, or has more digits than fit.
    #[error("an amount must be from 0.01 to 999999999999999.99")]
    Range,
    /// The currency is not an alphabetic code of ISO 4217.
    #[error("a currency must be an alphabetic code of ISO 4217, such as `RUB`")]
    Currency,
}

impl Amount {
    /// Creates an amount.
    ///
    /// # Errors
    /// Returns [`AmountError`] if it is smaller than 0.01, too large, or has fractions of the second digit.
    pub fn new(value: Decimal, currency: Currency) -> Result<Self, AmountError> {
        if value.normalize().scale() > 2 {
            return Err(AmountError::FractionDigits);
        }
        if value < Decimal::new(1, 2) || value >= LIMIT {
            return Err(AmountError::Range);
        }
        Ok(Self { value, currency })
    }

    /// Reads an amount: a value with exactly two fraction digits and no leading zeros, and the alphabetic code
    /// of its currency.
    ///
    /// ```
    /// use pantoken_qiwi_pay::{Amount, AmountError};
    ///
    /// assert_eq!(Amount::parse("582.42", "RUB")?.to_wire(), "582.42");
    /// assert_eq!(Amount::parse("10.0", "RUB"), Err(AmountError::Format));
    /// # Ok::<(), AmountError>(())
    /// ```
    ///
    /// # Errors
    /// Returns [`AmountError`] for any other spelling, a value out of range, or an unknown currency.
    pub fn parse(value: &str, currency: &str) -> Result<Self, AmountError> {
        let currency = Currency::from_code(currency).ok_or(AmountError::Currency)?;
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
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Returns the value with exactly two fraction digits.
    #[must_use]
    pub fn to_wire(&self) -> String {
        format!("{:.2}", self.value)
    }
}

/// No amount has more than 15 digits before its point, so that two digits after it can always be written.
const LIMIT: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0);

/// A currency, by its numeric code in ISO 4217. A code that is not in ISO 4217 is kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(u16);

impl Currency {
    /// The Russian rouble.
    pub const RUB: Self = Self(643);

    /// Takes a numeric code.
    #[must_use]
    pub const fn from_number(number: u16) -> Self {
        Self(number)
    }

    /// Reads an alphabetic code, or returns `None` if it is not in ISO 4217.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        IsoCurrency::from_code(code).map(|currency| Self(currency.numeric()))
    }

    /// Returns the numeric code.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Returns the alphabetic code, or `None` if the number is not in ISO 4217.
    #[must_use]
    pub fn code(self) -> Option<&'static str> {
        IsoCurrency::from_numeric(self.0).map(|currency| currency.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Writes the numeric code.
impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromText for Currency {
    fn from_text(text: &str) -> Option<Self> {
        u16::from_text(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_exactly_two_fraction_digits() {
        let three = Amount::new(Decimal::from(3), Currency::RUB).unwrap();
        assert_eq!(three.to_wire(), "3.00");
        assert_eq!(Amount::parse("0.50", "KZT").unwrap().to_wire(), "0.50");
        let padded = Amount::new(Decimal::new(10_000, 4), Currency::RUB).unwrap();
        assert_eq!(padded.to_wire(), "1.00");
    }

    #[test]
    fn another_spelling_is_refused_by_name() {
        for text in [
            "", "10", "10.", "10.0", "10.000", ".00", "1e3", "1.0e1", "+1.00", "-1.00", " 1.00",
            "1.00 ", "1,00", "1_0.00", "01.00", "00.50", "1.0a", "١.٠٠", "0x1.00", "1.00.00",
        ] {
            let refused = Amount::parse(text, "RUB");
            assert_eq!(refused, Err(AmountError::Format), "{text}");
        }
        for text in [
            "0.00",
            "1000000000000000.00",
            "99999999999999999999999999999999.00",
        ] {
            let refused = Amount::parse(text, "RUB");
            assert_eq!(refused, Err(AmountError::Range), "{text}");
        }
        assert!(Amount::parse("999999999999999.99", "RUB").is_ok());
        for currency in ["", "rub", "643", "RU", "RUBB", "QQQ"] {
            let refused = Amount::parse("1.00", currency);
            assert_eq!(refused, Err(AmountError::Currency), "{currency}");
        }
        let thousandths = Amount::new(Decimal::new(1_019, 3), Currency::RUB);
        assert_eq!(thousandths, Err(AmountError::FractionDigits));
    }

    #[test]
    fn an_answer_is_read_however_the_provider_writes_it() {
        for text in ["5", "5.0", "5.00", "0.5E+1", "5.000"] {
            let read = Decimal::from_text(text).unwrap();
            assert_eq!(hundredths::write(read).as_deref(), Some("5.00"));
        }
        for text in ["", "-5", "five", "1e99", "1_0", "+5"] {
            assert_eq!(Decimal::from_text(text), None, "{text}");
        }
        let thousandths = Decimal::from_text("1.019").unwrap();
        assert_eq!(hundredths::write(thousandths), None);
    }

    #[test]
    fn a_currency_has_its_number_and_its_code() {
        assert_eq!(Currency::from_code("KZT").unwrap().number(), 398);
        assert_eq!(Currency::RUB.code(), Some("RUB"));
        assert_eq!(Currency::from_number(1).code(), None);
        assert_eq!(Currency::from_code("ALL").unwrap().to_string(), "8");
    }
}
