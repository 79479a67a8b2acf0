use pantoken_core::hundredths;
use rust_decimal::Decimal;

use crate::Amount;

/// How the amount of a safe deal is divided: what the receiver gets, and what the marketplace gets, from which the
/// provider takes its fee.
///
/// Source: docs/qiwi-pay.md, "Safe deals".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DealParts {
    payout: Decimal,
    commission: Decimal,
}

/// The reason why the parts of a safe deal are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DealError {
    /// The text is not two amounts with two fraction digits each, separated by `;`.
    #[error("the parts of a deal must be two amounts separated by `;`, such as `300.00;200.00`")]
    Format,
    /// The sum of the parts is not the amount.
    #[error("the parts of a deal must add up to its amount")]
    Sum,
}

impl DealParts {
    /// Divides an amount.
    ///
    /// # Errors
    /// Returns [`DealError`] if a part is negative or has more than two fraction digits, or if the parts do not
    /// add up to the amount.
    pub fn new(payout: Decimal, commission: Decimal, amount: &Amount) -> Result<Self, DealError> {
        let is_part = |part: Decimal| part.normalize().scale() <= 2 && part >= Decimal::ZERO;
        if !is_part(payout) || !is_part(commission) {
            return Err(DealError::Format);
        }
        if payout.checked_add(commission) != Some(amount.value()) {
            return Err(DealError::Sum);
        }
        Ok(Self { payout, commission })
    }

    /// Reads the parts of an amount. A space after the `;` is accepted, because the provider prints it so too.
    ///
    /// ```
    /// use pantoken_qiwi_pay::{Amount, DealError, DealParts};
    ///
    /// let amount = Amount::parse("500.00", "RUB")?;
    /// assert_eq!(DealParts::parse("300.00; 200.00", &amount)?.to_wire(), "300.00;200.00");
    /// assert_eq!(DealParts::parse("300.00;199.99", &amount), Err(DealError::Sum));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns [`DealError`] for any other text, or if the parts do not add up to the amount.
    pub fn parse(text: &str, amount: &Amount) -> Result<Self, DealError> {
        let (payout, commission) = text.split_once(';').ok_or(DealError::Format)?;
        let commission = commission.strip_prefix(' ').unwrap_or(commission);
        let read = |part| hundredths::parse(part).ok_or(DealError::Format);
        Self::new(read(payout)?, read(commission)?, amount)
    }

    /// Returns what the receiver gets.
    #[must_use]
    pub fn payout(&self) -> Decimal {
        self.payout
    }

    /// Returns what the marketplace gets.
    #[must_use]
    pub fn commission(&self) -> Decimal {
        self.commission
    }

    /// Returns the parts as a request contains them. The field is `cf2`, unless the provider told you another
    /// one.
    #[must_use]
    pub fn to_wire(&self) -> String {
        format!("{:.2};{:.2}", self.payout, self.commission)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn other_texts_are_refused() {
        let amount = Amount::parse("500.00", "RUB").unwrap();
        for text in [
            "",
            ";",
            "500.00",
            "300;200",
            "300.00;200.0",
            "300.00,200.00",
            "-1.00;501.00",
            "300.00;  200.00",
        ] {
            assert_eq!(
                DealParts::parse(text, &amount),
                Err(DealError::Format),
                "{text}"
            );
        }
        assert!(DealParts::parse("500.00;0.00", &amount).is_ok());
    }

    proptest! {
        #[test]
        fn parts_are_read_as_they_are_written(payout in 0i64..100_000_000, commission in 1i64..100_000_000) {
            let [payout, commission] = [payout, commission].map(|part| Decimal::new(part, 2));
            let amount = Amount::new(payout + commission, crate::Currency::RUB).unwrap();
            let parts = DealParts::new(payout, commission, &amount).unwrap();
            prop_assert_eq!(DealParts::parse(&parts.to_wire(), &amount), Ok(parts));
        }
    }
}
