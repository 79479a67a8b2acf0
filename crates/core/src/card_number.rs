//! Recognises card numbers, so that none is stored or logged.

const SHORTEST: usize = 13;
const LONGEST: usize = 19;
/// Lengths of card numbers, one bit for each from 13 to 19.
const FROM_13: u8 = 0b111_1111;
const FROM_14: u8 = FROM_13 & !1;
const FROM_16: u8 = FROM_13 & !7;
const ONLY_15: u8 = 1 << 2;
const ONLY_16: u8 = 1 << 3;
const VISA: u8 = 1 | ONLY_16 | 1 << 6;
/// The first and the last four digits with which an issuer's cards start, and how long they are.
///
/// Source: ISO/IEC 7812-1, and what the schemes publish of their ranges, as collected in
/// <https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN)>. Ranges are wide
/// where those of several schemes mix. No scheme's cards start with 0 or 1.
const ISSUERS: [(u16, u16, u8); 24] = [
    (2200, 2204, FROM_16), // Mir
    (2221, 2720, ONLY_16), // Mastercard
    (3000, 3059, FROM_14), // Diners Club
    (3095, 3095, FROM_14), // Diners Club
    (3400, 3499, ONLY_15), // American Express
    (3528, 3589, FROM_16), // JCB
    (3600, 3699, FROM_14), // Diners Club
    (3700, 3799, ONLY_15), // American Express
    (3800, 3999, FROM_14), // Diners Club
    (4000, 4999, VISA),
    (5018, 5020, FROM_13), // Maestro
    (5038, 5038, FROM_13), // Maestro
    (5000, 5099, FROM_16), // Maestro, Verve, RuPay, Elo
    (5100, 5599, ONLY_16), // Mastercard
    (5600, 5899, FROM_16), // Maestro
    (6304, 6304, FROM_13), // Maestro
    (6759, 6763, FROM_13), // Maestro
    (6000, 6999, FROM_16), // Discover, UnionPay, Maestro, RuPay, Troy
    (8100, 8299, FROM_16), // UnionPay, RuPay
    (8600, 8600, ONLY_16), // Uzcard
    (9112, 9112, ONLY_16), // Belkart
    (9417, 9417, ONLY_16), // Elcart
    (9792, 9792, ONLY_16), // Troy
    (9860, 9860, ONLY_16), // Humo
];
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

/// Returns whether the whole text is a card number: digits that start as an issuer's cards do, are as many as
/// its cards have, and pass the Luhn check. They may be separated by single spaces, dashes or control
/// characters. A part of a UUID does not count.
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
            if !touched && !is_of_a_uuid && is_issued(run) {
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

/// Returns whether the run passes the Luhn check, and has the start and the length of an issuer's cards.
/// Without these two, every tenth order number or time in milliseconds would be a card number.
fn is_issued(run: &str) -> bool {
    let (count, sum) = count_and_sum(run);
    let digits = run.bytes().filter(u8::is_ascii_digit).take(4);
    let start = digits.fold(0, |number, digit| number * 10 + u16::from(digit - b'0'));
    let length = match count {
        SHORTEST..=LONGEST => 1 << (count - SHORTEST),
        _ => 0,
    };
    sum.is_multiple_of(10)
        && ISSUERS.iter().any(|(first, last, lengths)| {
            (*first..=*last).contains(&start) && lengths & length != 0
        })
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
    fn a_card_number_has_the_start_and_the_length_of_an_issuers_cards() {
        // Most are published for tests.
        for number in [
            "4111111111111111",
            "4222222222222",
            "4035501000000000006",
            "5555555555554444",
            "2223003122003222",
            "2200000000000004",
            "378282246310005",
            "30569309025904",
            "36227206271667",
            "38520000023237",
            "3530111333300000",
            "6011111111111117",
            "6205500000000000004",
            "8171999927660000",
            "6759649826438453",
            "6304000000000000",
            "5018000000007",
            "8600312990314318",
        ] {
            assert!(is_card_number(number), "{number}");
        }
        for digits in [
            "1732790400003",
            "1764355200007",
            "0000000000000",
            "1234567812345670",
            "0511111111111115",
            "20251128123454",
            "2025112800000017",
            "7000000000000005",
            "9000000000000003",
            // As long as no card of their issuers.
            "411111111111116",
            "55555555555557",
            "34000000000009",
        ] {
            let number = with_check_digit(digits);
            assert!(!contains_card_number(&number), "{number}");
        }
    }

    /// Returns the digits with another last one, so that they pass the Luhn check.
    fn with_check_digit(digits: &str) -> std::string::String {
        let start = &digits[..digits.len() - 1];
        let mut numbers = (0..10).map(|last| std::format!("{start}{last}"));
        numbers.find(|number| is_luhn_valid(number)).unwrap()
    }

    #[test]
    fn no_time_in_milliseconds_and_no_numbered_order_is_a_card_number() {
        for number in 0..10_000_u64 {
            for text in [
                std::format!("{}", 1_732_790_400_000 + number * 7_919_000),
                std::format!("2025{:012}", number * 7919),
                std::format!("ORDER-{:016}", number * 7919),
                std::format!("{:019}", number * 7919),
            ] {
                assert!(!contains_card_number(&text), "{text}");
            }
        }
    }

    #[test]
    fn a_card_number_may_be_grouped() {
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
