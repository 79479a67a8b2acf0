use std::fmt;

use iso_currency::Currency as IsoCurrency;
use rust_decimal::Decimal;

use crate::json::Json;

/// An amount of money in minor units: 2000 of `KZT` are 20.00 tenge, and 500 of `JPY` are 500 yen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    minor_units: i64,
    currency: Currency,
}

/// The reason why an amount cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// It is smaller or larger than the platform accepts.
    #[error("an amount must be from 1 to 10000000000000 minor units")]
    Range,
    /// It has more fraction digits than the currency.
    #[error("an amount must not have more fraction digits than its currency")]
    FractionDigits,
    /// The currency is no alphabetic code of ISO 4217.
    #[error("a currency must be an alphabetic code of ISO 4217, such as `KZT`")]
    Currency,
}

impl Amount {
    /// The largest amount that the platform accepts, in minor units.
    pub const MAX_MINOR_UNITS: i64 = 10_000_000_000_000;

    /// Creates an amount from minor units.
    ///
    /// # Errors
    /// Returns [`AmountError::Range`] if it is not 1 to [`Amount::MAX_MINOR_UNITS`].
    pub fn from_minor_units(minor_units: i64, currency: Currency) -> Result<Self, AmountError> {
        if !(1..=Self::MAX_MINOR_UNITS).contains(&minor_units) {
            return Err(AmountError::Range);
        }
        Ok(Self {
            minor_units,
            currency,
        })
    }

    /// Creates an amount from a decimal in major units, such as 20.00 tenge. Nothing is rounded.
    ///
    /// ```
    /// use pantoken_jetpay::{Amount, Currency};
    /// use rust_decimal::Decimal;
    ///
    /// let tenge = Amount::from_major_units(Decimal::from(20), Currency::KZT)?;
    /// assert_eq!(tenge.minor_units(), 2000);
    /// let yen = Amount::from_major_units(Decimal::from(500), Currency::parse("JPY"))?;
    /// assert_eq!(yen.minor_units(), 500);
    /// # Ok::<(), pantoken_jetpay::AmountError>(())
    /// ```
    ///
    /// # Errors
    /// Returns [`AmountError`] if it has too many fraction digits, is out of range, or its currency is not in ISO
    /// 4217.
    pub fn from_major_units(value: Decimal, currency: Currency) -> Result<Self, AmountError> {
        let exponent = currency.exponent().ok_or(AmountError::Currency)?;
        let value = value.normalize();
        if value.scale() > exponent {
            return Err(AmountError::FractionDigits);
        }
        let factor = Decimal::from(10_i64.pow(exponent));
        let minor_units = value.checked_mul(factor).ok_or(AmountError::Range)?;
        let minor_units = i64::try_from(minor_units).map_err(|_| AmountError::Range)?;
        Self::from_minor_units(minor_units, currency)
    }

    /// Reads `{"amount": 2000, "currency": "KZT"}` as the platform sends it. An integer that is written as `2000.0`
    /// or as a text is read too; one that is no positive integer is not.
    pub(crate) fn read(sum: &Json) -> Option<Self> {
        let minor_units = whole_number(sum.get("amount")?)?;
        let currency = Currency::parse(sum.get("currency")?.text()?);
        Self::from_minor_units(minor_units, currency).ok()
    }

    /// Returns the amount in minor units.
    #[must_use]
    pub fn minor_units(&self) -> i64 {
        self.minor_units
    }

    /// Returns the currency.
    #[must_use]
    pub fn currency(&self) -> &Currency {
        &self.currency
    }

    /// Returns the amount in major units, or `None` if the currency is not in ISO 4217 or has no minor units
    /// that are a power of ten.
    #[must_use]
    pub fn major_units(&self) -> Option<Decimal> {
        let exponent = self.currency.exponent()?;
        Some(Decimal::new(self.minor_units, exponent))
    }
}

fn whole_number(json: &Json) -> Option<i64> {
    let text = json.text_or_number()?;
    if let Ok(integer) = text.parse() {
        return Some(integer);
    }
    // Longer texts are not amounts; the limit keeps exponents from being computed for long.
    if text.len() > 40 || text.contains('_') {
        return None;
    }
    let decimal = match text.contains(['e', 'E']) {
        true => Decimal::from_scientific(text).ok()?,
        false => Decimal::from_str_exact(text).ok()?,
    };
    if decimal.normalize().scale() > 0 {
        return None;
    }
    i64::try_from(decimal).ok()
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
    /// The tenge of Kazakhstan, the only currency of the method.
    pub const KZT: Self = Self::Iso(IsoCurrency::KZT);

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

    /// Returns how many fraction digits the currency has, by ISO 4217.
    #[must_use]
    pub fn exponent(&self) -> Option<u32> {
        match self {
            Self::Iso(currency) => currency.exponent().map(u32::from),
            Self::Other(_) => None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Body;

    #[test]
    fn minor_units_follow_the_currency() {
        let exponents = [
            (2, "KZT RUB USD EUR"),
            (
                0,
                "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
            ),
            (3, "BHD IQD JOD KWD LYD OMR TND"),
        ];
        for (exponent, codes) in exponents {
            for code in codes.split(' ') {
                assert_eq!(Currency::parse(code).exponent(), Some(exponent), "{code}");
            }
        }
        let dinar = Amount::from_major_units(Decimal::new(1234, 3), Currency::parse("KWD"));
        assert_eq!(dinar.unwrap().minor_units(), 1234);
    }

    #[test]
    fn nothing_is_rounded_and_nothing_overflows() {
        let too_fine = Amount::from_major_units(Decimal::new(20_001, 3), Currency::KZT);
        assert_eq!(too_fine, Err(AmountError::FractionDigits));
        for value in [Decimal::ZERO, Decimal::MAX, Decimal::from(-1)] {
            let refused = Amount::from_major_units(value, Currency::KZT);
            assert_eq!(refused, Err(AmountError::Range));
        }
        let foreign = Amount::from_major_units(Decimal::ONE, Currency::parse("QQQ"));
        assert_eq!(foreign, Err(AmountError::Currency));
        let most = Amount::from_minor_units(Amount::MAX_MINOR_UNITS, Currency::KZT).unwrap();
        assert_eq!(most.major_units(), Some(Decimal::from(100_000_000_000_i64)));
        for minor_units in [0, -1, Amount::MAX_MINOR_UNITS + 1] {
            let refused = Amount::from_minor_units(minor_units, Currency::KZT);
            assert_eq!(refused, Err(AmountError::Range));
        }
    }

    #[test]
    fn the_sum_of_a_callback_is_read_without_loss() {
        let read = |amount: &str| {
            let body = format!(r#"{{"amount":{amount},"currency":"KZT"}}"#);
            let sum = Amount::read(Body::parse(body.as_bytes()).unwrap().json())?;
            Some(sum.minor_units())
        };
        for amount in ["2000", "2000.0", "2e3", "\"2000\""] {
            assert_eq!(read(amount), Some(2000), "{amount}");
        }
        for amount in [
            "2000.5", "0", "-5", "null", "\"\"", "\"x\"", "1e99", "1e-99", "{}",
        ] {
            assert_eq!(read(amount), None, "{amount}");
        }
    }
}
