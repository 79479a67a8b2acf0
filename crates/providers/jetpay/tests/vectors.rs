//! The published vectors, and those computed from the published rules.
#![allow(clippy::unwrap_used, clippy::panic)]

use pantoken_jetpay::{Body, LineOrder, NumberText, SecretKey, SignatureError, Variant};
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("golden/vectors.json")).unwrap()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap()
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap()
}

fn key(vector: &Value) -> SecretKey {
    SecretKey::parse(text(vector, "key")).unwrap()
}

fn body(vector: &Value) -> Body {
    Body::parse(text(vector, "input").as_bytes()).unwrap()
}

#[test]
fn each_vector_has_the_expected_text_and_signature() {
    let vectors = vectors();
    let all = list(&vectors, "vectors");
    assert_eq!(all.len(), 69);
    for vector in all {
        let signed_text = body(vector).signed_text(Variant::PLATFORM);
        assert_eq!(signed_text, text(vector, "canonical"), "{}", vector["id"]);
        let signature = key(vector).sign_text(&signed_text);
        assert_eq!(signature, text(vector, "signature"), "{}", vector["id"]);
    }
}

#[test]
fn each_published_signature_is_reproduced_where_it_is_one() {
    let vectors = vectors();
    let (mut reproduced, mut placeholders) = (0, 0);
    for vector in list(&vectors, "vectors") {
        let Some(published) = vector["public_signature"].as_str() else {
            continue;
        };
        let signature = key(vector).sign_text(text(vector, "canonical"));
        if vector["public_matches"] == true {
            assert_eq!(signature, published, "{}", vector["id"]);
            reproduced += 1;
        } else {
            assert_ne!(signature, published, "{}", vector["id"]);
            placeholders += 1;
        }
    }
    assert_eq!((reproduced, placeholders), (29, 3));
}

#[test]
fn each_vector_verifies_with_its_signature_and_with_no_other() {
    for vector in list(&vectors(), "vectors") {
        let signature = text(vector, "signature");
        let with_signature = |signature: &str| {
            let mut json = text(vector, "input").trim_end().to_owned();
            assert_eq!(json.pop(), Some('}'));
            let comma = if json.ends_with('{') { "" } else { "," };
            // The last of two signatures counts.
            json.push_str(&format!("{comma}\"signature\":\"{signature}\"}}"));
            Body::parse(json.as_bytes()).unwrap()
        };
        let verified = key(vector).verify(&with_signature(signature));
        assert_eq!(verified, Ok(Variant::PLATFORM), "{}", vector["id"]);
        let other_key = SecretKey::parse("another key").unwrap();
        let refused = other_key.verify(&with_signature(signature));
        assert_eq!(refused, Err(SignatureError::Wrong), "{}", vector["id"]);
        let changed = match signature.strip_prefix('A') {
            Some(rest) => format!("B{rest}"),
            None => format!("A{}", signature.get(1..).unwrap()),
        };
        let refused = key(vector).verify(&with_signature(&changed));
        assert_eq!(refused, Err(SignatureError::Wrong), "{}", vector["id"]);
    }
}

#[test]
fn what_an_sdk_of_the_platform_signs_verifies_where_the_variants_cover_it() {
    let mut covered = Vec::new();
    for vector in list(&vectors(), "vectors") {
        let Some(sdks) = vector["sdk_differs"].as_object() else {
            continue;
        };
        for (sdk, signed_text) in sdks {
            let signed_text = signed_text.as_str().unwrap();
            let body = body(vector);
            let variant = Variant::all().find(|variant| body.signed_text(*variant) == signed_text);
            if let Some(variant) = variant {
                let id = text(vector, "id");
                covered.push(format!("{id} {sdk} {variant}"));
            }
        }
    }
    let expected = include_str!("golden/sdk-variants.txt");
    assert_eq!(covered, expected.lines().collect::<Vec<_>>());
}

#[test]
fn each_case_of_verification_is_accepted_or_refused() {
    let vectors = vectors();
    let cases = list(&vectors, "verify_cases");
    assert_eq!(cases.len(), 18);
    for case in cases {
        let verified = key(case).verify(&body(case));
        let matched = verified.ok().map(|variant| variant.to_string());
        let expected = case["matched"].as_str().map(str::to_owned);
        assert_eq!(case["accept"] == true, expected.is_some());
        assert_eq!(matched, expected, "{}", case["id"]);
    }
}

#[test]
fn the_text_is_sorted_as_php_sorts_it() {
    let pairs: Vec<(String, String, i8)> =
        serde_json::from_str(include_str!("golden/php-natural-order.json")).unwrap();
    for (a, b, expected) in pairs {
        if a == b
            || [&a, &b]
                .iter()
                .any(|name| matches!(&***name, "signature" | "frame_mode"))
        {
            continue;
        }
        // Equal names stay in the order in which they came.
        for (first, second, swapped) in [(&a, &b, expected > 0), (&b, &a, expected < 0)] {
            let json = serde_json::json!([first, second]);
            let json = format!("{{{}:1,{}:2}}", json[0], json[1]);
            let body = Body::parse(json.as_bytes()).unwrap();
            let sorted = body.signed_text(Variant::PLATFORM);
            let expected = match swapped {
                true => format!("{second}:2;{first}:1"),
                false => format!("{first}:1;{second}:2"),
            };
            assert_eq!(sorted, expected, "{a:?} {b:?}");
        }
    }
}

#[test]
fn numbers_are_written_as_php_writes_them() {
    let numbers: Vec<(String, String)> =
        serde_json::from_str(include_str!("golden/php-numbers.json")).unwrap();
    let variant = Variant::all().find(|variant| variant.numbers == NumberText::Php);
    for (number, expected) in numbers {
        let body = Body::parse(format!("{{\"a\":{number}}}").as_bytes()).unwrap();
        let signed_text = body.signed_text(variant.unwrap());
        assert_eq!(signed_text, format!("a:{expected}"), "{number}");
        let lexeme = body.signed_text(Variant::PLATFORM);
        assert_eq!(lexeme, format!("a:{number}"));
    }
}

#[test]
fn all_variants_are_tried_and_the_platforms_first() {
    let variants: Vec<_> = Variant::all().collect();
    assert_eq!(variants.len(), 24);
    assert_eq!(variants.first(), Some(&Variant::PLATFORM));
    let names: std::collections::BTreeSet<_> = variants.iter().map(ToString::to_string).collect();
    assert_eq!(names.len(), 24);
    let key = SecretKey::parse("secret").unwrap();
    let json =
        r#"{"a:b":1.50,"frame_mode":"x","c":{"frame_mode":"y"},"k":"z","k!":"a","i2":1,"i10":2"#;
    for variant in variants {
        let body = Body::parse(format!("{json}}}").as_bytes()).unwrap();
        let signature = key.sign_text(&body.signed_text(variant));
        let signed = format!("{json},\"signature\":\"{signature}\"}}");
        let verified = key.verify(&Body::parse(signed.as_bytes()).unwrap());
        assert_eq!(verified, Ok(variant));
    }
    assert_eq!(Variant::PLATFORM.order, LineOrder::Natural);
}
