use pantoken_a2c::{ErrorCode, ErrorMessage, FormMessage, FormResult, PanToken};
use pantoken_core::contains_card_number;
use serde_json::{Value, json};

#[allow(unreachable_pub)] // shared with the tests of pantoken-a2c
#[path = "../../../crates/providers/a2c/tests/native/mod.rs"]
mod native;

use native::decode;

/// Checks that a message of any text is read or refused, and that an object means the same in JSON text. A
/// message that was read must satisfy the rules of its parts, and must mean the same when it is written
/// again.
pub fn message(text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    let read = decode(&Value::String(text.clone().into_owned()));
    if let Ok(Value::Object(object)) = serde_json::from_str(&text) {
        let has_bigint = object.values().any(|field| field.get("$bigint").is_some());
        if !has_bigint && text.len() < 16 * 1024 {
            assert_eq!(decode(&object.into()), read);
        }
    }
    if let Ok(message) = read {
        if let FormMessage::Result { result, .. } = &message {
            keeps_its_rules(result);
        }
        assert_eq!(decode(&written(&message)), Ok(message));
    }
}

/// Returns the message as the form writes it.
fn written(message: &FormMessage) -> Value {
    match message {
        FormMessage::Ready => json!({"status": "Ready"}),
        FormMessage::Result { request_id, result } => {
            let request_id = request_id.to_text();
            match result {
                FormResult::Saved(token) => json!({"requestId": request_id, "panToken": token}),
                FormResult::Failed { code, message } => {
                    json!({"requestId": request_id, "errorCode": code, "errorMessage": message})
                }
            }
        }
    }
}

/// Checks that each part of a result satisfies the rules of its type.
pub(crate) fn keeps_its_rules(result: &FormResult) {
    match result {
        FormResult::Saved(token) => {
            assert_eq!(PanToken::parse(token.as_str()).as_ref(), Ok(token));
        }
        FormResult::Failed { code, message } => {
            assert_eq!(ErrorCode::parse(code.as_str()).as_ref(), Ok(code));
            assert_eq!(ErrorMessage::from_text(message.as_str()), *message);
            assert!(!contains_card_number(message.as_str()), "{message:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_message_of_any_text_means_the_same_when_it_is_written_again() {
        crate::corpus::try_all("message", super::message, 4_000);
    }
}
