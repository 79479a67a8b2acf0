//! `verify` and `check_deposit`: what is read of them, and each answer.
#![allow(clippy::unwrap_used, clippy::panic)]

use pantoken_jetpay::{
    Account, Body, Currency, Deposit, MerchantAnswer, MerchantRequest, PaymentId, ProjectId,
    Question, SecretKey, Variant,
};
use serde_json::{Value, json};

fn key() -> SecretKey {
    SecretKey::parse("secret").unwrap()
}

fn request(mut body: Value) -> Result<MerchantRequest, MerchantAnswer> {
    let unsigned = Body::parse(body.to_string().as_bytes()).unwrap();
    let signature = key().sign_text(&unsigned.signed_text(Variant::PLATFORM));
    body["signature"] = signature.into();
    read(&body.to_string())
}

fn read(body: &str) -> Result<MerchantRequest, MerchantAnswer> {
    let key = key();
    let keys = |project: ProjectId| (project.get() == 111).then_some(&key);
    MerchantRequest::verify(keys, body.as_bytes())
}

fn verify() -> Value {
    json!({"type": "verify", "project_id": 111, "customer_id": "johndoe@example.com"})
}

fn check_deposit() -> Value {
    json!({
        "type": "check_deposit", "project_id": 111, "customer_id": "johndoe@example.com",
        "amount": 10000, "currency": "KZT", "payment_method": "qiwi-kz",
    })
}

fn judge(body: Value, account: Option<&Account>) -> Result<Deposit, MerchantAnswer> {
    let request = request(body).unwrap();
    let Question::CheckDeposit(sum) = request.question() else {
        panic!("no check_deposit");
    };
    request.judge(sum, account)
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

fn code(answer: &MerchantAnswer) -> (u16, u16) {
    (answer.http_status(), answer.code())
}

#[test]
fn the_documented_questions_are_read() {
    let asked = request(verify()).unwrap();
    assert_eq!(asked.project_id().get(), 111);
    assert_eq!(asked.customer_id(), "johndoe@example.com");
    assert_eq!(*asked.question(), Question::Verify);
    let deposit = judge(check_deposit(), Some(&Account::new(Currency::KZT))).unwrap();
    assert_eq!(deposit.amount.minor_units(), 10000);
    assert_eq!(deposit.amount.currency().as_str(), "KZT");
    assert_eq!(deposit.payment_method.as_deref(), Some("qiwi-kz"));
}

#[test]
fn the_answers_are_as_documented() {
    let json = |answer: &MerchantAnswer| serde_json::to_string(answer).unwrap();
    let mut account = Account::new(Currency::KZT);
    let answer = MerchantAnswer::Account(account.clone());
    assert_eq!(json(&answer), r#"{"code":0,"currency":"KZT"}"#);
    account.additional_customer_id = Some("HFVDW42345".to_owned());
    assert_eq!(
        json(&MerchantAnswer::Account(account)),
        r#"{"code":0,"currency":"KZT","additional_customer_id":"HFVDW42345"}"#
    );
    let id = PaymentId::parse("Asfdsaf3252345").unwrap();
    assert_eq!(
        json(&MerchantAnswer::Deposit(id)),
        r#"{"code":0,"payment_id":"Asfdsaf3252345"}"#
    );
    assert_eq!(
        json(&MerchantAnswer::NoAccount),
        r#"{"code":404,"message":"the account does not exist"}"#
    );
    assert_eq!(
        json(&MerchantAnswer::WrongSignature),
        r#"{"code":400,"message":"the signature is invalid"}"#
    );
}

#[test]
fn what_cannot_be_read_is_a_bad_request() {
    for body in ["", "[]", "<html>", "{\"type\":", "null"] {
        assert_eq!(code(&read(body).unwrap_err()), (400, 500), "{body}");
    }
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(Body::MAX_BYTES));
    assert_eq!(read(&long).unwrap_err().http_status(), 413);
}

#[test]
fn a_wrong_signature_or_project_is_code_400() {
    let wrong = |body: Value| {
        let mut body = body;
        body["signature"] = "x".into();
        read(&body.to_string()).unwrap_err()
    };
    assert_eq!(wrong(verify()), MerchantAnswer::WrongSignature);
    assert_eq!(
        read(&verify().to_string()),
        Err(MerchantAnswer::WrongSignature)
    );
    for project in [
        json!(112),
        json!(null),
        json!("x"),
        json!(-111),
        json!(111.0),
    ] {
        let refused = request(with(verify(), "project_id", project.clone())).unwrap_err();
        assert_eq!(code(&refused), (200, 400), "{project}");
    }
    // The signature does not cover types.
    assert!(request(with(verify(), "project_id", json!("111"))).is_ok());
}

#[test]
fn another_type_or_customer_is_code_500() {
    for kind in [json!("payout"), json!(null), json!(1), json!("Verify")] {
        let refused = request(with(verify(), "type", kind.clone())).unwrap_err();
        assert_eq!(code(&refused), (200, 500), "{kind}");
    }
    let long = "x".repeat(256);
    for customer in [json!(""), json!(null), json!(true), json!([1]), json!(long)] {
        let refused = request(with(verify(), "customer_id", customer.clone())).unwrap_err();
        assert_eq!(code(&refused), (200, 500), "{customer}");
    }
    let number = request(with(verify(), "customer_id", json!(12345))).unwrap();
    assert_eq!(number.customer_id(), "12345");
    let longest = request(with(verify(), "customer_id", json!("я".repeat(255)))).unwrap();
    assert_eq!(longest.customer_id().chars().count(), 255);
}

#[test]
fn a_sum_that_is_no_positive_integer_is_code_500() {
    let account = Account::new(Currency::KZT);
    for amount in [
        json!(0),
        json!(-1),
        json!(1.5),
        json!("10000"),
        json!(null),
        json!(10_000_000_000_001_i64),
    ] {
        let body = with(check_deposit(), "amount", amount.clone());
        let refused = judge(body, Some(&account)).unwrap_err();
        assert_eq!(code(&refused), (200, 500), "{amount}");
    }
    let body = with(check_deposit(), "amount", json!(10_000_000_000_000_i64));
    assert!(judge(body, Some(&account)).is_ok());
}

#[test]
fn another_currency_than_the_accounts_is_code_500() {
    let account = Account::new(Currency::KZT);
    for currency in [json!("RUB"), json!("kzt"), json!(398), json!(null)] {
        let body = with(check_deposit(), "currency", currency.clone());
        let refused = judge(body.clone(), Some(&account)).unwrap_err();
        assert_eq!(code(&refused), (200, 500), "{currency}");
        assert_eq!(judge(body, None).is_ok(), currency == "RUB", "{currency}");
    }
}

#[test]
fn any_payment_method_is_taken() {
    let account = Account::new(Currency::KZT);
    let other = with(check_deposit(), "payment_method", json!("kassa24"));
    let deposit = judge(other, Some(&account)).unwrap();
    assert_eq!(deposit.payment_method.as_deref(), Some("kassa24"));
    let none = with(check_deposit(), "payment_method", json!(null));
    assert_eq!(judge(none, Some(&account)).unwrap().payment_method, None);
}
