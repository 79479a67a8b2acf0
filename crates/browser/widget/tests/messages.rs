//! The golden messages as a browser gives them: read by `hands.js` into lines, and by
//! `serde-wasm-bindgen`, which must agree.
#![allow(unreachable_pub)] // the modules are private to the test
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(target_family = "wasm")]

#[path = "../../../providers/a2c/tests/describe/mod.rs"]
mod describe;
#[path = "../../../providers/a2c/tests/generated/mod.rs"]
mod generated;
mod hands;
#[path = "../../../providers/a2c/tests/native/mod.rs"]
mod native;
#[allow(dead_code)]
mod page;

use describe::describe;
use generated::Generator;
use hands::{ORIGIN, ShownHands};
use js_sys::{BigInt, Function, JSON, Object, Reflect};
use pantoken_a2c::{Field, FormMessage, MessageError, RawMessage};
use pantoken_widget::FormInput;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// The longest text that is read, in UTF-16 code units.
const LONGEST: usize = 16 * 1024;

fn golden() -> Vec<Value> {
    let text = include_str!("../../../providers/a2c/tests/golden/messages.json");
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

/// The value of an expression in JavaScript.
fn evaluate(expression: &str) -> JsValue {
    let function = Function::new_no_args(&format!("return ({expression})"));
    function.call0(&JsValue::NULL).unwrap()
}

/// The message as the module reads it from the lines of `hands.js`.
fn by_lines(data: &JsValue) -> Result<FormMessage, MessageError> {
    by_lines_of(&ShownHands::new(), data)
}

fn by_lines_of(hands: &ShownHands, data: &JsValue) -> Result<FormMessage, MessageError> {
    hands.hear(data);
    let text = hands.told.borrow().last().unwrap().clone();
    match FormInput::read(&text) {
        FormInput::Message(ORIGIN, raw) => FormMessage::from_raw(&raw),
        other => panic!("not a message: {other:?}"),
    }
}

fn by_serde(data: &JsValue) -> Result<FormMessage, MessageError> {
    let Some(text) = data.as_string() else {
        let raw: Result<RawMessage<String>, _> = serde_wasm_bindgen::from_value(data.clone());
        return FormMessage::from_raw(&raw.map_err(|_| MessageError::Unreadable)?);
    };
    if text.len() > LONGEST {
        return Err(MessageError::Unreadable);
    }
    let object = JSON::parse(&text).ok().filter(JsValue::is_object);
    let raw = object.map_or_else(
        || RawMessage {
            status: Field::Text(text),
            ..RawMessage::default()
        },
        |object| serde_wasm_bindgen::from_value(object).unwrap_or_default(),
    );
    FormMessage::from_raw(&raw)
}

#[wasm_bindgen_test]
fn the_golden_messages_are_read_as_they_are_meant() {
    let vectors = golden();
    assert!(vectors.len() > 50);
    for vector in vectors {
        let read = by_lines(&javascript(&vector["data"]));
        assert_eq!(describe(&read), vector["expect"], "{}", vector["name"]);
    }
}

#[wasm_bindgen_test]
fn serde_wasm_bindgen_reads_the_golden_messages_the_same_way() {
    for vector in golden() {
        let data = javascript(&vector["data"]);
        assert_eq!(by_serde(&data), by_lines(&data), "{}", vector["name"]);
    }
}

/// The message without what JavaScript cannot hold: integers that are not exact are none.
fn as_told(value: Value) -> Value {
    match value {
        Value::Number(number) if number.as_i64().is_some_and(|n| n >= 1 << 53) => true.into(),
        Value::Object(fields) => {
            let fields = fields.into_iter();
            fields.map(|(name, field)| (name, as_told(field))).collect()
        }
        other => other,
    }
}

#[wasm_bindgen_test]
fn generated_messages_are_read_as_they_are_natively() {
    let (mut generator, hands) = (Generator::new(1), ShownHands::new());
    let mut understood = 0;
    for _ in 0..2_000 {
        let (message, encoding) = generator.message();
        let expected = native::decode(&encoding.of(&as_told(message.clone())));
        let sent = encoding.of(&message);
        assert_eq!(by_lines_of(&hands, &javascript(&sent)), expected, "{sent}");
        understood += usize::from(expected.is_ok());
    }
    assert!((400..1_600).contains(&understood), "{understood}");
}

#[wasm_bindgen_test]
fn a_number_above_the_safe_integers_is_refused_even_as_json_text() {
    let text = r#"{"requestId":9007199254740993,"panToken":"tok-1"}"#;
    assert_eq!(by_lines(&text.into()), Err(MessageError::Unreadable));
}

#[wasm_bindgen_test]
fn what_stands_on_the_prototype_is_no_word_of_the_forms() {
    let prototype = JSON::parse(r#"{"requestId":"1","panToken":"forged"}"#).unwrap();
    let object = Object::create(prototype.unchecked_ref::<Object>());
    assert_eq!(by_lines(&object), Err(MessageError::Unreadable));
}

#[wasm_bindgen_test]
fn what_is_no_message_at_all_is_unreadable() {
    for message in [
        "undefined",
        "null",
        "true",
        "5",
        "5n",
        "NaN",
        "[]",
        "Symbol('Ready')",
        "new Map([['status', 'Ready']])",
        "Object.create(null)",
        "{ status: Symbol('Ready') }",
        "{ status: new String('Ready') }",
        "{ status: { toString: () => 'Ready' } }",
        "{ get status() { throw new Error('no') } }",
        "{ requestId: '1', get panToken() { throw new Error('no') } }",
        "{ requestId: 9007199254740992, panToken: 'tok-1' }",
        "{ requestId: 1.5, panToken: 'tok-1' }",
        "{ requestId: 2n ** 64n + 1n, panToken: 'tok-1' }",
        "{ requestId: 10n ** 100000n, panToken: 'tok-1' }",
        "{ requestId: '1', panToken: 'a\\ntok-1' }",
        "{ requestId: '1', panToken: 'a'.repeat(5000000) }",
        "new Proxy({}, { getOwnPropertyDescriptor() { throw new Error('no') } })",
    ] {
        let read = by_lines(&evaluate(message));
        assert_eq!(read, Err(MessageError::Unreadable), "{message}");
    }
}

#[wasm_bindgen_test]
fn a_text_is_read_up_to_its_limit() {
    let text = |length: usize| {
        let result = r#"{"requestId":"1","panToken":"tok-1"}"#;
        [result, &" ".repeat(length - result.len())].concat()
    };
    assert!(by_lines(&text(LONGEST).into()).is_ok());
    assert_eq!(
        by_lines(&text(LONGEST + 1).into()),
        Err(MessageError::Unreadable)
    );
}

#[wasm_bindgen_test]
fn no_field_starts_a_line_of_its_own() {
    for (control, told_as) in [
        ("\\n", '\r'),
        ("\\r", '\r'),
        ("\\0", '\0'),
        ("\\x1f", '\x1f'),
    ] {
        let hands = ShownHands::new();
        hands.hear(&evaluate(&format!(
            "{{ errorMessage: 'a{control}b', status: 'c{control}d' }}"
        )));
        let told = hands.told.borrow();
        assert_eq!(
            *told.last().unwrap(),
            format!("message\n{ORIGIN}\nsc{told_as}d\n\n\n\nsa{told_as}b"),
            "{control}"
        );
    }
}
