/// Checks that a secret is what it looks like. Editors and shells add characters that nobody sees, with which
/// signatures are wrong, and only customers would find out.
pub(super) fn check(text: &str) -> Result<(), &'static str> {
    if text.contains('\u{fffd}') {
        return Err("contains bytes that are not UTF-8");
    }
    if text.contains(is_invisible) {
        return Err(
            "contains an invisible character, such as a byte order mark or a zero-width space; write it again in \
             plain text, without a byte order mark",
        );
    }
    if is_quoted(text) {
        return Err("is enclosed in quotation marks, which would be part of it; remove them");
    }
    if text.ends_with(r"\n") || text.ends_with(r"\r") {
        return Err(r"ends with a written \n or \r, which would be part of it; remove it");
    }
    Ok(())
}

/// Byte order marks, zero-width characters, soft hyphens and marks of the writing direction.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
}

fn is_quoted(text: &str) -> bool {
    const PAIRS: [(char, char); 6] = [
        ('"', '"'),
        ('\'', '\''),
        ('`', '`'),
        ('“', '”'),
        ('‘', '’'),
        ('«', '»'),
    ];
    let (first, last) = (text.chars().next(), text.chars().next_back());
    let is_pair = |(open, close)| first == Some(open) && last == Some(close);
    text.chars().nth(1).is_some() && PAIRS.into_iter().any(is_pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spoiled_secret_is_refused_and_an_odd_one_is_not() {
        for text in [
            "\u{feff}22f3b3cc",
            "22f3\u{200b}b3cc",
            "22f3b3cc\u{2060}",
            "22f3\u{ad}b3cc",
            "\"22f3b3cc\"",
            "'22f3b3cc'",
            "`22f3b3cc`",
            "“22f3b3cc”",
            "«22f3b3cc»",
            "22f3b3cc\\n",
            "22f3b3cc\\r\\n",
            "22f3\u{fffd}b3cc",
        ] {
            let error = check(text).unwrap_err();
            assert!(!error.contains("22f3"), "{error}");
        }
        for text in ["22f3b3cc", "\"", "'a", "a\"", "a\\nb", "пароль", ""] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }
}
