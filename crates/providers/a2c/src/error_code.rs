use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use pantoken_core::contains_card_number;
use pantoken_core::text;

/// The provider's error code. Source: docs/a2c.md, "Error codes".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// The agent's data are wrong.
    AgentNotFound,
    /// The signature is wrong.
    AgentSignInvalid,
    /// The data are malformed.
    ParseRequestError,
    /// The process on the client's side was violated.
    InvalidSession,
    /// The card number is invalid.
    InvalidPan,
    /// This request already has a card.
    PanIsExistsForRequest,
    /// Blocked; try later.
    Forbidden,
    /// A code that is not on the list, kept as it came: 1 to 64 characters, none of ASCII's for control.
    Other(String),
}

/// A text that cannot be an error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an error code has 1 to 64 characters, none of control, and holds no card number")]
pub struct ErrorCodeError;

/// Whose move it is after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// The agent corrects its configuration.
    AgentConfiguration,
    /// The page starts a new session.
    NewSession,
    /// The customer corrects the number, in the same form.
    CustomerCorrects,
    /// The customer waits and tries again.
    Wait,
    /// The code is unknown to us: what its message says.
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

    /// The seven codes that the provider lists.
    #[must_use]
    pub fn listed() -> [Self; 7] {
        Self::LISTED.clone()
    }

    /// Reads a code; one outside the list is kept as it came.
    ///
    /// # Errors
    /// [`ErrorCodeError`] when the text is empty, longer than 64 characters, or holds a control
    /// character or a card number.
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

    /// The code as the provider writes it.
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

    /// Whose move it is.
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

    /// Whether the customer can go on in the form as it stands.
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

/// The provider's words to an error: one line of at most 500 characters, and nothing at all when a
/// card number stands in them.
///
/// Never refused: the code beside it must not be lost for the sake of its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorMessage(String);

impl ErrorMessage {
    /// The longest message that is kept, in characters; the rest is cut.
    pub const MAX_CHARS: usize = 500;

    /// Keeps what may be kept of the text: it ends at its first control character.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let (words, _) = text::split_at_first(text, |byte| byte.is_ascii_control());
        let kept = text::first_chars(words, Self::MAX_CHARS);
        // A number that is cut off or split is one too, and so is what the cut makes of a longer one.
        if contains_card_number(text) || contains_card_number(kept) {
            return Self::default();
        }
        Self(kept.to_owned())
    }

    /// The message as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The message as text of its own.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_listed_code_says_whose_move_it_is() {
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
    fn an_unknown_code_is_kept_as_it_came() {
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
    fn an_error_message_loses_a_card_number_and_its_tail() {
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
    fn a_card_number_that_shows_only_in_what_is_kept_is_none_the_less_one() {
        let split = "4111111\u{1}111111111";
        let longer = format!("{}4111111111111111 11111111", " ".repeat(484));
        for text in [split, &longer] {
            assert_eq!(ErrorMessage::from_text(text), ErrorMessage::default());
        }
    }
}
