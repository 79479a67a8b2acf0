//! Sums of money in hundredths of their currency, as most providers write them.

use alloc::format;
use alloc::string::String;

use rust_decimal::Decimal;

/// Reads digits, a point and exactly two digits, without leading zeros, such as `10.00`. Returns `None` for any
/// other spelling. More digits than a decimal has are the largest decimal, which no provider's limit allows.
#[must_use]
pub fn parse(text: &str) -> Option<Decimal> {
    let (whole, fraction) = text.split_once('.')?;
    let has_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
    let is_well_formed = !whole.is_empty() && fraction.len() == 2 && !has_leading_zero;
    let is_written = is_well_formed && has_digits(whole) && has_digits(fraction);
    is_written.then(|| Decimal::from_str_exact(text).unwrap_or(Decimal::MAX))
}

/// Writes a decimal with exactly two fraction digits, or returns `None` if that would round it.
#[must_use]
pub fn write(value: Decimal) -> Option<String> {
    let exact = value.normalize();
    (exact.scale() <= 2).then(|| format!("{exact:.2}"))
}

/// Returns a decimal in hundredths, or `None` if that would round it or the number is too large.
#[must_use]
pub fn count(value: Decimal) -> Option<i64> {
    let exact = value.normalize();
    let hundredths = exact.checked_mul(Decimal::ONE_HUNDRED)?;
    (exact.scale() <= 2).then(|| i64::try_from(hundredths).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_is_read() {
        for text in ["0.00", "0.01", "10.00", "999999.99"] {
            let value = parse(text).unwrap();
            assert_eq!(write(value).as_deref(), Some(text));
        }
        for text in [
            "", "10", "10.", "10.0", "10.000", ".00", "1e3", "1.0e1", "+1.00", "-1.00", " 1.00",
            "1.00 ", "1,00", "1_0.00", "01.00", "00.50", "1.0a", "١.٠٠", "0x1.00", "1.00.00",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        let longest = parse("99999999999999999999999999999999.00");
        assert_eq!(longest, Some(Decimal::MAX));
    }

    #[test]
    fn nothing_is_rounded() {
        let (padded, thousandths) = (Decimal::new(10_000, 4), Decimal::new(1_019, 3));
        assert_eq!(write(padded).as_deref(), Some("1.00"));
        assert_eq!(count(padded), Some(100));
        assert_eq!(write(thousandths), None);
        assert_eq!(count(thousandths), None);
        assert_eq!(count(Decimal::MAX), None);
        assert_eq!(count(Decimal::new(-1, 2)), Some(-1));
    }
}
