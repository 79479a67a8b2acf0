//! Notifications as the provider sends them, and as it must not matter how it sends them.
#![allow(clippy::unwrap_used, clippy::panic)]

use pantoken_payin::{
    CardCheckStatus, Flag, Hint, MethodKind, Notification, NotificationError, NotificationKey,
    NotificationKind, OperationStatus, Reason, ThreeDsStatus, TokenStatus, Unreadable,
};

fn key() -> NotificationKey {
    NotificationKey::parse("skey").unwrap()
}

/// Verifies a body that is signed over this text.
fn signed(text: &str, body: &str) -> Result<Notification, NotificationError> {
    let signature = key().sign(text);
    Notification::verify(
        &key(),
        [("Signature", signature.as_bytes())],
        body.as_bytes(),
    )
}

const PAYMENT: &str = r#"{"payment":{"paymentId":"A22170834426031500000733E625FCB3","type":"PAYMENT",
    "createdDateTime":"2022-08-05T11:34:42+03:00","status":{"value":"DECLINE","changedDateTime":
    "2022-08-05T11:34:44+03:00","reasonCode":"ACQUIRING_INSUFFICIENT_FUNDS","reasonMessage":"No money",
    "errorCode":51},"amount":{"value":5,"currency":"RUB"},"paymentMethod":{"type":"CARD","maskedPan":
    "444444******4444","rrn":123,"authCode":null,"cardHolder":"CARD HOLDER","cardExpireDate":"12/2028",
    "type":"CARD"},"tokenData":{"paymentToken":"4cc975be-483f-8d29-2b7de3e60c2f","expiredDate":
    "2021-12-31T00:00:00+03:00"},"customer":{"ip":"127.0.0.1","email":"a@b.example","account":"customer-7"},
    "gatewayData":{"type":"ACQUIRING","eci":"6","authCode":"181218"},"billId":"testing122",
    "flags":["SALE","NEW_FLAG"],"newField":{"a":[1]}},"type":"PAYMENT","version":"1","newField":1}"#;
const PAYMENT_TEXT: &str = "A22170834426031500000733E625FCB3|2022-08-05T11:34:42+03:00|5.00";

#[test]
fn a_payment_is_read_with_all_that_is_new_and_repeated_in_it() {
    let notification = signed(PAYMENT_TEXT, PAYMENT).unwrap();
    let Some(Hint::Payment(payment)) = notification.hint() else {
        panic!("{notification:?}");
    };
    assert_eq!(payment.status.value, OperationStatus::Declined);
    assert_eq!(
        payment.status.reason,
        Some(Reason::AcquiringInsufficientFunds)
    );
    let ps_error_code = payment.status.ps_error_code.as_ref().unwrap();
    assert_eq!(ps_error_code.attempts_left_today(), Some(1));
    let method = payment.method.as_ref().unwrap();
    assert_eq!(method.kind, MethodKind::Card);
    assert_eq!(method.rrn.as_deref(), Some("123"));
    assert_eq!(method.auth_code, None);
    let token = payment.token.as_ref().unwrap();
    assert_eq!(token.token.expose(), "4cc975be-483f-8d29-2b7de3e60c2f");
    assert_eq!(
        payment.flags,
        [Flag::Sale, Flag::Other("NEW_FLAG".to_owned())]
    );
    assert!(notification.raw().expose().contains("newField"));
    assert_eq!(
        notification.deduplication_key(),
        "PAYMENT|A22170834426031500000733E625FCB3|DECLINE"
    );
}

#[test]
fn nothing_secret_or_personal_is_printed() {
    let notification = signed(PAYMENT_TEXT, PAYMENT).unwrap();
    let printed = format!("{notification:?}");
    for secret in [
        "4cc975be",
        "CARD HOLDER",
        "12/2028",
        "a@b.example",
        "127.0.0.1",
    ] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn a_card_check_is_read() {
    let body = r#"{"checkPaymentMethod":{"status":"SUCCESS","isValidCard":true,"threeDsStatus":"WITHOUT",
        "cardInfo":{"issuingCountry":"0","issuingBank":"not present","paymentSystem":"VISA","fundingSource":
        "UNKNOWN","paymentSystemProduct":"UNKNOWN"},"createdToken":{"token":"a53a-4de1","name":
        "411111******1111","expiredDate":"2021-11-30T00:00:00+03:00","account":"some_account"},"requestUid":
        "uuid1-uuid2","paymentMethod":{"type":"CARD","maskedPan":"411111******1111","cardHolder":"",
        "cardExpireDate":"11/2021"},"checkOperationDate":"2021-08-13T15:44:01+03:00"},"type":"CHECK_CARD",
        "version":"1"}"#;
    let notification = signed("uuid1-uuid2|2021-08-13T15:44:01+03:00", body).unwrap();
    let Some(Hint::CardCheck(check)) = notification.hint() else {
        panic!("{notification:?}");
    };
    assert!(check.is_verified());
    assert_eq!(check.status, CardCheckStatus::Success);
    assert_eq!(check.three_ds_status, Some(ThreeDsStatus::Without));
    let token = check.token.as_ref().unwrap();
    assert_eq!(token.name.as_deref(), Some("411111******1111"));
    assert_eq!(token.account.as_deref(), Some("some_account"));
}

#[test]
fn a_rejected_token_is_read() {
    let body = r#"{"token":{"status":{"value":"REJECTED","changedDateTime":"2023-01-01T10:00:00+03:00"},
        "merchantSiteUid":"test-00","account":"клиент-1","rejectReason":"NEW_X"},"type":"TOKEN","version":"1"}"#;
    let text = "test-00|клиент-1|REJECTED|2023-01-01T10:00:00+03:00";
    let notification = signed(text, body).unwrap();
    let Some(Hint::Token(token)) = notification.hint() else {
        panic!("{notification:?}");
    };
    assert_eq!(token.status.value, TokenStatus::Rejected);
    assert_eq!(token.status.reason, Some(Reason::Other("NEW_X".to_owned())));
    assert_eq!(token.token, None);
}

