use std::sync::LazyLock;

use pantoken_qiwi_pay::{Notification, NotificationError, SecretKey};
use serde_json::Value;

static KEY: LazyLock<SecretKey> = LazyLock::new(|| SecretKey::parse("secret_key").unwrap());
static OTHER_KEY: LazyLock<SecretKey> = LazyLock::new(|| SecretKey::parse("secret_kez").unwrap());

const SIGNED: [&str; 8] = [
    "amount",
    "currency",
    "email",
    "error_code",
    "ip",
    "txn_id",
    "txn_status",
    "txn_type",
];

/// Checks that a notification of any bytes is read or refused. If another reader finds the fields in it, it verifies
/// with the signature over them or is refused as ambiguous, and never with the signature of another key or of another
/// value.
pub fn qiwi_pay_notification(body: &[u8]) {
    let _ = Notification::verify(&KEY, body);
    let Ok(Value::Object(mut object)) = serde_json::from_slice::<Value>(body) else {
        return;
    };
    let fields: Option<Vec<_>> = SIGNED.iter().map(|name| text(object.get(*name))).collect();
    let Some(fields) = fields else { return };
    let pairs = || SIGNED.into_iter().zip(fields.iter().map(String::as_str));
    let mut verify = |sign: String| {
        object.insert("sign".to_owned(), sign.into());
        let body = Value::Object(object.clone()).to_string();
        Notification::verify(&KEY, body.as_bytes())
    };
    let right = verify(KEY.sign_notification(pairs()));
    if let Ok(notification) = &right {
        let txn_id = notification.txn_id.to_string();
        assert!(pairs().any(|(name, value)| name == "txn_id" && same_number(value, &txn_id)));
    }
    let is_refused = |answer: Result<Notification, NotificationError>| {
        // What cannot be read is refused as such, whatever its signature.
        assert!(answer.is_err());
    };
    is_refused(verify(OTHER_KEY.sign_notification(pairs())));
    is_refused(verify(String::new()));
    for changed in SIGNED {
        let other = pairs().map(|(name, value)| match name == changed {
            true => (name, "other"),
            false => (name, value),
        });
        is_refused(verify(KEY.sign_notification(other)));
    }
}

fn same_number(a: &str, b: &str) -> bool {
    a.trim_start_matches('0') == b.trim_start_matches('0')
}

/// Returns a text or a whole number as it is signed, an empty text for what is missing, and `None` for what another
/// reader writes in another way.
fn text(value: Option<&Value>) -> Option<String> {
    match value {
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) if text != "other" => Some(text.clone()),
        Some(Value::Number(number)) if number.is_u64() => Some(number.to_string()),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_notification_verifies_with_its_own_signature_and_with_no_other() {
        crate::corpus::try_all("qiwi_pay_notification", super::qiwi_pay_notification, 1_000);
    }
}
