use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use pantoken_core::contains_card_number;

/// The provider's token for a card: 1 to 512 visible ASCII characters.
///
/// Its `Debug` output is redacted, so that the token cannot reach a log by accident. Use
/// [`PanToken::as_str`] to read it. A text that contains a card number is refused.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PanToken(String);

/// The reason why a text is not a [`PanToken`]. The message does not contain the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PanTokenError {
    /// The text is empty, or longer than 512 characters.
    #[error("a panToken must be 1 to 512 characters long")]
    Length,
    /// The text contains a space, a control character or a character outside ASCII.
    #[error("a panToken must contain only visible ASCII characters")]
    Character,
    /// The text contains a card number.
    #[error("a panToken must not contain a card number; the value was discarded")]
    CardNumber,
}

impl PanToken {
    /// The longest token that is accepted, in characters.
    pub const MAX_LENGTH: usize = 512;

    /// Reads a token in the form in which the provider issued it.
    ///
    /// # Errors
    /// Returns [`PanTokenError`] if the text is not a token.
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

    /// Returns the token itself. Never log it.
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
