use std::fmt;

use pantoken_core::contains_card_number;
use pantoken_core::json::Object;

/// An error as the provider describes it. Its services use different members for the same thing; all are read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// The code, such as `auth.forbidden` or `QWPRC-220`.
    pub code: Option<String>,
    /// The provider's words.
    pub message: Option<String>,
    /// The number under which the provider's support finds the call.
    pub trace_id: Option<String>,
}

/// Longer texts of an error are not kept.
const MAX_TEXT: usize = 512;

impl ApiError {
    /// Reads an error. Returns `None` if the body is not one.
    #[cfg_attr(not(feature = "client"), allow(dead_code))]
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let object = Object::parse(body).ok()?;
        let text = |names: &[&str]| {
            let text: Option<String> = object.read_any(names);
            text.filter(|text| text.len() <= MAX_TEXT && !contains_card_number(text))
        };
        let error = Self {
            code: text(&["errorCode", "code"]),
            message: text(&["userMessage", "message", "description", "error"]),
            trace_id: text(&["traceId"]),
        };
        let is_error = error.code.is_some() || error.message.is_some();
        is_error.then_some(error)
    }

    /// The provider gave no reason but this status.
    #[cfg(feature = "client")]
    pub(crate) fn of_status(status: String) -> Self {
        Self {
            code: Some(status),
            message: None,
            trace_id: None,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_deref().unwrap_or("no code"))?;
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_errors_of_all_services_are_read() {
        let read = |json: &str| ApiError::read(json.as_bytes()).map(|error| error.to_string());
        let cards = r#"{"serviceName":"cards","errorCode":"auth.forbidden","userMessage":"No permission","traceId":"7"}"#;
        assert_eq!(
            read(cards).as_deref(),
            Some("auth.forbidden: No permission")
        );
        let payments = r#"{"code":"QWPRC-220","message":"Too little money"}"#;
        assert_eq!(
            read(payments).as_deref(),
            Some("QWPRC-220: Too little money")
        );
        let json = r#"{"message":"Json validation error"}"#;
        assert_eq!(
            read(json).as_deref(),
            Some("no code: Json validation error")
        );
        assert_eq!(read("<html></html>"), None);
        assert_eq!(read("{}"), None);
        let card = r#"{"errorCode":"x","userMessage":"4111111111111111"}"#;
        assert_eq!(read(card).as_deref(), Some("x"));
    }
}
