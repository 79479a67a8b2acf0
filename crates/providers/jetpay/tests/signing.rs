//! Properties of the signature, and what is refused.
#![allow(clippy::unwrap_used, clippy::panic)]

use pantoken_jetpay::{Body, SecretKey, SignError, Variant};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn key() -> SecretKey {
    SecretKey::parse("secret").unwrap()
}

fn parse(json: &Value) -> Body {
    Body::parse(json.to_string().as_bytes()).unwrap()
}

fn texts(alphabet: &'static str) -> impl Strategy<Value = Value> {
    proptest::string::string_regex(alphabet)
        .unwrap()
        .prop_map(Value::from)
}

/// Objects of texts and integers, whose texts consist of these characters.
fn objects(alphabet: &'static str) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![texts(alphabet), any::<i32>().prop_map(Value::from)];
    let names = || proptest::string::string_regex("[a-c_]{1,2}").unwrap();
    let nested = leaf.prop_recursive(3, 12, 3, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Value::from),
            prop::collection::btree_map(names(), inner, 1..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    prop::collection::btree_map(names(), nested, 1..4)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
}

/// Writes the members of all objects in the opposite order.
fn reversed(json: &Value) -> String {
    match json {
        Value::Object(members) => {
            let members = members.iter().rev();
            let members = members.map(|(name, value)| format!("{name:?}:{}", reversed(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(reversed).collect();
            format!("[{}]", items.join(","))
        }
        value => value.to_string(),
    }
}

/// Turns integers into texts, because the signature does not cover types.
fn untyped(json: &Value) -> Value {
    match json {
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), untyped(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(untyped).collect(),
        Value::Number(number) => number.to_string().into(),
        value => value.clone(),
    }
}

/// Replaces each text and integer by the next of the values.
fn with_values(json: &Value, values: &mut impl Iterator<Item = String>) -> Value {
    match json {
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| (name.clone(), with_values(value, values)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(|item| with_values(item, values)).collect(),
        _ => values.next().unwrap_or_default().into(),
    }
}

proptest! {
    #[test]
    fn the_text_does_not_depend_on_the_order_of_members(json in objects("[a-c1 :яÅ]{0,3}")) {
        let other = Body::parse(reversed(&json).as_bytes()).unwrap();
        let text = parse(&json).signed_text(Variant::PLATFORM);
        prop_assert_eq!(other.signed_text(Variant::PLATFORM), text);
    }

    #[test]
    fn all_variants_agree_on_what_is_signed(json in objects("[a-c1 :яÅ]{0,3}")) {
        let body = parse(&json);
        key().sign(&body).unwrap();
        let text = body.signed_text(Variant::PLATFORM);
        // Whole lines differ where one path is the beginning of another.
        let by_path = Variant::all().filter(|v| v.order != pantoken_jetpay::LineOrder::WholeLine);
        for variant in by_path {
            prop_assert_eq!(body.signed_text(variant), text.clone(), "{}", variant);
        }
    }

    #[test]
    fn two_bodies_that_are_signed_differ_in_their_texts(
        a in objects("[a-c1]{0,2}"),
        b in objects("[a-c1]{0,2}"),
    ) {
        let is_same = untyped(&a) == untyped(&b);
        prop_assert_eq!(key().sign(&parse(&a)) == key().sign(&parse(&b)), is_same);
    }

    #[test]
    fn two_bodies_of_one_shape_differ_in_their_texts_whatever_their_values_are(
        shape in objects("[a-c1]{0,2}"),
        a in prop::collection::vec("[a-c1:;=\n]{0,3}", 12),
        b in prop::collection::vec("[a-c1:;=\n]{0,3}", 12),
    ) {
        let a = with_values(&shape, &mut a.into_iter());
        let b = with_values(&shape, &mut b.into_iter());
        if let (Ok(first), Ok(second)) = (key().sign(&parse(&a)), key().sign(&parse(&b))) {
            prop_assert_eq!(first == second, a == b);
        }
    }
}

#[test]
fn what_is_ambiguous_is_not_signed() {
    let text = |path: &str| SignError::Text(path.to_owned());
    let name = |path: &str| SignError::Name(path.to_owned());
    let kind = |path: &str| SignError::Kind(path.to_owned());
    let refused = [
        (json!({"a": "x;b:y"}), text("a")),
        (json!({"a": {"b": ["x", "y\n"]}}), text("a:b:1")),
        (json!({"a": "\u{0}"}), text("a")),
        (json!({"a": "\u{7f}"}), text("a")),
        (json!({"a": "\u{85}"}), text("a")),
        (json!({"a:b": "c"}), name("a:b")),
        (json!({"": "c"}), name("")),
        (json!({"A": "c"}), name("A")),
        (json!({"a1": "c"}), name("a1")),
        (json!({"frame_mode": "c"}), name("frame_mode")),
        (json!({"a": {"signature": "c"}}), name("a:signature")),
        (json!({"a": true}), kind("a")),
        (json!({"a": null}), kind("a")),
        (json!({"a": 1.5}), kind("a")),
        (json!({"a": {}}), kind("a")),
        (json!({"a": []}), kind("a")),
        (json!({}), kind("")),
        (
            json!({"a": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}),
            SignError::List("a".to_owned()),
        ),
    ];
    for (json, error) in refused {
        assert_eq!(key().sign(&parse(&json)), Err(error), "{json}");
    }
    for json in ["{\"a\":-0}", "{\"a\":100.0}", "{\"a\":1e2}"] {
        let body = Body::parse(json.as_bytes()).unwrap();
        assert_eq!(key().sign(&body), Err(kind("a")), "{json}");
    }
}

#[test]
fn secret_keys_are_kept_whole_and_never_printed() {
    for text in ["k", "құпия", "a b", &"k".repeat(1024)] {
        let key = SecretKey::parse(text).unwrap();
        assert_eq!(key.expose(), text);
        assert_eq!(format!("{key:?}"), "SecretKey(…)");
    }
    for text in ["", " wxyz", "wxyz\n", &"k".repeat(1025)] {
        let refused = SecretKey::parse(text).unwrap_err();
        assert!(!refused.to_string().contains(text) || text.is_empty());
    }
}
