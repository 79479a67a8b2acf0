use std::fmt;

use pantoken_core::Secret;

/// The token of a wallet. Whoever has it can spend the wallet's money, as far as its permissions go.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Secret);

/// The reason why a text cannot be a token. The message does not contain the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token must be 1 to 1024 visible ASCII characters without spaces")]
pub struct TokenError;

impl Token {
    /// Reads a token as the provider issued it.
    ///
    /// # Errors
    /// Returns [`TokenError`] if the text is not 1 to 1,024 visible ASCII characters.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if (1..=1024).contains(&text.len()) && is_visible {
            Ok(Self(Secret::new(text)))
        } else {
            Err(TokenError)
        }
    }

    /// Returns the text itself. Never log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_into_a_header_and_is_never_printed() {
        let token = Token::parse("0123456789abcdef").unwrap();
        assert_eq!(format!("{token:?}"), "Token(…)");
        for text in ["", "a b", "a\n", "ключ", &"a".repeat(1025)] {
            assert_eq!(Token::parse(text), Err(TokenError), "{text:?}");
        }
    }
}
