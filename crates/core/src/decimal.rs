//! Reads and writes decimal numbers in their canonical spelling.
//!
//! The standard library's parser and formatter would be a tenth of the custom element.

use alloc::string::String;

use crate::text;

/// Reads a number. Returns `None` for anything but digits, and for a leading zero. A number that does
/// not fit is `u64::MAX`.
#[must_use]
pub fn parse(text: &str) -> Option<u64> {
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

/// Returns a number's decimal digits.
#[must_use]
pub fn decimal_digits(number: u64) -> String {
    let mut text = String::new();
    push_digits(&mut text, number);
    text
}

fn push_digits(out: &mut String, number: u64) {
    const DIGITS: &str = "0123456789";
    if number > 9 {
        push_digits(out, number / 10);
    }
    #[allow(clippy::cast_possible_truncation)] // below ten
    let digit = (number % 10) as usize;
    text::append(out, DIGITS.get(digit..=digit).unwrap_or_default());
}

/// Reads a whole number from 1 to 2^32 − 1, such as a number of milliseconds.
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
