//! Callbacks: what is read of them, and what is refused.
#![allow(clippy::unwrap_used, clippy::panic)]

use pantoken_jetpay::{
    Body, Callback, CallbackContent, CallbackError, OperationKind, Payment, PaymentKind,
    PaymentStatus, Phase, ProjectId, SecretKey, SignatureError, Unreadable, Variant,
};
use serde_json::{Value, json};

fn key() -> SecretKey {
    SecretKey::parse("secret").unwrap()
}

fn signed(mut body: Value) -> String {
    let unsigned = Body::parse(body.to_string().as_bytes()).unwrap();
    let signature = key().sign_text(&unsigned.signed_text(Variant::PLATFORM));
    body["signature"] = signature.into();
    body.to_string()
}

fn verify_text(body: &str) -> Result<Callback, CallbackError> {
    let key = key();
    let keys = |project: ProjectId| [238, 1234].contains(&project.get()).then_some(&key);
    Callback::verify(keys, body.as_bytes())
}

fn verify(body: Value) -> Result<Callback, CallbackError> {
    verify_text(&signed(body))
}

fn payment(body: Value) -> Payment {
    match verify(body).unwrap().content {
        CallbackContent::Payment(payment) => *payment,
        _ => panic!("no payment"),
    }
}

fn vector(id: &str) -> Value {
    let vectors: Value = serde_json::from_str(include_str!("golden/vectors.json")).unwrap();
    let all = vectors["vectors"].as_array().unwrap();
    let vector = all.iter().find(|vector| vector["id"] == id).unwrap();
    serde_json::from_str(vector["input"].as_str().unwrap()).unwrap()
}

fn success() -> Value {
    json!({
        "project_id": 238,
        "payment": {"id": "P1", "status": "success", "sum": {"amount": 2000, "currency": "KZT"}},
        "operation": {"id": 1, "type": "sale", "status": "success", "code": "0"},
    })
}

#[test]
fn a_documented_callback_is_read_whole() {
    for (id, method) in [
        ("own-cb-kiosk-success", "Qiwi Kz Kiosk"),
        ("own-cb-wallet-success", "Qiwi Kz Terminal"),
    ] {
        let payment = payment(vector(id));
        assert_eq!(payment.id, "1554967098");
        assert_eq!(payment.status, PaymentStatus::Success);
        assert_eq!(payment.kind, Some(PaymentKind::Purchase));
        assert_eq!(payment.method.as_deref(), Some(method));
        assert_eq!(payment.account_number.as_deref(), Some("user9876"));
        let sum = payment.sum.as_ref().unwrap();
        assert_eq!((sum.minor_units(), sum.currency().as_str()), (2000, "KZT"));
        let operation = payment.last_operation().unwrap();
        assert_eq!(operation.id.as_deref(), Some("36425000001206"));
        assert_eq!(operation.kind, Some(OperationKind::Sale));
        let receipt = operation.provider_payment_id.as_deref();
        assert_eq!(receipt, Some("999990000001a1"));
        assert_eq!(payment.phase(), Phase::Succeeded);
    }
    let declined = payment(vector("own-cb-payout-decline"));
    assert_eq!(declined.kind, Some(PaymentKind::Payout));
    assert_eq!(declined.phase(), Phase::Failed);
    assert_eq!(declined.reason(), Some(("20000", Some("General decline"))));
    let paid = payment(vector("own-cb-payout-success"));
    assert_eq!(paid.phase(), Phase::Succeeded);
}

#[test]
fn integers_beyond_double_precision_are_kept() {
    let body = r#"{"project_id":238,"payment":{"id":"P1","status":"success"},"operation":{"id":9007199254740993}}"#;
    let signature = key().sign(&Body::parse(body.as_bytes()).unwrap()).unwrap();
    let body = body.replacen('{', &format!("{{\"signature\":\"{signature}\","), 1);
    let callback = verify_text(&body).unwrap();
    let CallbackContent::Payment(payment) = callback.content else {
        panic!("no payment");
    };
    let operation = payment.last_operation().unwrap();
    assert_eq!(operation.id.as_deref(), Some("9007199254740993"));
}

#[test]
fn everything_but_project_id_and_status_is_optional() {
    let payment = payment(json!({
        "project_id": 238, "payment": {"id": "P1", "status": "processing"}, "operation": {},
        "account": null, "customer": [], "errors": null, "new_member": {"a": [1, 2]},
    }));
    assert_eq!(
        (payment.sum.clone(), payment.customer_id.clone()),
        (None, None)
    );
    assert_eq!((payment.phase(), payment.reason()), (Phase::Interim, None));
}

#[test]
fn success_needs_the_code_of_success() {
    let with_operation = |operation: Value| {
        let mut body = success();
        body["operation"] = operation;
        payment(body).phase()
    };
    assert_eq!(with_operation(json!({"code": "0"})), Phase::Succeeded);
    assert_eq!(with_operation(json!({"code": 0})), Phase::Succeeded);
    assert_eq!(with_operation(json!({})), Phase::Succeeded);
    assert_eq!(
        with_operation(json!({"code": "20000"})),
        Phase::Contradictory
    );
    for kind in ["payout reversal", "payout_reversal", "refund", "reversal"] {
        let reversal = json!({"type": kind, "status": "success", "code": "0"});
        assert_eq!(with_operation(reversal), Phase::Returned, "{kind}");
        let declined = json!({"type": kind, "status": "decline", "code": "20000"});
        assert_ne!(with_operation(declined), Phase::Returned, "{kind}");
    }
}

