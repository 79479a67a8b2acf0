use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use pantoken_core::contains_card_number;
use pantoken_core::text;

/// An error code of the provider. Source: docs/a2c.md, "Error codes".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// The agent's data is wrong.
    AgentNotFound,
    /// The signature is wrong.
    AgentSignInvalid,
    /// The request is malformed.
    ParseRequestError,
    /// The client's side did not follow the process.
    InvalidSession,
    /// The card number is invalid.
    InvalidPan,
    /// This request already has a card.
    PanIsExistsForRequest,
    /// The request is blocked. The customer may try again later.
    Forbidden,
    /// An unlisted code, kept unchanged: 1 to 64 characters, with no ASCII control characters.
    Other(String),
}

/// The text is not an error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an error code must be 1 to 64 characters long and contain no control characters and no card number"
)]
pub struct ErrorCodeError;

/// What resolves an error, and who has to do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// The agent has to correct its configuration.
    AgentConfiguration,
    /// The page has to start a new session.
    NewSession,
    /// The customer has to correct the card number in the same form.
    CustomerCorrects,
    /// The customer has to wait and try again.
    Wait,
    /// The code is not listed. Only its message may say what to do.
    Unknown,
}

impl ErrorCode {
    const MAX_CHARS: usize = 64;

    const LISTED: &[Self; 7] = &[
        Self::AgentNotFound,
        Self::AgentSignInvalid,
        Self::ParseRequestError,
        Self::InvalidSession,
        Self::InvalidPan,
        Self::PanIsExistsForRequest,
        Self::Forbidden,
    ];

    /// Returns the seven codes that the provider lists.
    #[must_use]
    pub fn listed() -> [Self; 7] {
        Self::LISTED.clone()
    }

    /// Reads a code. An unlisted one is kept unchanged.
    ///
    /// # Errors
    /// Returns [`ErrorCodeError`] if the text is empty, is longer than 64 characters, or contains a
    /// control character or a card number.
    pub fn parse(text: &str) -> Result<Self, ErrorCodeError> {
        if let Some(listed) = Self::LISTED.iter().find(|code| code.as_str() == text) {
            return Ok(listed.clone());
        }
        let long = text::first_chars(text, Self::MAX_CHARS).len() < text.len();
        let fit = text.bytes().all(|byte| !byte.is_ascii_control());
        if !fit || long || text.is_empty() || contains_card_number(text) {
            Err(ErrorCodeError)
        } else {
            Ok(Self::Other(text.to_owned()))
        }
    }

    /// Returns the code as the provider writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::AgentNotFound => "AGENT_NOT_FOUND",
            Self::AgentSignInvalid => "AGENT_SIGN_INVALID",
            Self::ParseRequestError => "PARSE_REQUEST_ERROR",
            Self::InvalidSession => "INVALID_SESSION",
            Self::InvalidPan => "INVALID_PAN",
            Self::PanIsExistsForRequest => "PAN_IS_EXISTS_FOR_REQUEST",
            Self::Forbidden => "FORBIDDEN",
            Self::Other(code) => code,
        }
    }

    /// Returns what resolves the error.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::AgentNotFound | Self::AgentSignInvalid | Self::ParseRequestError => {
                Remedy::AgentConfiguration
            }
            Self::InvalidSession | Self::PanIsExistsForRequest => Remedy::NewSession,
            Self::InvalidPan => Remedy::CustomerCorrects,
            Self::Forbidden => Remedy::Wait,
            Self::Other(_) => Remedy::Unknown,
        }
    }

    /// Returns whether the customer can continue in the same form.
    #[must_use]
    pub fn is_recoverable(&self) -> bool {
        self.remedy() == Remedy::CustomerCorrects
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The provider's message for an error: one line of at most 500 characters. It is empty if the original
/// contained a card number.
///
/// No message is refused, because the code that comes with it must not be lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorMessage(String);

impl ErrorMessage {
    /// The length to which messages are truncated, in characters.
    pub const MAX_CHARS: usize = 500;

    /// Truncates the text at its first control character and at 500 characters. Returns an empty message
    /// if the text contains a card number.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let (words, _) = text::split_at_first(text, |byte| byte.is_ascii_control());
        let kept = text::first_chars(words, Self::MAX_CHARS);
        // The whole text is checked, because truncation may cut off or split a number. The kept part is
        // checked too, because truncation may turn a longer run of digits into a card number.
        if contains_card_number(text) || contains_card_number(kept) {
            return Self::default();
        }
        Self(kept.to_owned())
    }

    /// Returns the message as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Converts the message into text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_listed_code_has_a_remedy() {
        let table = [
            ("AGENT_NOT_FOUND", Remedy::AgentConfiguration),
            ("AGENT_SIGN_INVALID", Remedy::AgentConfiguration),
            ("PARSE_REQUEST_ERROR", Remedy::AgentConfiguration),
            ("INVALID_SESSION", Remedy::NewSession),
            ("INVALID_PAN", Remedy::CustomerCorrects),
            ("PAN_IS_EXISTS_FOR_REQUEST", Remedy::NewSession),
            ("FORBIDDEN", Remedy::Wait),
        ];
        for (text, remedy) in table {
            let code = ErrorCode::parse(text).unwrap();
            assert_eq!(code.as_str(), text);
            assert_eq!(code.remedy(), remedy, "{text}");
            assert_eq!(code.is_recoverable(), text == "INVALID_PAN", "{text}");
        }
    }

    #[test]
    fn an_unlisted_code_is_kept_unchanged() {
        let code = ErrorCode::parse("Limit-Exceeded 7").unwrap();
        assert_eq!(code, ErrorCode::Other("Limit-Exceeded 7".to_owned()));
        assert_eq!(code.as_str(), "Limit-Exceeded 7");
    }

    #[test]
    fn a_code_has_limits() {
        for text in ["", "A\nB", "4111111111111111", &"A".repeat(65)] {
            assert_eq!(ErrorCode::parse(text), Err(ErrorCodeError), "{text:?}");
        }
    }

    #[test]
    fn an_error_message_is_emptied_of_card_numbers_and_truncated() {
        assert_eq!(
            ErrorMessage::from_text("4111111111111111 is bad").as_str(),
            ""
        );
        assert_eq!(
            ErrorMessage::from_text(&"я".repeat(900))
                .as_str()
                .chars()
                .count(),
            500
        );
    }

    #[test]
    fn an_error_message_is_one_line() {
        assert_eq!(ErrorMessage::from_text("a\u{0}b").as_str(), "a");
        assert_eq!(ErrorMessage::from_text("first\nsecond").as_str(), "first");
    }

    #[test]
    fn a_card_number_that_appears_only_after_truncation_is_removed() {
        let split = "4111111\u{1}111111111";
        let longer = format!("{}4111111111111111 11111111", " ".repeat(484));
        for text in [split, &longer] {
            assert_eq!(ErrorMessage::from_text(text), ErrorMessage::default());
        }
    }
}
