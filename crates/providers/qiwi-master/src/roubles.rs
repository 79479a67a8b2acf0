use pantoken_core::json::{FromJson, Object, decimal};
use rust_decimal::Decimal;
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

/// The currency of a wallet that buys cards, as the provider writes it: the Russian rouble.
pub(crate) const ROUBLE: &str = "643";

/// A sum in roubles with at most two fraction digits. The provider would cut more digits off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roubles(Decimal);

/// The reason why a number cannot be a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RoublesError {
    /// It has more than two fraction digits.
    #[error("a sum must not have more than two fraction digits")]
    FractionDigits,
    /// It is not positive, or too large.
    #[error("a sum must be from 0.01 to 999999999.99")]
    Range,
}

impl Roubles {
    /// Creates a sum.
    ///
    /// # Errors
    /// Returns [`RoublesError`] if it is not 0.01 to 999999999.99, or has fractions of a kopeck.
    pub fn new(value: Decimal) -> Result<Self, RoublesError> {
        if value.normalize().scale() > 2 {
            return Err(RoublesError::FractionDigits);
        }
        if value < Decimal::new(1, 2) || value > Decimal::new(99_999_999_999, 2) {
            return Err(RoublesError::Range);
        }
        Ok(Self(value))
    }

    /// Returns the value.
    #[must_use]
    pub fn value(self) -> Decimal {
        self.0
    }
}

/// Writes the sum as a JSON number with two fraction digits.
impl Serialize for Roubles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = format!("{:.2}", self.0);
        let number = RawValue::from_string(number).map_err(S::Error::custom)?;
        number.serialize(serializer)
    }
}

/// Reads `{amount, currency}`. Another currency than the rouble, or a price of nothing, is no sum to pay.
impl FromJson for Roubles {
    fn from_json(json: &RawValue) -> Option<Self> {
        let object = Object::from_raw(json)?;
        let currency: String = object.read("currency")?;
        let amount: String = object.read("amount")?;
        (currency == ROUBLE).then(|| Self::new(decimal(&amount)?).ok())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_a_number_with_two_fraction_digits() {
        let sum = Roubles::new(Decimal::from(2999)).unwrap();
        assert_eq!(serde_json::to_string(&sum).unwrap(), "2999.00");
        let refused = Roubles::new(Decimal::new(1001, 3));
        assert_eq!(refused, Err(RoublesError::FractionDigits));
        for value in [
            Decimal::ZERO,
            Decimal::from(-1),
            Decimal::from(1_000_000_000),
        ] {
            assert_eq!(Roubles::new(value), Err(RoublesError::Range), "{value}");
        }
    }

    #[test]
    fn a_price_is_read_without_loss() {
        let read = |json| Roubles::from_json(serde_json::from_str(json).unwrap());
        let price = read(r#"{"amount":99.10,"currency":643}"#).unwrap();
        assert_eq!(price.value(), Decimal::new(9910, 2));
        assert_eq!(read(r#"{"amount":"99.10","currency":"643"}"#), Some(price));
        assert_eq!(read(r#"{"amount":99.10,"currency":840}"#), None);
        assert_eq!(read(r#"{"amount":0,"currency":643}"#), None);
    }
}
