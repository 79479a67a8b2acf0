//! Texts cut at ASCII marks, byte by byte: the library's searches look for any character and in any
//! text, and would be a tenth of the element. And joined again, for the same reason.

use alloc::string::String;

/// Adds a piece at the end of a text. Never inlined, because growing a text is long.
#[inline(never)]
pub fn append(text: &mut String, piece: &str) {
    text.push_str(piece);
}

/// The pieces as one text.
#[must_use]
#[inline(never)]
pub fn join(pieces: &[&str]) -> String {
    let mut text = String::new();
    for piece in pieces {
        append(&mut text, piece);
    }
    text
}

/// The text before and after the first such mark; `None` where there is none.
#[must_use]
pub fn around(text: &str, mark: u8) -> Option<(&str, &str)> {
    let (before, rest) = before(text, |byte| byte == mark);
    Some((before, rest.get(1..)?))
}

/// The text before the first byte that is a mark, and from there on.
#[must_use]
pub fn before(text: &str, is_mark: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(is_mark).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The first so many characters, or all that there are.
#[must_use]
pub fn at_char(text: &str, count: usize) -> &str {
    // A character beyond ASCII has further bytes, and only its first one starts it.
    let starts = text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| byte & 0xC0 != 0x80);
    let end = starts.map(|(index, _)| index).nth(count);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// Whether every piece between such marks is fit; a text without one is one piece.
#[must_use]
pub fn all_pieces<'a>(text: &'a str, mark: u8, mut is_fit: impl FnMut(&'a str) -> bool) -> bool {
    let mut rest = text;
    while let Some((piece, after)) = around(rest, mark) {
        if !is_fit(piece) {
            return false;
        }
        rest = after;
    }
    is_fit(rest)
}

/// What follows the prefix. Never inlined: a comparison with each constant would be.
#[must_use]
#[inline(never)]
pub fn after_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.strip_prefix(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_the_first_mark() {
        assert_eq!(around("a=b=c", b'='), Some(("a", "b=c")));
        assert_eq!(around("ключ=", b'='), Some(("ключ", "")));
        assert_eq!(around("a", b'='), None);
        assert_eq!(before("a/b", |byte| byte == b'/'), ("a", "/b"));
        assert_eq!(before("ab", |byte| byte == b'/'), ("ab", ""));
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(at_char("ключ", 2), "кл");
        assert_eq!(at_char("ключ", 4), "ключ");
        assert_eq!(at_char("", 0), "");
    }

    #[test]
    fn every_piece_counts_the_empty_ones_too() {
        let fit = |piece: &str| !piece.is_empty();
        assert!(all_pieces("a.b", b'.', fit));
        for text in ["", ".", "a.", ".a", "a..b"] {
            assert!(!all_pieces(text, b'.', fit), "{text}");
        }
    }
}
