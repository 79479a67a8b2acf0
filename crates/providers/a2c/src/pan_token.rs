use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use pantoken_core::contains_card_number;

/// The provider's stand-in for a card number: 1 to 512 visible ASCII characters.
///
/// Its `Debug` shows nothing, so that it cannot reach a log by accident; say [`PanToken::as_str`]
/// where it is meant. A card number is refused: we hold none, ever.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PanToken(String);

/// Why a text is no [`PanToken`]. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PanTokenError {
    /// Nothing, or more than 512 characters.
    #[error("a panToken has 1 to 512 characters")]
    Length,
    /// A space, a control character or something beyond ASCII.
    #[error("a panToken is written in visible ASCII characters")]
    Character,
    /// 13 to 19 digits that pass the Luhn check, as a word of their own.
    #[error("this looks like a card number, not a panToken: it was not kept")]
    CardNumber,
}

impl PanToken {
    /// The longest token that is accepted, in characters.
    pub const MAX_LENGTH: usize = 512;

    /// Reads a token as the form gave it.
    ///
    /// # Errors
    /// [`PanTokenError`] when it cannot be one.
    pub fn parse(text: &str) -> Result<Self, PanTokenError> {
        if contains_card_number(text) {
            return Err(PanTokenError::CardNumber);
        }
        if text.is_empty() || text.len() > Self::MAX_LENGTH {
            return Err(PanTokenError::Length);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(PanTokenError::Character);
        }
        Ok(Self(text.to_owned()))
    }

    /// The token itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PanToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PanToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pan_token_is_not_printed() {
        let token = PanToken::parse("1a77343a-dd8a-11eb-ba80-0242ac130004").unwrap();
        assert_eq!(format!("{token:?}"), "PanToken(…)");
    }

    #[test]
    fn pan_token_is_never_a_card_number() {
        assert_eq!(
            PanToken::parse("4111111111111111"),
            Err(PanTokenError::CardNumber)
        );
        for text in ["4111 1111 1111 1111", "card-4111111111111111"] {
            assert_eq!(PanToken::parse(text), Err(PanTokenError::CardNumber));
        }
    }

    #[test]
    fn pan_token_has_limits() {
        assert_eq!(PanToken::parse(""), Err(PanTokenError::Length));
        assert_eq!(
            PanToken::parse(&"a".repeat(513)),
            Err(PanTokenError::Length)
        );
        assert_eq!(PanToken::parse("a b"), Err(PanTokenError::Character));
        assert_eq!(PanToken::parse("a\u{0}"), Err(PanTokenError::Character));
    }
}
