use std::sync::LazyLock;

use pantoken_payin::{Notification, NotificationError, NotificationKey};
use serde_json::Value;

static KEY: LazyLock<NotificationKey> = LazyLock::new(|| NotificationKey::parse("skey").unwrap());
static OTHER_KEY: LazyLock<NotificationKey> =
    LazyLock::new(|| NotificationKey::parse("skez").unwrap());

/// Checks that a notification of any bytes is read or refused. If another reader finds the signed fields in it,
/// it verifies with the signature over them, and never with another one or with another key.
pub fn payin_notification(body: &[u8]) {
    for header in [None, Some("00".repeat(32)), Some("AAAA".to_owned())] {
        assert!(verify(header.as_deref(), body).is_err());
    }
    let Some((header, text)) = signed_text(body) else {
        return;
    };
    let signature = KEY.sign(&text);
    let verify = |key: &NotificationKey, signature: &str| {
        Notification::verify(key, [(header, signature.as_bytes())], body)
    };
    let notification = verify(&KEY, &signature).unwrap();
    assert!(text.contains(notification.object_id()));
    let wrong = Err(NotificationError::WrongSignature);
    assert_eq!(verify(&OTHER_KEY, &signature), wrong);
    assert_eq!(verify(&KEY, &OTHER_KEY.sign(&text)), wrong);
    for bit in 0..256 {
        let mut bytes = hex_bytes(&signature);
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(verify(&KEY, &hex_text(&bytes)), wrong);
    }
}

fn verify(signature: Option<&str>, body: &[u8]) -> Result<Notification, NotificationError> {
    let headers = signature.map(|signature| ("Signature", signature.as_bytes()));
    Notification::verify(&KEY, headers, body)
}

fn hex_bytes(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().map(|c| c.to_digit(16).unwrap()).collect();
    let bytes = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]);
    bytes.map(|byte| u8::try_from(byte).unwrap()).collect()
}

fn hex_text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the header, and what is signed, if that can be told without decimals.
fn signed_text(body: &[u8]) -> Option<(&'static str, String)> {
    if body.len() > Notification::MAX_BYTES {
        return None;
    }
    let envelope: Value = serde_json::from_slice(body).ok()?;
    let (object, fields): (_, &[&str]) = match envelope.get("type").and_then(text) {
        Some(kind) => match &*kind {
            "PAYMENT" => ("/payment", &["/paymentId", "/createdDateTime", AMOUNT]),
            "CAPTURE" => ("/capture", &["/captureId", "/createdDateTime", AMOUNT]),
            "REFUND" => ("/refund", &["/refundId", "/createdDateTime", AMOUNT]),
            "PAYOUT" => ("/payout", &["/payoutId", "/createdDateTime", AMOUNT]),
            "CHECK_CARD" => (
                "/checkPaymentMethod",
                &["/requestUid", "/checkOperationDate"],
            ),
            "TOKEN" => ("/token", TOKEN),
            _ => return None,
        },
        None => ("/bill", BILL),
    };
    let header = match object {
        "/bill" => "X-Api-Signature-SHA256",
        _ => "Signature",
    };
    let object = envelope.pointer(object)?;
    let read = |path: &&str| {
        let text = text(object.pointer(path)?)?;
        match *path {
            AMOUNT => with_two_digits(&text),
            _ => Some(text).filter(|text| !text.contains('|')),
        }
    };
    let texts: Option<Vec<_>> = fields.iter().map(read).collect();
    Some((header, texts?.join("|")))
}

const AMOUNT: &str = "/amount/value";
const TOKEN: &[&str] = &[
    "/merchantSiteUid",
    "/account",
    "/status/value",
    "/status/changedDateTime",
];
const BILL: &[&str] = &[
    "/amount/currency",
    AMOUNT,
    "/billId",
    "/siteId",
    "/status/value",
];

/// Returns a text, or the digits of a whole number.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

fn with_two_digits(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "00"));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = (1..12).contains(&whole.len()) && (1..=2).contains(&fraction.len());
    if !is_plain || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    Some(format!("{whole}.{fraction:0<2}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_notification_verifies_with_its_own_signature_and_with_no_other() {
        crate::corpus::try_all("payin_notification", super::payin_notification, 1_000);
    }
}
