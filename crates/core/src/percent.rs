//! Percent-encodes query names and values as `encodeURIComponent` does, and decodes them as the query of
//! an HTML form.

use alloc::string::String;
use alloc::vec::Vec;

use crate::text;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Returns whether the byte is unreserved in RFC 3986, and so needs no encoding in a URL.
#[must_use]
pub const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// A table of [`is_unreserved`], because it is looked up for every byte of a form URL.
const UNRESERVED: [bool; 256] = {
    let mut set = [false; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        set[byte as usize] = is_unreserved(byte);
        byte += 1;
    }
    set
};

/// Appends the text with every byte outside RFC 3986's unreserved set percent-encoded.
pub fn encode_into(out: &mut String, text: &str) {
    let mut plain = 0;
    for (index, byte) in text.bytes().enumerate() {
        if !UNRESERVED[usize::from(byte)] {
            out.push_str(text.get(plain..index).unwrap_or_default());
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
            plain = index + 1;
        }
    }
    out.push_str(text.get(plain..).unwrap_or_default());
}

/// Returns the text with `%XX` and `+` decoded, or `None` if an escape is broken or the bytes are not
/// UTF-8.
#[must_use]
pub fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => hex_digit(rest.next()?)? << 4 | hex_digit(rest.next()?)?,
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// Returns the decoded name and value of each pair of a query. A pair that [`decode`] refuses is `None`.
pub fn pairs(query: &str) -> impl Iterator<Item = Option<(String, String)>> {
    let mut rest = query;
    core::iter::from_fn(move || {
        while !rest.is_empty() {
            let (pair, after) = text::split_once(rest, b'&').unwrap_or((rest, ""));
            rest = after;
            if !pair.is_empty() {
                let (name, value) = text::split_once(pair, b'=').unwrap_or((pair, ""));
                let read = || Some((decode(name)?, decode(value)?));
                return Some(read());
            }
        }
        None
    })
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encodes_as_encode_uri_component_does_for_a_url() {
        let mut out = String::new();
        encode_into(&mut out, "https://agent.site.kz/төлем?a=1");
        assert_eq!(
            out,
            "https%3A%2F%2Fagent.site.kz%2F%D1%82%D3%A9%D0%BB%D0%B5%D0%BC%3Fa%3D1"
        );
    }

    #[test]
    fn a_broken_escape_is_refused() {
        for text in ["%", "%4", "%zz", "%+1", "%FF", "%C3"] {
            assert_eq!(decode(text), None, "{text}");
        }
        assert_eq!(decode("a+b%20c").as_deref(), Some("a b c"));
    }

    proptest! {
        #[test]
        fn decode_undoes_encode(text in ".*") {
            let mut out = String::new();
            encode_into(&mut out, &text);
            prop_assert_eq!(decode(&out), Some(text));
        }
    }
}
