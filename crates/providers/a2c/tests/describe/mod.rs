//! Describes a decoded message the way the golden file writes its expectations, for every decoder's test.

use pantoken_a2c::{FormMessage, FormResult, MessageError};
use serde_json::{Value, json};

pub fn describe(decoded: &Result<FormMessage, MessageError>) -> Value {
    match decoded {
        Ok(FormMessage::Ready) => json!("ready"),
        Ok(FormMessage::Result {
            request_id,
            result: FormResult::Saved(pan_token),
        }) => {
            json!({"saved": {"requestId": request_id, "panToken": pan_token}})
        }
        Ok(FormMessage::Result {
            request_id,
            result: FormResult::Failed { code, message },
        }) => {
            json!({"failed": {"requestId": request_id, "errorCode": code, "errorMessage": message}})
        }
        Err(MessageError::CardNumber) => json!("card number"),
        Err(_) => json!("unreadable"),
    }
}
