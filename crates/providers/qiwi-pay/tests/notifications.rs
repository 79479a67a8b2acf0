//! Notifications: what is signed, what is not, and what is refused.
#![allow(clippy::unwrap_used)]

use pantoken_qiwi_pay::{
    ErrorCode, Notification, NotificationError, SecretKey, TxnStatus, TxnType, Unreadable,
};
use serde_json::{Value, json};

fn key() -> SecretKey {
    SecretKey::parse("secret_key").unwrap()
}

fn sign(fields: &Value) -> String {
    let fields: Vec<_> = fields
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::String(text) => text.clone(),
                Value::Null => String::new(),
                other => other.to_string(),
            };
            (name.clone(), value)
        })
        .collect();
    key().sign_notification(
        fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )
}

fn sale() -> Value {
    json!({"txn_id": 806930407050_u64, "txn_status": 3, "txn_type": 1, "error_code": 0, "amount": "1856.00",
        "currency": 643, "ip": "10.0.0.1", "email": "payer@shop.example", "order_id": "order-1",
        "pan": "400000******0002", "card_token": "token-1", "merchant_site": 555})
}

fn signed(mut fields: Value) -> Value {
    fields["sign"] = sign(&fields).into();
    fields
}

fn verify(body: &Value) -> Result<Notification, NotificationError> {
    Notification::verify(&key(), body.to_string().as_bytes())
}

#[test]
fn a_notification_is_read() {
    let notification = verify(&signed(sale())).unwrap();
    assert_eq!(notification.txn_id.number(), 806_930_407_050);
    assert_eq!(notification.txn_type, TxnType::Sale);
    assert_eq!(notification.status, TxnStatus::Captured);
    assert_eq!(notification.error_code, ErrorCode::NONE);
    assert_eq!(notification.currency.code(), Some("RUB"));
    assert_eq!(notification.unsigned.order_id.as_deref(), Some("order-1"));
    assert_eq!(notification.deduplication_key(), "806930407050|1|3|0");
    assert!(!format!("{notification:?}").contains("token-1"));
}

#[test]
fn a_changed_signed_field_is_refused_and_another_one_is_not() {
    let body = signed(sale());
    for (field, value) in [
        ("txn_id", json!(1)),
        ("txn_status", json!(4)),
        ("txn_type", json!(2)),
        ("error_code", json!(1)),
        ("amount", json!("1856.01")),
        ("currency", json!(398)),
        ("ip", json!("10.0.0.2")),
        ("email", json!("")),
    ] {
        let mut changed = body.clone();
        changed[field] = value;
        assert_eq!(
            verify(&changed),
            Err(NotificationError::WrongSignature),
            "{field}"
        );
    }
    for field in ["order_id", "pan", "card_token"] {
        let mut changed = body.clone();
        changed[field] = "other".into();
        assert!(verify(&changed).is_ok(), "{field}");
    }
}

#[test]
fn the_amount_is_signed_as_it_is_written_or_with_two_digits() {
    for (written, signed_as, holds) in [
        ("1856", "1856", true),
        ("1856", "1856.00", true),
        ("1856.0", "1856.00", true),
        ("1856.0", "1856.0", true),
        ("\"1856.00\"", "1856.00", true),
        ("0.10", "0.10", true),
        ("0.1", "0.10", true),
        ("1856.00", "1856", false),
        ("1856.001", "1856.00", false),
    ] {
        let sign = sign(
            &json!({"txn_id": 1, "txn_status": 3, "txn_type": 1, "error_code": 0, "amount": signed_as, "currency": 643}),
        );
        let body = format!(
            r#"{{"txn_id":1,"txn_status":3,"txn_type":1,"error_code":0,"amount":{written},"currency":643,"sign":"{sign}"}}"#
        );
        let verified = Notification::verify(&key(), body.as_bytes());
        assert_eq!(verified.is_ok(), holds, "{written} signed as {signed_as}");
    }
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    // Without an e-mail and an address, `0|806930407050` could be an e-mail and an error.
    let mut fields = sale();
    fields["email"] = json!("0");
    fields["ip"] = json!("");
    assert_eq!(
        verify(&signed(fields.clone())),
        Err(NotificationError::WrongSignature)
    );
    fields["email"] = json!("a|0");
    assert_eq!(
        verify(&signed(fields)),
        Err(NotificationError::WrongSignature)
    );
}

#[test]
fn a_missing_field_is_named() {
    for field in [
        "txn_id",
        "txn_status",
        "txn_type",
        "error_code",
        "amount",
        "currency",
    ] {
        let mut fields = sale();
        fields.as_object_mut().unwrap().remove(field);
        let refused = verify(&signed(fields)).unwrap_err();
        assert!(
            matches!(refused, NotificationError::Unreadable(Unreadable::Field(name)) if name == field)
        );
    }
    assert_eq!(verify(&sale()), Err(NotificationError::NoSignature));
}

#[test]
fn what_is_no_notification_is_refused() {
    let refused = |body: &[u8]| Notification::verify(&key(), body).unwrap_err();
    assert_eq!(refused(&[b' '; 70_000]), NotificationError::TooLong);
    let neither = NotificationError::NeitherJsonNorForm;
    assert_eq!(refused(b""), neither);
    assert_eq!(refused(b"\xff=1"), neither);
    assert_eq!(refused(b"a=%zz"), neither);
    assert_eq!(
        refused(b"{\"a\""),
        NotificationError::Unreadable(Unreadable::NotAnObject)
    );
    assert_eq!(refused(b"[]"), neither);
}
