use pantoken_core::contains_card_number;
use pantoken_payin::{
    Answer, Bill, Capture, CardCheck, Error, Outcome, Payment, Payout, QrCode, Refund, read_answer,
};

/// Checks that an answer of any bytes is a result or an error. The first three bytes are the HTTP status. A result
/// needs a status of success and the whole body, and no error prints a card number or says that nothing was
/// sent.
pub fn payin_answer(bytes: &[u8]) {
    let (status, body) = bytes.split_at(bytes.len().min(3));
    let status = str::from_utf8(status).ok().and_then(|it| it.parse().ok());
    let status = status.unwrap_or(200);
    for read in [
        is_read::<Bill>,
        is_read::<Payment>,
        is_read::<Capture>,
        is_read::<Refund>,
        is_read::<CardCheck>,
        is_read::<QrCode>,
        is_read::<Payout>,
        is_read::<Vec<Payment>>,
        is_read::<Vec<Refund>>,
    ] {
        if read(status, body) {
            assert!((200..300).contains(&status));
            let whole = body.trim_ascii_end();
            for kept in [whole.len() / 3, whole.len() / 2, whole.len() - 1] {
                assert!(!read(status, &whole[..kept]), "cut at {kept}");
            }
        }
    }
    is_read::<()>(status, body);
}

fn is_read<T: Answer>(status: u16, body: &[u8]) -> bool {
    let Err(error) = read_answer::<T>(status, body, None) else {
        return true;
    };
    let advice = error.advice();
    assert_ne!(advice.outcome, Outcome::NotSent);
    let is_refused = matches!(error, Error::Refused(_));
    assert_eq!(advice.outcome == Outcome::Refused, is_refused);
    // A success that cannot be read, or a server that failed, never says that nothing happened, unless the
    // provider's own error does.
    if error.api_error().is_none() && !(400..500).contains(&status) {
        assert_eq!(advice.outcome, Outcome::Unknown);
    }
    let printed = [error.to_string(), format!("{error:?}")];
    assert!(!printed.iter().any(|text| contains_card_number(text)));
    false
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_answer_is_a_result_only_if_it_is_whole_and_a_success() {
        crate::corpus::try_all("payin_answer", super::payin_answer, 4_000);
    }
}
