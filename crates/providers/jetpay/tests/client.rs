//! The client against a real HTTP server that answers as the platform does, or does not.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::Uri;
use pantoken_core::client::{BaseUrl, Connections};
use pantoken_jetpay::{
    Amount, Body, Client, Currency, Error, FieldError, NotSent, PaymentId, PayoutCustomer,
    PayoutRequest, Phase, ProjectId, SecretKey, SignatureError, StatusAnswer, UnknownCause,
    Variant,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

fn key() -> SecretKey {
    SecretKey::parse("secret").unwrap()
}

fn customer() -> PayoutCustomer {
    PayoutCustomer {
        id: "12345".to_owned(),
        ip_address: "198.51.100.47".parse().unwrap(),
        first_name: "John".to_owned(),
        last_name: "Doe".to_owned(),
        email: "johndoe@example.com".to_owned(),
    }
}

fn id() -> PaymentId {
    PaymentId::parse("test_123").unwrap()
}

fn payout() -> PayoutRequest {
    let amount = Amount::from_minor_units(100, Currency::KZT).unwrap();
    PayoutRequest::new(id(), customer(), "9182221133", amount).unwrap()
}

fn client(gate: &str) -> Client {
    let gate = BaseUrl::parse(gate).unwrap();
    let project = ProjectId::new(35).unwrap();
    Client::new(project, key(), gate, &Connections::default()).unwrap()
}

/// The requests that a platform has heard: path and body.
type Heard = Arc<Mutex<Vec<(String, Value)>>>;

/// Starts a platform that always answers like this.
async fn platform(status: u16, answer: String) -> (String, Heard) {
    let heard = Heard::default();
    let log = heard.clone();
    let router = Router::new().fallback(async move |uri: Uri, body: Bytes| {
        let body = serde_json::from_slice(&body).unwrap();
        log.lock().unwrap().push((uri.to_string(), body));
        (StatusCode::from_u16(status).unwrap(), answer)
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, heard)
}

fn signed(mut body: Value) -> String {
    let unsigned = Body::parse(body.to_string().as_bytes()).unwrap();
    body["signature"] = key()
        .sign_text(&unsigned.signed_text(Variant::PLATFORM))
        .into();
    body.to_string()
}

#[tokio::test]
async fn a_payout_is_sent_once_as_documented() {
    let answer = json!({
        "status": "success", "request_id": "r-1", "project_id": 35, "payment_id": "test_123",
    });
    let (url, heard) = platform(200, answer.to_string()).await;
    let accepted = client(&url).pay_out(&payout()).await.unwrap();
    assert_eq!(accepted.request_id.as_deref(), Some("r-1"));
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 1);
    let (path, body) = heard.first().unwrap();
    assert_eq!(path, "/v2/payment/wallet/qiwi-kz/payout");
    assert_eq!(
        *body,
        json!({
            "general": {
                "project_id": 35, "payment_id": "test_123",
                "signature": "sejcrOB9rMh+JqYO5AULN7pDv3pJ/3X/azJw7KJxDGYQdg153iIVgpN1PUqYb8L/rht2CmQt5IUvLtxXQeNOOg==",
            },
            "customer": {
                "id": "12345", "ip_address": "198.51.100.47", "first_name": "John", "last_name": "Doe",
                "email": "johndoe@example.com",
            },
            "account": {"number": "9182221133"},
            "payment": {"amount": 100, "currency": "KZT"},
        })
    );
}

#[tokio::test]
async fn a_status_is_asked_for_as_documented_and_read() {
    let answer = json!({
        "project_id": 35,
        "payment": {"id": "TEST_123", "status": "success", "sum": {"amount": 100, "currency": "KZT"}},
        "operations": [{"id": 1, "code": "20000"}, {"id": 2, "code": "0"}],
    });
    let (url, heard) = platform(200, signed(answer)).await;
    let StatusAnswer::Known(payment) = client(&url).status(&id()).await.unwrap() else {
        panic!("the payment is known");
    };
    assert_eq!(payment.phase(), Phase::Succeeded);
    let heard = heard.lock().unwrap();
    let (path, body) = heard.first().unwrap();
    assert_eq!(path, "/v2/payment/status");
    let signature =
        "blSVrxN2WfCo4cpS9SgLZpjFIlEOaznfcb/W3Foq+G0EdMkbIPjLSdF/OOjH8Ca40vdShfIBHVyt/eY883qewQ==";
    let general = json!({"project_id": 35, "payment_id": "test_123", "signature": signature});
    assert_eq!(*body, json!({"general": general}));
}

#[tokio::test]
async fn a_payment_that_is_not_known_is_not_a_failed_one() {
    for (code, expected) in [
        ("3061", StatusAnswer::Absent),
        ("3062", StatusAnswer::NoDetails),
    ] {
        let answer = json!({
            "project_id": 35, "payment": {"id": "test_123", "status": "error"},
            "errors": [{"code": code, "message": "m"}],
        });
        let (url, _) = platform(200, signed(answer)).await;
        assert_eq!(client(&url).status(&id()).await, Ok(expected), "{code}");
    }
}

#[tokio::test]
async fn a_status_that_cannot_be_believed_says_nothing() {
    let answer = |id: &str| json!({"project_id": 35, "payment": {"id": id, "status": "success"}, "operations": []});
    let forged = signed(answer("test_123")).replace("success", "decline");
    let unsigned = answer("test_123").to_string();
    for (body, cause) in [
        (forged, UnknownCause::Signature(SignatureError::Wrong)),
        (unsigned, UnknownCause::Signature(SignatureError::Missing)),
        (
            signed(answer("other")),
            UnknownCause::Mismatch("payment.id"),
        ),
    ] {
        let (url, _) = platform(200, body).await;
        let error = client(&url).status(&id()).await.unwrap_err();
        assert_eq!(error, Error::Unknown(cause));
    }
    let (url, _) = platform(200, "<html></html>".to_owned()).await;
    let error = client(&url).status(&id()).await.unwrap_err();
    assert!(matches!(error, Error::Unknown(UnknownCause::Unreadable(_))));
}

#[tokio::test]
async fn an_answer_that_does_not_say_so_is_no_success() {
    for (body, cause) in [
        ("{\"status\":\"error\"}", UnknownCause::Status(200)),
        ("{}", UnknownCause::Status(200)),
        (
            "{\"status\":\"success\",\"payment_id\":\"other\"}",
            UnknownCause::Mismatch("payment_id"),
        ),
    ] {
        let (url, _) = platform(200, body.to_owned()).await;
        let error = client(&url).pay_out(&payout()).await.unwrap_err();
        assert_eq!(error, Error::Unknown(cause), "{body}");
    }
    let (url, _) = platform(200, "x".repeat(70_000)).await;
    let error = client(&url).pay_out(&payout()).await.unwrap_err();
    assert_eq!(error, Error::Unknown(UnknownCause::TooLong(64 * 1024)));
    let (url, _) = platform(302, String::new()).await;
    let error = client(&url).pay_out(&payout()).await.unwrap_err();
    assert_eq!(error, Error::Unknown(UnknownCause::Status(302)));
}

#[tokio::test]
async fn only_without_a_connection_is_nothing_sent() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    // It listens, but never answers.
    let silent = client(&url).with_timeout(Duration::from_millis(50));
    let error = silent.pay_out(&payout()).await.unwrap_err();
    assert_eq!(error, Error::Unknown(UnknownCause::Timeout));
    drop(closed);
    let error = client(&url).pay_out(&payout()).await.unwrap_err();
    assert!(matches!(error, Error::NotSent(NotSent::NoConnection(_))));
}

