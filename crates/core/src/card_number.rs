//! Recognises card numbers, so that none is stored or logged.

const SHORTEST: usize = 13;
const LONGEST: usize = 19;
/// The longest group of digits between dashes in a card number. Card numbers have groups of four to
/// six digits, and UUIDs, which are common tokens, have longer ones.
const LONGEST_GROUP: usize = 6;

/// Returns whether the digits pass the Luhn check. Returns `false` if the text is empty or contains
/// anything but digits.
#[must_use]
pub fn is_luhn_valid(digits: &str) -> bool {
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && count_and_sum(digits).1.is_multiple_of(10)
}

/// Returns whether the whole text is a card number: 13 to 19 digits that pass the Luhn check, and that
/// may be separated by single spaces, dashes or control characters. A part of a UUID does not count.
///
/// Use it for values that consist of digits, such as a request id.
#[must_use]
pub fn is_card_number(text: &str) -> bool {
    find(text).is_some_and(|found| found.len() == text.len())
}

/// Returns whether the text contains a card number that is not part of a longer word.
///
/// Use it for values that must not contain one, such as a panToken, an error message or a customer
/// reference.
#[must_use]
pub fn contains_card_number(text: &str) -> bool {
    find(text).is_some()
}

/// Returns the first card number: a longest run of digits, which may be separated by single spaces,
/// dashes or control characters, with no letter directly before or after it.
fn find(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let mut start = 0;
    let mut before = b' ';
    while let Some(byte) = bytes.get(start).copied() {
        let mut end = start + 1;
        if byte.is_ascii_digit() {
            let is_of_a_uuid;
            (end, is_of_a_uuid) = run_end(bytes, end);
            let touched = before.is_ascii_alphanumeric()
                || bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
            let run = text.get(start..end).unwrap_or_default();
            let (count, sum) = count_and_sum(run);
            let fits = matches!(count, SHORTEST..=LONGEST) && sum.is_multiple_of(10);
            if fits && !touched && !is_of_a_uuid {
                return Some(run);
            }
        }
        before = byte;
        start = end;
    }
    None
}

/// Returns where the run ends, and whether it is part of a UUID.
fn run_end(bytes: &[u8], start: usize) -> (usize, bool) {
    let mut end = start;
    let (mut group, mut has_long_group, mut has_dash) = (1, false, false);
    while let Some(byte) = bytes.get(end) {
        let separator = *byte <= b' ' || *byte == b'-';
        let digit_follows = bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if byte.is_ascii_digit() {
            group += 1;
            has_long_group |= group > LONGEST_GROUP;
        } else if separator && digit_follows {
            group = 0;
            has_dash |= *byte == b'-';
        } else {
            break;
        }
        end += 1;
    }
    (end, has_long_group && has_dash)
}

/// Returns the number of digits and their Luhn sum. Skips all other characters.
fn count_and_sum(text: &str) -> (usize, u32) {
    let (mut count, mut sum) = (0, 0);
    for byte in text.bytes().rev().filter(u8::is_ascii_digit) {
        let value = u32::from(byte - b'0') << (count % 2);
        sum += if value > 9 { value - 9 } else { value };
        count += 1;
    }
    (count, sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luhn_check() {
        assert!(is_luhn_valid("4111111111111111"));
        assert!(!is_luhn_valid("4111111111111112"));
        assert!(!is_luhn_valid(""));
        assert!(!is_luhn_valid("4111 1111 1111 1111"));
    }

    #[test]
    fn a_card_number_is_13_to_19_luhn_valid_digits_grouped_or_not() {
        for text in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "3782 822463 10005",
            "4222222222222",
        ] {
            assert!(is_card_number(text), "{text}");
            assert!(contains_card_number(text), "{text}");
        }
        for text in [
            "4111111111111112",
            "0",
            "",
            "12345678",
            "tok-4111111111111111",
            "00000000000000000000",
        ] {
            assert!(!is_card_number(text), "{text}");
        }
    }

    #[test]
    fn a_card_number_is_found_inside_a_sentence() {
        assert!(contains_card_number("Card 4111 1111 1111 1111 is blocked"));
        assert!(contains_card_number("№4111111111111111."));
        assert!(!contains_card_number("Card ending 1111 is blocked"));
        assert!(!contains_card_number("a4111111111111111b"));
    }

    #[test]
    fn a_uuid_is_no_card_number_whatever_digits_it_has() {
        assert!(!contains_card_number(
            "1a77343a-dd8a-11eb-ba80-0242ac130004"
        ));
        // One in ten passes Luhn.
        for number in 0..1_000 {
            for text in [
                std::format!("{number:08}-5877-4500-b4f3-0242ac130004"),
                std::format!("1a77343a-5877-4500-9000-{number:012}"),
                std::format!("{number:08}-5877-4500-9000-a00000000000"),
            ] {
                assert!(!contains_card_number(&text), "{text}");
            }
        }
    }
}
