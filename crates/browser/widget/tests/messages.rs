//! The golden messages as a browser gives them: read by `decode`, and by `serde-wasm-bindgen`, which must
//! agree.
#![allow(unreachable_pub)] // the modules are private to the test
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(target_family = "wasm")]

#[path = "../../../providers/a2c/tests/describe/mod.rs"]
mod describe;
#[path = "../../../providers/a2c/tests/generated/mod.rs"]
mod generated;
#[path = "../../../providers/a2c/tests/native/mod.rs"]
mod native;

use describe::describe;
use generated::Generator;
use js_sys::{BigInt, Function, JSON, Object, Promise, Reflect};
use pantoken_a2c::{Field, FormMessage, MessageError, RawMessage};
use pantoken_widget::decode;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
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

fn decoded(data: &JsValue) -> Result<FormMessage, MessageError> {
    FormMessage::from_raw(&decode::message(data))
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

const EXCHANGE: &str = include_str!("../../../../web/element/exchange.js");

/// Returns a function of the element's script that reads the data of a message: its fields, in order.
async fn script() -> Function {
    const IMPORT: &str = "
        const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
        return import(url).then(({ exchange, open, field }) => (data) => {
            let fields;
            exchange({ data }, () => {
                open('data', longest);
                fields = names.map(field);
            });
            return fields;
        });";
    let names = RawMessage::<String>::NAMES.map(JsValue::from);
    let import = Function::new_with_args("script, longest, names", IMPORT);
    let longest = u32::try_from(LONGEST).unwrap();
    let imported = import
        .call3(
            &JsValue::NULL,
            &EXCHANGE.into(),
            &longest.into(),
            &names.into_iter().collect::<js_sys::Array>(),
        )
        .unwrap();
    let imported = JsFuture::from(imported.unchecked_into::<Promise>()).await;
    imported.unwrap().unchecked_into()
}

/// Reads a message as the element's module does.
fn by_script(script: &Function, data: &JsValue) -> Result<FormMessage, MessageError> {
    let fields = script.call1(&JsValue::NULL, data).unwrap();
    let fields: js_sys::Array = fields.unchecked_into();
    let field = |index| match fields.get(index).as_string() {
        None => Field::Absent,
        Some(field) => match field.split_at_checked(1) {
            Some(("s", text)) => Field::Text(text.to_owned()),
            Some(("n", digits)) => digits.parse().map_or(Field::Unusable, Field::Integer),
            _ => Field::Unusable,
        },
    };
    FormMessage::from_raw(&RawMessage::from_fields([0, 1, 2, 3, 4].map(field)))
}

#[wasm_bindgen_test]
async fn the_elements_script_reads_messages_the_same_way() {
    let script = script().await;
    for vector in golden() {
        let data = javascript(&vector["data"]);
        assert_eq!(
            by_script(&script, &data),
            decoded(&data),
            "{}",
            vector["name"]
        );
    }
    for message in NO_MESSAGES {
        let read = by_script(&script, &evaluate(message));
        assert_eq!(read, Err(MessageError::Unreadable), "{message}");
    }
    let mut generator = Generator::new(2);
    for _ in 0..2_000 {
        let (message, encoding) = generator.message();
        let data = javascript(&encoding.of(&message));
        assert_eq!(by_script(&script, &data), decoded(&data), "{message}");
    }
}

#[wasm_bindgen_test]
fn the_golden_messages_are_read_as_they_are_meant() {
    let vectors = golden();
    assert!(vectors.len() > 50);
    for vector in vectors {
        let read = decoded(&javascript(&vector["data"]));
        assert_eq!(describe(&read), vector["expect"], "{}", vector["name"]);
    }
}

#[wasm_bindgen_test]
fn serde_wasm_bindgen_reads_the_golden_messages_the_same_way() {
    for vector in golden() {
        let data = javascript(&vector["data"]);
        assert_eq!(by_serde(&data), decoded(&data), "{}", vector["name"]);
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
    let mut generator = Generator::new(1);
    let mut understood = 0;
    for _ in 0..2_000 {
        let (message, encoding) = generator.message();
        let expected = native::decode(&encoding.of(&as_told(message.clone())));
        let sent = encoding.of(&message);
        assert_eq!(decoded(&javascript(&sent)), expected, "{sent}");
        understood += usize::from(expected.is_ok());
    }
    assert!((400..1_600).contains(&understood), "{understood}");
}

#[wasm_bindgen_test]
fn a_number_above_the_safe_integers_is_refused_even_as_json_text() {
    let text = r#"{"requestId":9007199254740993,"panToken":"tok-1"}"#;
    assert_eq!(decoded(&text.into()), Err(MessageError::Unreadable));
}

#[wasm_bindgen_test]
fn inherited_properties_do_not_count() {
    let prototype = JSON::parse(r#"{"requestId":"1","panToken":"forged"}"#).unwrap();
    let object = Object::create(prototype.unchecked_ref::<Object>());
    assert_eq!(decoded(&object), Err(MessageError::Unreadable));
}

const NO_MESSAGES: &[&str] = &[
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
];

#[wasm_bindgen_test]
fn what_is_no_message_at_all_is_unreadable() {
    for message in NO_MESSAGES {
        let read = decoded(&evaluate(message));
        assert_eq!(read, Err(MessageError::Unreadable), "{message}");
    }
}

#[wasm_bindgen_test]
fn a_text_is_read_up_to_its_limit() {
    let text = |length: usize| {
        let result = r#"{"requestId":"1","panToken":"tok-1"}"#;
        [result, &" ".repeat(length - result.len())].concat()
    };
    assert!(decoded(&text(LONGEST).into()).is_ok());
    assert_eq!(
        decoded(&text(LONGEST + 1).into()),
        Err(MessageError::Unreadable)
    );
}

#[wasm_bindgen_test]
fn a_control_character_stays_in_its_field() {
    for (control, expected) in [
        ("\\n", '\n'),
        ("\\r", '\r'),
        ("\\0", '\0'),
        ("\\x1f", '\x1f'),
    ] {
        let message = evaluate(&format!(
            "{{ errorMessage: 'a{control}b', status: 'c{control}d' }}"
        ));
        let expected = RawMessage {
            status: Field::Text(format!("c{expected}d")),
            error_message: Field::Text(format!("a{expected}b")),
            ..RawMessage::default()
        };
        assert_eq!(decode::message(&message), expected, "{control}");
    }
}
