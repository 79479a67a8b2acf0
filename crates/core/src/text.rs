//! Splits and joins texts at ASCII bytes.
//!
//! The standard library's searches accept any pattern, and would be a tenth of the custom element.

use alloc::string::String;

/// Appends a text. It is never inlined, because the code that grows a `String` is long.
#[inline(never)]
pub fn append(text: &mut String, part: &str) {
    text.push_str(part);
}

/// Returns the texts joined into one.
#[must_use]
#[inline(never)]
pub fn join(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        append(&mut text, part);
    }
    text
}

/// Splits at the first separator, and leaves it out. Returns `None` if there is none.
#[must_use]
pub fn split_once(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Splits before the first byte that the predicate accepts, or at the end. It exists once, and not once for
/// each predicate, which is a plain function: a closure that captures nothing needs no table of its functions then.
#[must_use]
#[inline(never)]
pub fn split_at_first(text: &str, is_separator: fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(is_separator).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Returns the first `count` characters, or the whole text if it is shorter.
#[must_use]
pub fn first_chars(text: &str, count: usize) -> &str {
    // A character beyond ASCII has further bytes, and only its first one starts it.
    let starts = text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| byte & 0xC0 != 0x80);
    let end = starts.map(|(index, _)| index).nth(count);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// Returns whether every part between the separators is accepted. A text without a separator is one part.
#[must_use]
pub fn all_parts<'a>(
    text: &'a str,
    separator: u8,
    mut accept: impl FnMut(&'a str) -> bool,
) -> bool {
    let mut rest = text;
    while let Some((part, after)) = split_once(rest, separator) {
        if !accept(part) {
            return false;
        }
        rest = after;
    }
    accept(rest)
}

/// Returns the text after the prefix, or `None` if the text does not start with it. It is never inlined,
/// so that the comparison exists once.
#[must_use]
#[inline(never)]
pub fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.strip_prefix(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_at_the_first_separator() {
        assert_eq!(split_once("a=b=c", b'='), Some(("a", "b=c")));
        assert_eq!(split_once("ключ=", b'='), Some(("ключ", "")));
        assert_eq!(split_once("a", b'='), None);
        assert_eq!(split_at_first("a/b", |byte| byte == b'/'), ("a", "/b"));
        assert_eq!(split_at_first("ab", |byte| byte == b'/'), ("ab", ""));
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(first_chars("ключ", 2), "кл");
        assert_eq!(first_chars("ключ", 4), "ключ");
        assert_eq!(first_chars("", 0), "");
    }

    #[test]
    fn every_part_counts_the_empty_ones_too() {
        let fit = |part: &str| !part.is_empty();
        assert!(all_parts("a.b", b'.', fit));
        for text in ["", ".", "a.", ".a", "a..b"] {
            assert!(!all_parts(text, b'.', fit), "{text}");
        }
    }
}
