use std::collections::BTreeSet;
use std::fmt;

use pantoken_a2c::PanToken;

/// The characters that a reported panToken may contain: ASCII letters and digits, and those listed here.
///
/// The provider is known to issue UUIDs. A page or a callback can report any text, so anything else is
/// refused before it is recorded, and nothing that HTML, SQL or a shell gives a meaning gets through by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanTokenAlphabet(BTreeSet<char>);

/// The error of [`PanTokenAlphabet::parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be visible ASCII characters other than letters and digits, which are always allowed")]
pub struct PanTokenAlphabetError;

impl PanTokenAlphabet {
    pub(crate) const DEFAULT: &str = "-_";

    /// Parses the characters that are allowed beside letters and digits, such as `-_.`.
    ///
    /// # Errors
    /// Returns [`PanTokenAlphabetError`] if the text is empty or contains any other character.
    pub fn parse(others: &str) -> Result<Self, PanTokenAlphabetError> {
        let is_punctuation = |character: char| character.is_ascii_punctuation();
        match !others.is_empty() && others.chars().all(is_punctuation) {
            true => Ok(Self(others.chars().collect())),
            false => Err(PanTokenAlphabetError),
        }
    }

    /// Returns the characters of the token that are not allowed, each once.
    pub(crate) fn unexpected_in(&self, token: &PanToken) -> Option<String> {
        let is_expected =
            |character: &char| character.is_ascii_alphanumeric() || self.0.contains(character);
        let unexpected = token.as_str().chars().filter(|it| !is_expected(it));
        let unexpected: BTreeSet<char> = unexpected.collect();
        (!unexpected.is_empty()).then(|| unexpected.into_iter().collect())
    }
}

impl Default for PanTokenAlphabet {
    fn default() -> Self {
        Self(Self::DEFAULT.chars().collect())
    }
}

impl fmt::Display for PanTokenAlphabet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.iter();
        characters.try_for_each(|character| write!(f, "{character}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unexpected(alphabet: &PanTokenAlphabet, token: &str) -> Option<String> {
        alphabet.unexpected_in(&PanToken::parse(token).unwrap())
    }

    #[test]
    fn by_default_a_token_is_of_letters_digits_and_two_separators() {
        let alphabet = PanTokenAlphabet::default();
        for token in ["1a77343a-dd8a-11eb-ba80-0242ac130004", "tok_7", "A"] {
            assert_eq!(unexpected(&alphabet, token), None);
        }
        assert_eq!(unexpected(&alphabet, "<b>a</b>"), Some("/<>".into()));
        assert_eq!(unexpected(&alphabet, "a.b.c"), Some(".".into()));
        assert_eq!(PanTokenAlphabet::parse("-_"), Ok(alphabet));
    }

    #[test]
    fn a_wider_alphabet_is_of_visible_ascii_characters() {
        let alphabet = PanTokenAlphabet::parse("+/=").unwrap();
        assert_eq!(unexpected(&alphabet, "YQ+/=="), None);
        assert_eq!(unexpected(&alphabet, "a-b"), Some("-".into()));
        assert_eq!(alphabet.to_string(), "+/=");
        for others in ["", " ", "a", "7", "é", "-\n"] {
            assert_eq!(PanTokenAlphabet::parse(others), Err(PanTokenAlphabetError));
        }
    }
}