#[test]
fn a_payout_that_the_platform_would_refuse_is_not_made() {
    let amount = || Amount::from_minor_units(100, Currency::KZT).unwrap();
    let refused = |change: &dyn Fn(&mut PayoutCustomer), account: &str| {
        let mut customer = customer();
        change(&mut customer);
        PayoutRequest::new(id(), customer, account, amount()).unwrap_err()
    };
    let length = |field, max| FieldError::Length { field, max };
    let long = "x".repeat(256);
    let error = refused(&|customer| customer.id.clear(), "1");
    assert_eq!(error, length("customer.id", 255));
    let error = refused(&|customer| customer.email.clone_from(&long), "1");
    assert_eq!(error, length("customer.email", 255));
    let error = refused(&|customer| customer.last_name = "A;b:c".to_owned(), "1");
    assert_eq!(error, FieldError::Character("customer.last_name"));
    let error = refused(&|customer| customer.first_name = "A\n".to_owned(), "1");
    assert_eq!(error, FieldError::Character("customer.first_name"));
    assert_eq!(refused(&|_| (), ""), length("account.number", 100));
    let error = refused(&|_| (), &"1".repeat(101));
    assert_eq!(error, length("account.number", 100));
    let rubles = Amount::from_minor_units(100, Currency::parse("RUB")).unwrap();
    let error = PayoutRequest::new(id(), customer(), "1", rubles).unwrap_err();
    assert_eq!(error, FieldError::Amount);
    let error = payout().description("").unwrap_err();
    assert_eq!(error, length("payment.description", 255));
}

#[test]
fn the_same_payout_is_always_the_same_bytes() {
    let project = ProjectId::new(35).unwrap();
    let bytes = || {
        payout()
            .description("Выплата: май")
            .unwrap()
            .to_json(project, &key())
    };
    assert_eq!(bytes().unwrap(), bytes().unwrap());
}

#[test]
fn no_secret_of_a_client_is_printed() {
    let gate = BaseUrl::parse("http://127.0.0.1:3022").unwrap();
    let key = SecretKey::parse("secret-key").unwrap();
    let project = ProjectId::new(35).unwrap();
    let connections = Connections::default().proxy("http://user:secret-password@127.0.0.1:3128");
    let client = Client::new(project, key, gate, &connections).unwrap();
    let printed = format!("{client:?}");
    assert!(!printed.contains("secret-"), "{printed}");
}
