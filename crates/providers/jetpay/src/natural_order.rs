//! PHP's natural order, in which the platform sorts what it signs: `ksort($lines, SORT_NATURAL)`.
//!
//! Runs of digits are compared by value, so that 2 stands before 10. Zeros at the start of the whole text and
//! blanks anywhere are skipped. Everything else is compared by its bytes.

use std::cmp::Ordering;

pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    if a.is_empty() || b.is_empty() {
        return a.len().cmp(&b.len());
    }
    let mut a = Cursor::after_leading_zeros(a.as_bytes());
    let mut b = Cursor::after_leading_zeros(b.as_bytes());
    loop {
        a.skip_blanks();
        b.skip_blanks();
        if a.is_digit() && b.is_digit() {
            let ordering = if a.byte() == b'0' || b.byte() == b'0' {
                compare_fractions(&mut a, &mut b)
            } else {
                compare_numbers(&mut a, &mut b)
            };
            if ordering.is_ne() {
                return ordering;
            }
            if a.is_at_end() || b.is_at_end() {
                return b.is_at_end().cmp(&a.is_at_end());
            }
        }
        let ordering = a.byte().cmp(&b.byte());
        if ordering.is_ne() {
            return ordering;
        }
        a.advance();
        b.advance();
        if a.is_at_end() || b.is_at_end() {
            return b.is_at_end().cmp(&a.is_at_end());
        }
    }
}

/// The longer run of digits is greater; of two equally long ones, the one with the greater value.
fn compare_numbers(a: &mut Cursor<'_>, b: &mut Cursor<'_>) -> Ordering {
    let mut first_difference = Ordering::Equal;
    loop {
        match (a.is_digit(), b.is_digit()) {
            (false, false) => return first_difference,
            (false, true) => return Ordering::Less,
            (true, false) => return Ordering::Greater,
            (true, true) => first_difference = first_difference.then(a.byte().cmp(&b.byte())),
        }
        a.advance();
        b.advance();
    }
}

/// Runs of digits of which one starts with a zero are compared digit by digit, as after a decimal point.
fn compare_fractions(a: &mut Cursor<'_>, b: &mut Cursor<'_>) -> Ordering {
    loop {
        let ordering = match (a.is_digit(), b.is_digit()) {
            (false, false) => return Ordering::Equal,
            (false, true) => Ordering::Less,
            (true, false) => Ordering::Greater,
            (true, true) => a.byte().cmp(&b.byte()),
        };
        if ordering.is_ne() {
            return ordering;
        }
        a.advance();
        b.advance();
    }
}

/// A place in a text. Behind its end it reads the byte 0, as in C.
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn after_leading_zeros(text: &'a [u8]) -> Self {
        let mut cursor = Self { text, at: 0 };
        while cursor.byte() == b'0' && text.get(cursor.at + 1).is_some_and(u8::is_ascii_digit) {
            cursor.advance();
        }
        cursor
    }

    fn byte(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn is_digit(&self) -> bool {
        self.byte().is_ascii_digit()
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    fn advance(&mut self) {
        self.at += 1;
    }

    fn skip_blanks(&mut self) {
        while matches!(self.byte(), b' ' | b'\t'..=b'\r') {
            self.advance();
        }
    }
}
