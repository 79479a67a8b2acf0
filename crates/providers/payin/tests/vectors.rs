//! The published vectors, and those computed from the published rules.
#![allow(clippy::unwrap_used, clippy::panic)]

use pantoken_payin::{Amount, Notification, NotificationError, NotificationKey, NotificationKind};
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("golden/vectors.json")).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn verify(vector: &Value, body: &str, signature: &str) -> Result<Notification, NotificationError> {
    let key = NotificationKey::parse(text(&vector["key"])).unwrap();
    let header = match text(&vector["rule"]) {
        "BILL" => "x-api-signature-sha256",
        _ => "signature",
    };
    Notification::verify(&key, [(header, signature.as_bytes())], body.as_bytes())
}

fn find<'a>(vectors: &'a Value, id: &Value) -> &'a Value {
    let mut all = list(&vectors["vectors"]).iter();
    all.find(|vector| vector["id"] == *id).unwrap()
}

#[test]
fn each_vector_is_signed_as_expected() {
    let vectors = vectors();
    for vector in list(&vectors["vectors"]) {
        let key = NotificationKey::parse(text(&vector["key"])).unwrap();
        let signature = key.sign(text(&vector["message"]));
        assert_eq!(signature, text(&vector["expected"]), "{}", vector["id"]);
    }
}

#[test]
fn each_body_verifies_with_its_signature_and_with_no_other() {
    let (vectors, mut bodies) = (vectors(), 0);
    for vector in list(&vectors["vectors"]) {
        let Some(body) = vector["body"].as_str() else {
            continue;
        };
        bodies += 1;
        let expected = text(&vector["expected"]);
        let notification = verify(vector, body, expected).unwrap();
        let kind = NotificationKind::parse(text(&vector["rule"]));
        assert_eq!(*notification.kind(), kind, "{}", vector["id"]);
        assert!(verify(vector, body, &expected.to_uppercase()).is_ok());
        for (index, digit) in expected.char_indices() {
            let other = if digit == '0' { "1" } else { "0" };
            let mut changed = expected.to_owned();
            changed.replace_range(index..=index, other);
            let refused = verify(vector, body, &changed);
            assert_eq!(refused, Err(NotificationError::WrongSignature));
        }
    }
    assert_eq!(bodies, 9);
}

#[test]
fn what_must_not_verify_does_not() {
    let vectors = vectors();
    for negative in list(&vectors["negative"]) {
        let vector = find(&vectors, &negative["of"]);
        let key = NotificationKey::parse(text(&negative["key"])).unwrap();
        let signature = key.sign(text(&negative["message"]));
        assert_eq!(signature, text(&negative["hex"]));
        let refused = verify(vector, text(&vector["body"]), &signature);
        let wrong = Err(NotificationError::WrongSignature);
        assert_eq!(refused, wrong, "{}", negative["of"]);
    }
}

#[test]
fn fields_that_are_not_signed_can_be_changed() {
    let vectors = vectors();
    for case in list(&vectors["unsignedFields"]) {
        let vector = find(&vectors, &case["of"]);
        let notification = verify(vector, text(&case["body"]), text(&case["signature"])).unwrap();
        assert_eq!(notification.status(), "DECLINE");
    }
}

#[test]
fn each_amount_is_signed_with_two_fraction_digits() {
    let key = NotificationKey::parse("skey").unwrap();
    for case in list(&vectors()["amounts"]["cases"]) {
        let (json, signed) = (text(&case["json"]), text(&case["signed"]));
        let body = format!(
            r#"{{"type":"PAYMENT","payment":{{"paymentId":"1","createdDateTime":"d","amount":{{"value":{json}}}}}}}"#
        );
        let signature = key.sign(&format!("1|d|{signed}"));
        let headers = [("Signature", signature.as_bytes())];
        assert!(
            Notification::verify(&key, headers, body.as_bytes()).is_ok(),
            "{json}"
        );
    }
}

#[test]
fn minor_units_are_exact() {
    for case in list(&vectors()["floats"]["cases"]) {
        let amount = Amount::parse(text(&case["value"]), "RUB").unwrap();
        assert_eq!(amount.minor_units(), case["right"].as_i64());
    }
}

#[cfg(feature = "client")]
#[test]
fn the_digital_signature_is_rsa_with_pkcs1_and_sha256() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    let rsa = &vectors()["rsa"];
    let spki = STANDARD.decode(text(&rsa["publicKeySpkiBase64"])).unwrap();
    // ring wants the key without its algorithm, which takes the first 24 bytes.
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &spki[24..]);
    let signature = STANDARD.decode(text(&rsa["expected"])).unwrap();
    key.verify(text(&rsa["body"]).as_bytes(), &signature)
        .unwrap();
    key.verify(b"another body", &signature).unwrap_err();
}