#[test]
fn errors_without_an_operation_are_a_callback() {
    let payment = payment(json!({
        "project_id": 238, "payment": {"id": "P1", "status": "error"},
        "errors": [{"code": "20502", "message": "Validation failed", "field": "amount"}],
    }));
    assert_eq!(payment.phase(), Phase::Failed);
    assert_eq!(payment.reason(), Some(("20502", Some("Validation failed"))));
}

#[test]
fn a_callback_of_another_kind_is_told_from_a_broken_one() {
    let other = json!({"project_id": 238, "recurring": {"id": 321, "status": "active"}});
    assert_eq!(verify(other).unwrap().content, CallbackContent::Other);
}

#[test]
fn a_callback_without_what_every_callback_has_is_refused_by_the_field() {
    let without = |change: &dyn Fn(&mut Value)| {
        let mut body = success();
        change(&mut body);
        verify(body).unwrap_err()
    };
    let field = |name| CallbackError::Unreadable(Unreadable::Field(name));
    for project in [
        json!(null),
        json!("238"),
        json!(238.5),
        json!(0),
        json!([238]),
    ] {
        let error = without(&|body| body["project_id"] = project.clone());
        assert_eq!(error, field("project_id"), "{project}");
    }
    for payment in [json!(null), json!("P1"), json!([]), json!(1)] {
        let error = without(&|body| body["payment"] = payment.clone());
        assert_eq!(error, field("payment"), "{payment}");
    }
    for id in [json!(null), json!(7), json!(["P1"]), json!({})] {
        let error = without(&|body| body["payment"]["id"] = id.clone());
        assert_eq!(error, field("payment.id"), "{id}");
    }
    let error = without(&|body| body["payment"]["status"] = json!(1));
    assert_eq!(error, field("payment.status"));
    for operation in [json!(null), json!("x"), json!(1)] {
        let error = without(&|body| body["operation"] = operation.clone());
        assert_eq!(error, field("operation"), "{operation}");
    }
    let error = without(&|body| body["project_id"] = json!(239));
    assert_eq!(error, CallbackError::UnknownProject);
}

#[test]
fn a_changed_value_or_a_missing_signature_is_refused() {
    let body = signed(success());
    let refused = verify_text(&body.replace("2000", "2001")).unwrap_err();
    assert_eq!(refused, CallbackError::Signature(SignatureError::Wrong));
    let refused = verify_text(&success().to_string()).unwrap_err();
    assert_eq!(refused, CallbackError::Signature(SignatureError::Missing));
    let null_account = json!({
        "project_id": 238, "payment": {"id": "P1", "status": "success"}, "operation": {}, "account": null,
    });
    assert!(verify(null_account).is_ok());
}

/// The parameters of a payment page are signed with the same key, and the customer sees the signature. A last name
/// that contains lines of its own must not turn it into that of a callback.
#[test]
fn the_signature_of_a_payment_page_is_never_that_of_a_callback() {
    let page = |best_before: &str, last_member: &str| {
        let forged = "A;operation:code:0;payment:id:P1;payment:status:success";
        let mut page = json!({
            "customer_id": "7", "customer_last_name": format!("{forged};payment:{last_member}:"),
            "payment_amount": 100, "payment_currency": "KZT", "payment_id": "P0", "project_id": 238,
        });
        if !best_before.is_empty() {
            page["best_before"] = best_before.into();
        }
        let page = Body::parse(page.to_string().as_bytes()).unwrap();
        // A merchant's own server signs without looking; ours would refuse.
        assert!(key().sign(&page).is_err());
        key().sign_text(&page.signed_text(Variant::PLATFORM))
    };
    let forge = |mut body: Value, best_before: &str, last_member: &str| {
        body["signature"] = page(best_before, last_member).into();
        let text = Body::parse(body.to_string().as_bytes()).unwrap();
        // The signature does hold.
        assert!(key().verify(&text).is_ok(), "{body}");
        assert_eq!(
            verify_text(&body.to_string()),
            Err(CallbackError::PaymentPage)
        );
    };
    let rest = ";payment_amount:100;payment_currency:KZT;payment_id:P0";
    forge(
        json!({
            "customer_id": "7", "customer_last_name": "A", "operation": {"code": "0"},
            "payment": {"id": "P1", "status": "success", "x": ""},
            "payment_amount": 100, "payment_currency": "KZT", "payment_id": "P0", "project_id": 238,
        }),
        "",
        "x",
    );
    forge(
        json!({
            "best_before": "2030;customer_id:7;customer_last_name:A", "operation": {"code": "0"},
            "payment": {"id": "P1", "status": "success", "x": rest}, "project_id": 238,
        }),
        "2030",
        "x",
    );
    // The signature holds only for the variant that does not skip a nested `frame_mode`.
    forge(
        json!({
            "best_before": {"frame_mode": "2030;customer_id:7;customer_last_name:A"},
            "operation": {"code": "0"},
            "payment": {"id": "P1", "status": "success", "x": {"frame_mode": rest}}, "project_id": 238,
        }),
        "frame_mode:2030",
        "x:frame_mode",
    );
}

#[test]
fn a_semicolon_in_a_value_is_no_reason_to_refuse() {
    let mut body = success();
    body["payment"]["id"] = "P;1".into();
    body["payment"]["description"] = "for a; and b".into();
    let payment = payment(body);
    assert_eq!(payment.id, "P;1");
    assert_eq!(payment.description.as_deref(), Some("for a; and b"));
}

#[test]
fn repetitions_of_a_callback_have_the_same_text() {
    let text = |body: Value| verify(body).unwrap().deduplication_text().to_owned();
    let mut later = success();
    later["operation"]["id"] = 2.into();
    assert_eq!(text(success()), text(success()));
    assert_ne!(text(success()), text(later));
}
