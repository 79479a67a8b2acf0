//! Decimal numbers in their one canonical spelling, by hand: the library's reading and writing of
//! numbers would be a tenth of the element.

use alloc::string::String;

use crate::cut;

/// The number that the digits write; `None` for anything but digits, or with a leading zero. One
/// that is too large to be told is the largest.
pub(crate) fn parse(text: &str) -> Option<u64> {
    const LARGEST_WITH_ONE_MORE_DIGIT: u64 = u64::MAX / 10 - 1;
    let mut number = 0;
    for byte in text.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = if number > LARGEST_WITH_ONE_MORE_DIGIT {
            u64::MAX
        } else {
            number * 10 + u64::from(byte - b'0')
        };
    }
    let canonical = text == "0" || !matches!(text.as_bytes(), [] | [b'0', ..]);
    canonical.then_some(number)
}

/// A number's decimal digits.
#[must_use]
pub fn decimal_digits(number: u64) -> String {
    let mut text = String::new();
    push_digits(&mut text, number);
    text
}

fn push_digits(text: &mut String, number: u64) {
    const DIGITS: &str = "0123456789";
    if number > 9 {
        push_digits(text, number / 10);
    }
    #[allow(clippy::cast_possible_truncation)] // below ten
    let digit = (number % 10) as usize;
    cut::append(text, DIGITS.get(digit..=digit).unwrap_or_default());
}

/// The number of milliseconds, pixels or tries that a text names: a whole number from 1 to
/// 2^32 − 1.
#[must_use]
pub fn parse_count(text: &str) -> Option<u32> {
    parse(text)
        .and_then(|number| u32::try_from(number).ok())
        .filter(|count| *count > 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_canonical_spelling_is_a_number() {
        for text in ["", "00", "01", "+1", "-1", "1 ", "1.0", "١"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
        assert_eq!(parse("0"), Some(0));
    }

    #[test]
    fn a_number_that_is_too_large_is_the_largest() {
        assert_eq!(parse("18446744073709551616"), Some(u64::MAX));
        assert_eq!(parse(&"9".repeat(100)), Some(u64::MAX));
        assert_eq!(parse_count("4294967296"), None);
        assert_eq!(parse_count("4294967295"), Some(u32::MAX));
        assert_eq!(parse_count("0"), None);
    }

    proptest! {
        #[test]
        fn parse_undoes_decimal_digits(number in 0..=i64::MAX.unsigned_abs()) {
            prop_assert_eq!(parse(&decimal_digits(number)), Some(number));
        }
    }
}