#[test]
fn a_status_that_is_not_known_survives() {
    let body = r#"{"payout":{"payoutId":"p1","createdDateTime":"d","amount":{"value":"200.00","currency":"RUB"},
        "status":{"value":"PARTIAL","reason":"NEW_X"}},"type":"PAYOUT"}"#;
    let notification = signed("p1|d|200.00", body).unwrap();
    let Some(Hint::Payout(payout)) = notification.hint() else {
        panic!("{notification:?}");
    };
    assert_eq!(
        payout.status.value,
        OperationStatus::Other("PARTIAL".to_owned())
    );
    assert_eq!(notification.status(), "PARTIAL");
}

#[test]
fn a_type_that_is_not_known_is_told_by_name() {
    for kind in ["CHARGEBACK", "BILL", "payment"] {
        let body = format!(r#"{{"type":"{kind}","chargeback":{{}},"bill":{{}}}}"#);
        assert_eq!(
            signed("", &body),
            Err(NotificationError::UnknownKind(NotificationKind::Other(
                kind.to_owned()
            )))
        );
    }
}

#[test]
fn a_signed_notification_without_a_status_is_still_a_hint_to_ask() {
    let body =
        r#"{"refund":{"refundId":"1","createdDateTime":"d","amount":{"value":1}},"type":"REFUND"}"#;
    let notification = signed("1|d|1.00", body).unwrap();
    assert_eq!(notification.hint(), None);
    assert_eq!(notification.object_id(), "1");
    assert_eq!(notification.status(), "");
}

#[test]
fn the_amount_is_accepted_padded_or_as_it_stands() {
    let body = |value: &str| {
        format!(
            r#"{{"capture":{{"captureId":"1","createdDateTime":"d","amount":{{"value":{value}}}}},"type":"CAPTURE"}}"#
        )
    };
    for value in ["1", "\"1\"", "\"1.00\"", "1.0", "1.000", "1E0"] {
        assert!(signed("1|d|1.00", &body(value)).is_ok(), "{value}");
    }
    assert!(signed("1|d|2.0", &body("2.0")).is_ok());
    // It is not rounded: a cent less is another amount.
    assert!(signed("1|d|1.019", &body("1.019")).is_ok());
    for wrong in ["1|d|1.02", "1|d|1.01", "1|d|1"] {
        let refused = signed(wrong, &body("1.019"));
        assert_eq!(refused, Err(NotificationError::WrongSignature));
    }
    let odd = signed("1|d|-1.00", &body("\"one\""));
    assert_eq!(odd, Err(NotificationError::WrongSignature));
}

#[test]
fn the_last_of_repeated_fields_is_signed_and_read() {
    let body = r#"{"payment":{"paymentId":"first","paymentId":"last","createdDateTime":"d","amount":{"value":1,
        "currency":"RUB"},"status":{"value":"SUCCESS"}},"type":"REFUND","type":"PAYMENT"}"#;
    let notification = signed("last|d|1.00", body).unwrap();
    assert_eq!(notification.object_id(), "last");
    let first = signed("first|d|1.00", body);
    assert_eq!(first, Err(NotificationError::WrongSignature));
}

#[test]
fn the_header_must_be_there_once_and_its_case_does_not_matter() {
    let signature = key().sign(PAYMENT_TEXT);
    let value = signature.as_bytes();
    let verify = |headers: &[(&str, &[u8])]| {
        Notification::verify(&key(), headers.iter().copied(), PAYMENT.as_bytes())
    };
    for name in ["Signature", "signature", "SIGNATURE"] {
        assert!(verify(&[("host", b"x"), (name, value)]).is_ok(), "{name}");
    }
    assert_eq!(
        verify(&[("X-Api-Signature-SHA256", value)]),
        Err(NotificationError::NoSignature("Signature"))
    );
    assert_eq!(
        verify(&[("Signature", value), ("signature", value)]),
        Err(NotificationError::SeveralSignatures("Signature"))
    );
    for odd in [&b""[..], b"\xff\xfe", &value[1..]] {
        let refused = verify(&[("Signature", odd)]);
        assert_eq!(refused, Err(NotificationError::WrongSignature));
    }
}

#[test]
fn what_is_no_notification_is_refused_by_name() {
    let refused = |body: &str| signed("", body).unwrap_err();
    for body in ["", "null", "[]", "{", "<html>", "\u{feff}{}"] {
        let error = NotificationError::Unreadable(Unreadable::NotAnObject);
        assert_eq!(refused(body), error, "{body}");
    }
    for (body, field) in [
        ("{}", "type"),
        (r#"{"type":"PAYMENT"}"#, "payment"),
        (r#"{"type":"PAYMENT","payment":[]}"#, "payment"),
        (r#"{"type":"PAYMENT","payment":{}}"#, "paymentId"),
        (
            r#"{"type":"CHECK_CARD","payment":{}}"#,
            "checkPaymentMethod",
        ),
        (
            r#"{"type":"PAYMENT","payment":{"paymentId":"1","createdDateTime":"d","amount":5}}"#,
            "amount.value",
        ),
    ] {
        let error = NotificationError::Unreadable(Unreadable::Field(field));
        assert_eq!(refused(body), error, "{body}");
    }
    let long = format!(r#"{{"a":"{}"}}"#, "a".repeat(Notification::MAX_BYTES));
    assert_eq!(refused(&long), NotificationError::TooLong);
}
