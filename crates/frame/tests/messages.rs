//! The golden messages as a browser gives them: read by hand through `Reflect`, and by
//! `serde-wasm-bindgen`, which must agree.
#![allow(clippy::unwrap_used)]
#![cfg(target_family = "wasm")]

use js_sys::{BigInt, JSON, Object, Reflect};
use pantoken_frame::decode;
use pantoken_protocol::{FormMessage, FormResult, MessageError, RawMessage};
use serde_json::{Value, json};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn golden() -> Vec<Value> {
    let text = include_str!("../../protocol/tests/golden/messages.json");
    serde_json::from_str(text).unwrap()
}

/// The vector's data as a JavaScript value, `{"$bigint": "digits"}` as the BigInt it stands for.
fn javascript(data: &Value) -> JsValue {
    let value = JSON::parse(&data.to_string()).unwrap();
    for (name, field) in data.as_object().into_iter().flatten() {
        if let Some(digits) = field.get("$bigint").and_then(Value::as_str) {
            let integer = BigInt::new(&digits.into()).unwrap();
            Reflect::set(&value, &name.into(), &integer).unwrap();
        }
    }
    value
}

fn by_serde(data: &JsValue) -> Result<FormMessage, MessageError> {
    if let Some(text) = data.as_string() {
        return FormMessage::from_text(&text, |text| {
            serde_wasm_bindgen::from_value(JSON::parse(text).ok()?).ok()
        });
    }
    let raw: RawMessage =
        serde_wasm_bindgen::from_value(data.clone()).map_err(|_| MessageError::Unreadable)?;
    FormMessage::from_raw(raw)
}

fn describe(decoded: &Result<FormMessage, MessageError>) -> Value {
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

#[wasm_bindgen_test]
fn reflect_reads_the_golden_messages_as_they_are_meant() {
    let vectors = golden();
    assert!(vectors.len() > 50);
    for vector in vectors {
        let decoded = decode(&javascript(&vector["data"]));
        assert_eq!(describe(&decoded), vector["expect"], "{}", vector["name"]);
    }
}

#[wasm_bindgen_test]
fn serde_wasm_bindgen_reads_the_golden_messages_the_same_way() {
    for vector in golden() {
        let data = javascript(&vector["data"]);
        assert_eq!(by_serde(&data), decode(&data), "{}", vector["name"]);
    }
}

#[wasm_bindgen_test]
fn a_number_above_the_safe_integers_is_refused_even_as_json_text() {
    let text = r#"{"requestId":9007199254740993,"panToken":"tok-1"}"#;
    assert_eq!(decode(&text.into()), Err(MessageError::Unreadable));
}

#[wasm_bindgen_test]
fn what_stands_on_the_prototype_is_no_word_of_the_forms() {
    let prototype = JSON::parse(r#"{"requestId":"1","panToken":"forged"}"#).unwrap();
    let object = Object::create(prototype.unchecked_ref::<Object>());
    assert_eq!(decode(&object), Err(MessageError::Unreadable));
}

#[wasm_bindgen_test]
fn a_getter_that_throws_makes_the_message_unreadable() {
    let object = js_sys::Function::new_no_args(
        "return { requestId: '1', get panToken() { throw new Error('no') } }",
    )
    .call0(&JsValue::NULL)
    .unwrap();
    assert_eq!(decode(&object), Err(MessageError::Unreadable));
}
