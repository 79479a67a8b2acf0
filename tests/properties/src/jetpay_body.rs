use std::sync::LazyLock;

use pantoken_jetpay::{
    Body, Callback, CallbackContent, CallbackError, MerchantAnswer, MerchantRequest, SecretKey,
    SignatureError, Variant,
};

static KEY: LazyLock<SecretKey> = LazyLock::new(|| SecretKey::parse("secret").unwrap());
static OTHER_KEY: LazyLock<SecretKey> = LazyLock::new(|| SecretKey::parse("secreu").unwrap());

/// Checks that any bytes are read or refused as a callback and as a question of the platform. A body that is read
/// verifies with the signature over its own text, in each of its variants, and never with another one or with
/// another key. What is a callback then has what every callback has.
pub fn jetpay_body(bytes: &[u8]) {
    let _ = take(bytes);
    let Ok(body) = Body::parse(bytes) else {
        assert!(matches!(take(bytes).0, Err(CallbackError::Unreadable(_))));
        assert!(matches!(take(bytes).1, Err(MerchantAnswer::Unreadable(_))));
        return;
    };
    for variant in Variant::all() {
        let text = body.signed_text(variant);
        let (right, wrong) = (KEY.sign_text(&text), OTHER_KEY.sign_text(&text));
        let Some(signed) = with_signature(bytes, &right) else {
            return;
        };
        let signed_body = Body::parse(&signed).unwrap();
        assert!(KEY.verify(&signed_body).is_ok(), "{variant}");
        let forged = Body::parse(&with_signature(bytes, &wrong).unwrap()).unwrap();
        assert_eq!(KEY.verify(&forged), Err(SignatureError::Wrong));
        if let Ok(callback) = take(&signed).0
            && let CallbackContent::Payment(payment) = callback.content
        {
            assert_eq!(
                body.get("payment").unwrap().get("id").unwrap().text(),
                Some(&*payment.id)
            );
            // The signature of a payment page is never that of a callback.
            assert!(!text.split(';').any(|line| line.starts_with("payment_")));
        }
        let answer = match take(&signed).1 {
            Ok(_) => continue,
            Err(answer) => answer,
        };
        assert!(matches!(answer.code(), 400 | 500));
    }
}

fn take(
    bytes: &[u8],
) -> (
    Result<Callback, CallbackError>,
    Result<MerchantRequest, MerchantAnswer>,
) {
    (
        Callback::verify(|_| Some(&KEY), bytes),
        MerchantRequest::verify(|_| Some(&KEY), bytes),
    )
}

/// Adds a signature to an object. The last of several counts.
fn with_signature(bytes: &[u8], signature: &str) -> Option<Vec<u8>> {
    let (start, _) = std::str::from_utf8(bytes)
        .ok()?
        .trim_end()
        .rsplit_once('}')?;
    let comma = if start.trim_end().ends_with('{') {
        ""
    } else {
        ","
    };
    let signed = format!("{start}{comma}\"signature\":\"{signature}\"}}");
    (signed.len() <= Body::MAX_BYTES).then(|| signed.into_bytes())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_body_verifies_with_its_own_signature_and_with_no_other() {
        crate::corpus::try_all("jetpay_body", super::jetpay_body, 1_000);
    }
}
