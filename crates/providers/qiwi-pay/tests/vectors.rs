//! The published vectors, and those computed from the published rules.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Read as _;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pantoken_core::is_luhn_valid;
use pantoken_qiwi_pay::{
    Notification, NotificationError, Receipt, SecretKey, WalletToken, WalletTokenError,
    is_notification_sender,
};
use serde_json::Value;

fn vectors(rule: &str) -> Vec<Value> {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("golden/vectors.json")).unwrap();
    let mut chosen = vectors;
    chosen.retain(|vector| vector["rule"] == rule);
    assert!(!chosen.is_empty(), "{rule}");
    chosen
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The inputs as texts, in the order of the vector.
fn inputs(vector: &Value) -> Vec<(String, String)> {
    let fields = vector["inputs"].as_object().unwrap().iter();
    let as_text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    fields
        .map(|(name, value)| (name.clone(), as_text(value)))
        .collect()
}

fn borrowed(fields: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
}

fn key(vector: &Value) -> SecretKey {
    SecretKey::parse(text(&vector["key"])).unwrap()
}

#[test]
fn every_rule_of_the_vectors_is_tested() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("golden/vectors.json")).unwrap();
    let known = [
        "request-sign",
        "callback-sign",
        "cheque-encode",
        "apple/google-pay-encode",
        "apple/google-pay-decode",
        "luhn",
        "callback-source",
    ];
    for vector in vectors {
        assert!(known.contains(&text(&vector["rule"])), "{}", vector["id"]);
    }
}

#[test]
fn each_request_is_signed_as_expected() {
    for vector in vectors("request-sign") {
        let mut fields = inputs(&vector);
        let expected = text(&vector["expected"]);
        assert_eq!(
            key(&vector).sign(borrowed(&fields)),
            expected,
            "{}",
            vector["id"]
        );
        fields.reverse();
        assert!(
            key(&vector).verifies(borrowed(&fields), expected),
            "{}",
            vector["id"]
        );
    }
}

#[test]
fn each_notification_verifies_as_json_and_as_a_form_and_with_no_other_signature() {
    for vector in vectors("callback-sign") {
        let (key, expected) = (key(&vector), text(&vector["expected"]));
        assert_eq!(key.sign_notification(borrowed(&inputs(&vector))), expected);
        let mut json = vector["inputs"].clone();
        json["sign"] = expected.into();
        let json = json.to_string();
        let mut form = String::new();
        for (name, value) in inputs(&vector)
            .iter()
            .chain([&("sign".to_owned(), expected.to_owned())])
        {
            form += name;
            form.push('=');
            pantoken_core::percent::encode_into(&mut form, value);
            form.push('&');
        }
        let from_json = Notification::verify(&key, json.as_bytes()).unwrap();
        let from_form = Notification::verify(&key, form.as_bytes()).unwrap();
        assert_eq!(from_json.deduplication_key(), from_form.deduplication_key());
        assert_eq!(from_json.amount, from_form.amount);
        assert!(
            Notification::verify(
                &key,
                json.replace(expected, &expected.to_lowercase()).as_bytes()
            )
            .is_ok()
        );
        for (index, digit) in expected.char_indices() {
            let other = if digit == '0' { "1" } else { "0" };
            let mut changed = expected.to_owned();
            changed.replace_range(index..=index, other);
            let refused = Notification::verify(&key, json.replace(expected, &changed).as_bytes());
            assert_eq!(refused, Err(NotificationError::WrongSignature));
        }
    }
}

/// Compressors differ in bytes, so what they compressed is compared.
fn decompressed(base64: &str) -> String {
    let bytes = STANDARD.decode(base64).unwrap();
    let mut text = String::new();
    flate2::read::ZlibDecoder::new(&*bytes)
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn each_receipt_decodes_to_the_published_json() {
    for vector in vectors("cheque-encode") {
        let encoded = text(&vector["expected"]);
        let json = text(&vector["inputs"]["json_text"]);
        assert_eq!(decompressed(encoded), json);
        let receipt = Receipt::decode(encoded).unwrap();
        let amount = pantoken_qiwi_pay::Amount::parse("1145.88", "RUB").unwrap();
        let again = receipt.encode(&amount).unwrap();
        let parse = |json: &str| serde_json::from_str::<Value>(json).unwrap();
        assert_eq!(parse(&decompressed(&again)), parse(json));
    }
}

#[test]
fn a_payload_of_a_wallet_is_compressed_with_a_header() {
    for vector in vectors("apple/google-pay-encode") {
        let published = text(&vector["expected"]);
        assert_eq!(decompressed(published), text(&vector["inputs"]["text"]));
        assert!(WalletToken::from_encoded(published).is_ok());
    }
    for vector in vectors("apple/google-pay-decode") {
        let refused = WalletToken::from_encoded(text(&vector["inputs"]["base64"]));
        assert_eq!(refused, Err(WalletTokenError::Format), "{}", vector["id"]);
    }
}

#[test]
fn card_numbers_pass_the_luhn_check() {
    for vector in vectors("luhn") {
        let pan = text(&vector["inputs"]["pan"]);
        assert_eq!(
            is_luhn_valid(pan),
            vector["expected"].as_bool().unwrap(),
            "{pan}"
        );
    }
}

#[test]
fn the_providers_addresses_are_known() {
    for vector in vectors("callback-source") {
        let address: IpAddr = text(&vector["inputs"]["ip"]).parse().unwrap();
        assert!(is_notification_sender(address), "{address}");
        let IpAddr::V4(v4) = address else { panic!() };
        assert!(is_notification_sender(v4.to_ipv6_mapped().into()));
    }
    for other in ["79.142.32.0", "91.232.232.1", "127.0.0.1", "::1"] {
        assert!(!is_notification_sender(other.parse().unwrap()), "{other}");
    }
}
