//! Answers that are not the documented ones: each is classified, and none is taken for a success.

use pantoken_payin::{
    Amount, ErrorCode, Fault, NotSent, Outcome, Payment, PaymentId, PaymentRequest, PaymentToken,
    RefundId, RefundRequest, Repeat, TokenMethod, UnknownCause, Unreadable,
};

use crate::provider::{Provider, client_builder};

const COMPLETED: &str = r#"{"paymentId":"1","amount":{"value":"10.00","currency":"RUB"},"status":{"value":"COMPLETED"}}"#;

pub(crate) fn request() -> PaymentRequest {
    let token = PaymentToken::parse("aa8077be-5398-4389-925e-5aa13192e565").unwrap();
    PaymentRequest::with_token(
        PaymentId::parse("1").unwrap(),
        Amount::parse("10.00", "RUB").unwrap(),
        TokenMethod::new(token),
        "customer-7",
    )
}

/// Pays, and expects that the request arrived exactly once.
async fn pay(status: u16, body: &str) -> Result<Payment, pantoken_payin::Error> {
    let provider = Provider::answers(status, body).await;
    let payment = provider.client().payments().create(request()).await;
    provider.only_request();
    payment
}

#[tokio::test]
async fn only_the_documented_json_is_a_success() {
    assert!(pay(200, COMPLETED).await.is_ok());
    let unreadable = |error| {
        Err(pantoken_payin::Error::Unknown(UnknownCause::Unreadable(
            error,
        )))
    };
    for body in ["", "null", "[]", "<html>log in</html>", &COMPLETED[..60]] {
        let answer = pay(200, body).await;
        assert_eq!(answer, unreadable(Unreadable::NotAnObject), "{body}");
    }
    let no_status = r#"{"paymentId":"1","amount":{"value":"10.00","currency":"RUB"}}"#;
    let answer = pay(200, no_status).await;
    assert_eq!(answer, unreadable(Unreadable::Field("status")));
    let answer = pay(204, "").await;
    assert_eq!(answer, unreadable(Unreadable::NotAnObject));
}

#[tokio::test]
async fn an_answer_about_something_else_is_unknown() {
    for (field, body) in [
        ("amount", COMPLETED.replace("10.00", "10.01")),
        ("amount", COMPLETED.replace("10.00", "1000")),
        ("amount", COMPLETED.replace("RUB", "USD")),
        ("amount", COMPLETED.replace("RUB", "rub")),
        ("paymentId", COMPLETED.replace("\"1\"", "\"2\"")),
    ] {
        let error = pay(200, &body).await.unwrap_err();
        let mismatch = pantoken_payin::Error::Unknown(UnknownCause::Mismatch(field));
        assert_eq!(error, mismatch, "{body}");
        assert_eq!(error.advice().repeat, Repeat::AfterStatus);
    }
    // Another spelling of the same amount is the same.
    assert!(
        pay(200, &COMPLETED.replace("\"10.00\"", "10.0"))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_refund_of_another_amount_is_unknown() {
    let body = r#"{"refundId":"r","amount":{"value":"9.99","currency":"RUB"},"status":{"value":"COMPLETED"}}"#;
    let provider = Provider::answers(200, body).await;
    let request = RefundRequest::new(
        PaymentId::parse("1").unwrap(),
        RefundId::parse("r").unwrap(),
        Amount::parse("10.00", "RUB").unwrap(),
    );
    let answer = provider.client().refunds().create(request).await;
    let mismatch = pantoken_payin::Error::Unknown(UnknownCause::Mismatch("amount"));
    assert_eq!(answer, Err(mismatch));
}

#[tokio::test]
async fn the_published_error_is_a_refusal_under_any_status() {
    let body = r#"{"serviceName":"payin-core","errorCode":"validation.error","description":"Validation error",
        "userMessage":"Validation error","dateTime":"2019-10-02T18:10:12.345+03:00","traceId":"fd0e2a08c63ace83",
        "cause":{"paymentToken":["Exchange token error. Token disabled, please create new one"]}}"#;
    for status in [200, 400, 500] {
        let error = pay(status, body).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Refused, "{status}");
        let api_error = error.api_error().unwrap();
        assert_eq!(*api_error.code(), ErrorCode::ValidationError);
        assert!(api_error.cause().contains_key("paymentToken"));
        assert!(!error.to_string().contains("disabled"), "{error}");
    }
}

#[tokio::test]
async fn a_status_is_judged_without_a_body() {
    for (status, outcome, repeat) in [
        (401, Outcome::Refused, Repeat::OnceCorrected),
        (429, Outcome::Refused, Repeat::SameRequestLater),
        (500, Outcome::Unknown, Repeat::SameRequest),
        (503, Outcome::Unknown, Repeat::SameRequestLater),
    ] {
        let advice = pay(status, "").await.unwrap_err().advice();
        assert_eq!(
            (advice.outcome, advice.repeat),
            (outcome, repeat),
            "{status}"
        );
    }
    let error = pay(404, "<html>").await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    use axum::body::Body;
    use axum::http::header::LOCATION;
    use axum::response::Response;

    let provider = Provider::answers_with(|| {
        let response = Response::builder()
            .status(307)
            .header(LOCATION, "/elsewhere");
        response.body(Body::empty()).unwrap()
    })
    .await;
    let error = provider.client().payments().create(request()).await;
    let error = error.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(error.advice().fault, Fault::Network);
    assert_eq!(error.answer().map(|answer| answer.status), Some(307));
    provider.only_request();
}

#[tokio::test]
async fn how_long_to_wait_is_read() {
    use axum::body::Body;
    use axum::http::header::RETRY_AFTER;
    use axum::response::Response;

    let provider = Provider::answers_with(|| {
        let response = Response::builder().status(429).header(RETRY_AFTER, "7");
        response.body(Body::empty()).unwrap()
    })
    .await;
    let error = provider.client().payments().create(request()).await;
    let error = error.unwrap_err();
    let retry_after = error.answer().unwrap().retry_after;
    assert_eq!(retry_after.map(|wait| wait.as_secs()), Some(7));
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_is_not_sent() {
    let provider = Provider::answers(200, "{}").await;
    let mut request = request();
    request.comment = Some("a".repeat(300 * 1024));
    let error = provider.client().payments().create(request).await;
    let error = error.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(!error.to_string().contains("aaa"));
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    // Nothing listens on this port: the listener is gone.
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let client = client_builder(&format!("http://127.0.0.1:{port}/sites")).build();
    let error = client.unwrap().payments().create(request()).await;
    let error = error.unwrap_err();
    assert!(
        matches!(
            error,
            pantoken_payin::Error::NotSent(NotSent::NoConnection(_))
        ),
        "{error:?}"
    );
    assert_eq!(error.advice().repeat, Repeat::SameRequestLater);
}
