use pantoken_payin::{Amount, Payment, read_answer};

/// Checks that an amount of any text is refused, or is sent as it was written and worth what it says. In an
/// answer it is read without loss, however it is written there.
pub fn payin_amount(text: &[u8]) {
    let Ok(text) = str::from_utf8(text) else {
        return;
    };
    if let Ok(amount) = Amount::parse(text, "RUB") {
        assert_eq!(amount.to_wire().as_deref(), Some(text));
        let minor_units = amount.minor_units().unwrap();
        assert_eq!(Some(minor_units), hundredths(text));
        assert!((1..=99_999_999).contains(&minor_units));
        assert_eq!(answered(&format!("\"{text}\"")), Some(amount));
    }
    let Some(amount) = answered(text).or_else(|| answered(&format!("\"{text}\""))) else {
        return;
    };
    assert!(!amount.value().is_sign_negative());
    if let Some(expected) = hundredths(text) {
        assert_eq!(amount.minor_units(), Some(expected));
    }
    if let Some(written) = amount.to_wire() {
        let (_, fraction) = written.split_once('.').unwrap();
        assert_eq!(fraction.len(), 2);
        assert_eq!(answered(&format!("\"{written}\"")), Some(amount.clone()));
        assert_eq!(answered(&written), Some(amount));
    }
}

/// Returns the amount of a payment in whose answer the value is written like this.
fn answered(json: &str) -> Option<Amount> {
    let body = format!(
        r#"{{"paymentId":"1","amount":{{"value":{json},"currency":"RUB"}},"status":"COMPLETED"}}"#
    );
    let payment = read_answer::<Payment>(200, body.as_bytes(), None);
    payment.ok().map(|payment| payment.amount)
}

/// Returns the hundredths of a decimal that is written in digits, by arithmetic of integers.
fn hundredths(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = (1..=12).contains(&whole.len()) && fraction.len() <= 2;
    let ends_in_point = text.ends_with('.');
    if !is_plain || ends_in_point || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let whole: i64 = whole.parse().unwrap();
    let fraction: i64 = format!("{fraction:0<2}").parse().unwrap();
    Some(whole * 100 + fraction)
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_amount_is_worth_what_it_says_and_is_sent_as_it_was_written() {
        crate::corpus::try_all("payin_amount", super::payin_amount, 10_000);
    }
}
