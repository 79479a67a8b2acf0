use std::collections::BTreeMap;
use std::fmt;

use pantoken_core::contains_card_number;

use crate::DateText;
use pantoken_core::json::{FromJson, Object};
use pantoken_core::open_enum;

open_enum! {
    /// The code in the body of an error.
    pub enum ErrorCode {
        /// A field is wrong; [`ApiError::cause`] names it.
        ValidationError = "validation.error",
        /// The body is not the JSON that the call expects, or lacks a field.
        MessageConversionFailed = "http.message.conversion.failed",
        /// There is no such bill, payment, capture, refund, check, QR code or payout.
        ResourceNotFound = "payin.resource.not.found",
        /// The call is not possible in this state, such as a second capture.
        IncorrectMethodInvocation = "payin.incorrect-method-invocation",
        /// The provider failed.
        InternalError = "internal.error",
    }
}

/// The body of an error. Source: docs/payin.md, "Errors".
///
/// `Debug` prints the code and the names of fields. The texts may repeat what was sent, so print them only
/// for yourself. Texts with a card number are emptied.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiError {
    code: ErrorCode,
    description: String,
    user_message: String,
    cause: BTreeMap<String, Vec<String>>,
    trace_id: Option<String>,
    date: Option<DateText>,
}

impl ApiError {
    /// Reads the body of an error, whatever the HTTP status was. Returns `None` if the body is anything else.
    #[must_use]
    pub fn from_body(body: &[u8]) -> Option<Self> {
        let object = Object::parse(body).ok()?;
        let code: String = object.read("errorCode")?;
        let read = |name: &str| object.read::<String>(name).map(|text| clean(&text));
        let text = |name: &str| read(name).unwrap_or_default();
        Some(Self {
            code: ErrorCode::parse(&clean(&code)),
            description: text("description"),
            user_message: text("userMessage"),
            cause: object
                .object("cause")
                .as_ref()
                .map(read_cause)
                .unwrap_or_default(),
            trace_id: read("traceId"),
            date: object.read("dateTime"),
        })
    }

    /// Returns the code.
    #[must_use]
    pub fn code(&self) -> &ErrorCode {
        &self.code
    }

    /// Returns what the provider says to developers. It may be empty.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Returns what the provider says to users. It may be empty.
    #[must_use]
    pub fn user_message(&self) -> &str {
        &self.user_message
    }

    /// Returns what is wrong with each field.
    #[must_use]
    pub fn cause(&self) -> &BTreeMap<String, Vec<String>> {
        &self.cause
    }

    /// Returns the id with which the provider's support finds the request.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        self.trace_id.as_deref()
    }

    /// Returns when the provider answered.
    #[must_use]
    pub fn date(&self) -> Option<&DateText> {
        self.date.as_ref()
    }
}

fn read_cause(cause: &Object<'_>) -> BTreeMap<String, Vec<String>> {
    let texts = |(name, json): (&str, _)| {
        let texts = Vec::from_json(json).or_else(|| String::from_json(json).map(|text| vec![text]));
        let texts = texts.unwrap_or_default();
        let texts = texts.iter().map(|text| clean(text)).collect();
        (clean(name), texts)
    };
    cause.members().map(texts).collect()
}

/// Cuts a text at its first control character and at 500 characters, and empties it if it contains a card
/// number.
fn clean(text: &str) -> String {
    const MAX_CHARS: usize = 500;
    let line = text.split(char::is_control).next().unwrap_or_default();
    let kept: String = line.chars().take(MAX_CHARS).collect();
    // Cutting may also turn a longer run of digits into a card number.
    if contains_card_number(text) || contains_card_number(&kept) {
        return String::new();
    }
    kept
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiError({self})")
    }
}

/// Writes the code, the names of the wrong fields and the trace id.
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        let fields: Vec<_> = self.cause.keys().map(String::as_str).collect();
        if !fields.is_empty() {
            write!(f, ", wrong: {}", fields.join(", "))?;
        }
        if let Some(trace_id) = &self.trace_id {
            write!(f, ", trace id {trace_id}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALIDATION: &str = r#"{
        "serviceName": "payin-core", "errorCode": "validation.error", "description": "Validation error",
        "userMessage": "Validation error", "dateTime": "2019-10-02T18:10:12.345+03:00", "traceId": "fd0e2a08c63ace83",
        "cause": {"amount": ["Invalid money format. Should have 2 fraction digits"]}
    }"#;

    #[test]
    fn the_published_error_is_read() {
        let error = ApiError::from_body(VALIDATION.as_bytes()).unwrap();
        assert_eq!(error.code(), &ErrorCode::ValidationError);
        assert_eq!(
            error.cause()["amount"],
            ["Invalid money format. Should have 2 fraction digits"]
        );
        assert_eq!(error.trace_id(), Some("fd0e2a08c63ace83"));
        assert_eq!(
            error.to_string(),
            "validation.error, wrong: amount, trace id fd0e2a08c63ace83"
        );
    }

    #[test]
    fn a_code_may_be_a_number_and_fields_may_be_missing() {
        let error = ApiError::from_body(br#"{"errorCode":101003,"cause":{"a":"b"}}"#).unwrap();
        assert_eq!(error.code(), &ErrorCode::Other("101003".to_owned()));
        assert_eq!(error.cause()["a"], ["b"]);
        for body in [
            "",
            "{}",
            "[]",
            "<html>",
            r#"{"errorCode":null}"#,
            "{\"errorCode\":\"a",
        ] {
            assert_eq!(ApiError::from_body(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn no_card_number_and_no_text_is_printed() {
        let body = r#"{"errorCode":"validation.error","description":"4111111111111111 is bad",
            "cause":{"pan":["no 4111 1111 1111 1111"],"cvv2":["123 is wrong"]}}"#;
        let error = ApiError::from_body(body.as_bytes()).unwrap();
        assert_eq!(error.description(), "");
        assert_eq!(error.cause()["pan"], [""]);
        let printed = format!("{error} {error:?}");
        assert!(!printed.contains("123"), "{printed}");
        assert!(printed.contains("cvv2"), "{printed}");
    }
}
