/// Replaces characters that mean something in HTML by others that look alike, and control characters by U+FFFD.
///
/// Whoever holds a result token chooses the code and the message of an error. They go to the agent's back end and from
/// there, perhaps, into a page that does not escape them.
pub(super) fn without_markup(text: &str) -> String {
    text.chars().map(inert).collect()
}

fn inert(character: char) -> char {
    match character {
        '<' => '‹',
        '>' => '›',
        '&' => '＆',
        '"' => '”',
        '\'' => '’',
        '`' => '‘',
        other if other.is_control() || is_directional(other) => char::REPLACEMENT_CHARACTER,
        other => other,
    }
}

/// Returns whether the character changes the direction of the text around it, which can hide what a text says.
/// Source: Unicode Standard Annex 9, section 2.
fn is_directional(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text_that_looks_the_same() {
        let markup = "<img src=x onerror=\"alert('a&amp;b')\"> `c`";
        let text = "‹img src=x onerror=”alert(’a＆amp;b’)”› ‘c‘";
        assert_eq!(without_markup(markup), text);
        let plain = "Проверьте номер: 100 % (7)";
        assert_eq!(without_markup(plain), plain);
    }

    #[test]
    fn nothing_controls_the_text_around_it() {
        let text = without_markup("a\u{85}b\u{202e}c\u{2066}d");
        assert_eq!(text, "a\u{fffd}b\u{fffd}c\u{fffd}d");
    }
}
