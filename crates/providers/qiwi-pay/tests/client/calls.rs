//! Each call sends what the document says, once, and no answer about something else counts as a success.

use pantoken_qiwi_pay::{
    Amount, CaptureRequest, CardToken, CardsRequest, DealParts, Error, ErrorCode, Finish3dsRequest,
    NotSent, Operation, OrderId, PaymentRequest, PayoutRequest, PayoutTarget, Repeat,
    ReturnRequest, Source, StatusRequest, TxnId, UnknownCause,
};
use serde_json::{Value, json};

use crate::provider::{Provider, client_builder};

fn amount(value: &str) -> Amount {
    Amount::parse(value, "RUB").unwrap()
}

fn order() -> OrderId {
    OrderId::parse("order-1").unwrap()
}

fn token() -> CardToken {
    CardToken::parse("token-1").unwrap()
}

pub(crate) fn payment() -> PaymentRequest {
    let source = Source::CardToken(token());
    PaymentRequest::new(Operation::Auth, order(), amount("7.00"), source)
}

fn answer(changes: &Value) -> String {
    let mut answer = json!({"txn_id": 1, "txn_status": 2, "txn_type": 2, "error_code": 0, "amount": "7.00", "currency": 643});
    for (name, value) in changes.as_object().unwrap() {
        answer[name] = value.clone();
    }
    answer.to_string()
}

/// Compares a request without its signature, which the provider has checked.
fn sent(provider: &Provider) -> Value {
    let mut request = provider.only_request();
    request.as_object_mut().unwrap().remove("sign");
    request
}

#[tokio::test]
async fn a_payment_by_token_is_sent() {
    let provider = Provider::answers(200, &answer(&json!({}))).await;
    let mut request = payment();
    request.details.email = Some("payer@shop.example".to_owned());
    request.device.ip = Some("10.0.0.1".to_owned());
    request.callback_url = Some("https://shop.example/cb?a=1&b=2".to_owned());
    let transaction = provider.client().pay(&request).await.unwrap();
    assert!(transaction.is_secured());
    let expected = json!({"opcode": 3, "merchant_site": 555, "amount": "7.00", "currency": 643, "order_id": "order-1",
        "card_token": "token-1", "email": "payer@shop.example", "ip": "10.0.0.1", "callback_url": "https://shop.example/cb?a=1&b=2"});
    assert_eq!(sent(&provider), expected);
}

#[cfg(feature = "card-data")]
#[tokio::test]
async fn a_payment_by_card_number_is_sent() {
    let provider = Provider::answers(200, &answer(&json!({"txn_type": 1, "txn_status": 4}))).await;
    let card = pantoken_qiwi_pay::CardData::parse("4111111111111111", "1230").unwrap();
    let card = card.with_security_code("123").unwrap();
    let mut request =
        PaymentRequest::new(Operation::Sale, order(), amount("7.00"), Source::Card(card));
    request.card_name = Some("unknown name".to_owned());
    provider.client().pay(&request).await.unwrap();
    let expected = json!({"opcode": 1, "merchant_site": 555, "amount": "7.00", "currency": 643, "order_id": "order-1",
        "pan": "4111111111111111", "expiry": "1230", "cvv2": "123", "card_name": "unknown name"});
    assert_eq!(sent(&provider), expected);
}

#[tokio::test]
async fn the_other_operations_are_sent() {
    let txn_id = TxnId::new(806_930_407_050);
    let id = json!({"txn_id": "806930407050"});
    let provider = Provider::answers(200, &answer(&id)).await;
    let finish = Finish3dsRequest::new(txn_id, "eJxV+/=");
    provider.client().finish_3ds(&finish).await.unwrap();
    assert_eq!(
        sent(&provider),
        json!({"opcode": 2, "merchant_site": 555, "txn_id": 806930407050_u64, "pares": "eJxV+/="})
    );

    let provider = Provider::answers(200, &answer(&id)).await;
    provider
        .client()
        .capture(&CaptureRequest::new(txn_id))
        .await
        .unwrap();
    assert_eq!(
        sent(&provider),
        json!({"opcode": 5, "merchant_site": 555, "txn_id": 806930407050_u64})
    );

    let reversed = answer(&json!({"txn_id": 9, "txn_type": 4, "txn_status": 3, "amount": 350}));
    let provider = Provider::answers(200, &reversed).await;
    let mut reversal = ReturnRequest::reversal(txn_id, Some(amount("350.00")));
    reversal.deal = Some(DealParts::parse("250.00;100.00", &amount("350.00")).unwrap());
    provider.client().give_back(&reversal).await.unwrap();
    let expected = json!({"opcode": 6, "merchant_site": 555, "txn_id": 806930407050_u64, "amount": "350.00", "cf2": "250.00;100.00"});
    assert_eq!(sent(&provider), expected);

    let refunded = answer(&json!({"txn_id": 9, "txn_type": 3, "txn_status": 3}));
    let provider = Provider::answers(200, &refunded).await;
    provider
        .client()
        .give_back(&ReturnRequest::refund(txn_id, None))
        .await
        .unwrap();
    assert_eq!(
        sent(&provider),
        json!({"opcode": 7, "merchant_site": 555, "txn_id": 806930407050_u64})
    );

    let paid = answer(&json!({"txn_id": 9, "txn_type": 8, "txn_status": 3}));
    let provider = Provider::answers(200, &paid).await;
    let mut payout = PayoutRequest::new(order(), amount("7.00"), PayoutTarget::CardToken(token()));
    payout.deal_txn_id = Some(txn_id);
    provider.client().pay_out(&payout).await.unwrap();
    let expected = json!({"opcode": 20, "merchant_site": 555, "amount": "7.00", "currency": 643, "order_id": "order-1",
        "card_token": "token-1", "txn_id": 806930407050_u64});
    assert_eq!(sent(&provider), expected);
}

#[tokio::test]
async fn the_status_is_asked_by_transaction_or_by_order() {
    let body = r#"{"transactions":[],"error_code":0}"#;
    let provider = Provider::answers(200, body).await;
    let found = provider
        .client()
        .status(&StatusRequest::Order(order()))
        .await
        .unwrap();
    assert!(found.is_empty());
    assert_eq!(
        sent(&provider),
        json!({"opcode": 30, "merchant_site": 555, "order_id": "order-1"})
    );

    let provider = Provider::answers(200, r#"{"error_code":8022,"error_message":"unknown"}"#).await;
    let request = StatusRequest::Transaction(TxnId::new(7));
    let error = provider.client().status(&request).await.unwrap_err();
    assert_eq!(
        error.api_error().unwrap().code,
        ErrorCode::UNKNOWN_TRANSACTION
    );
    assert_eq!(
        sent(&provider),
        json!({"opcode": 30, "merchant_site": 555, "txn_id": 7})
    );
}

#[tokio::test]
async fn linked_cards_are_asked_for_without_reading_them() {
    let provider = Provider::answers(200, r#"{"cards":[1]}"#).await;
    let request = CardsRequest::MerchantUid("customer-7".to_owned());
    let cards = provider.client().cards(&request).await.unwrap();
    assert_eq!(cards.expose(), r#"{"cards":[1]}"#);
    assert_eq!(
        sent(&provider),
        json!({"opcode": 40, "merchant_site": 555, "merchant_uid": "customer-7"})
    );
}

#[tokio::test]
async fn an_answer_about_something_else_is_unknown() {
    for (field, changes) in [
        ("amount", json!({"amount": "7.01"})),
        ("amount", json!({"amount": 700})),
        ("currency", json!({"currency": 398})),
        ("txn_type", json!({"txn_type": 1})),
    ] {
        let provider = Provider::answers(200, &answer(&changes)).await;
        let error = provider.client().pay(&payment()).await.unwrap_err();
        assert_eq!(
            error,
            Error::Unknown(UnknownCause::Mismatch(field)),
            "{changes}"
        );
        assert_eq!(error.repeat(), Repeat::AfterStatus);
    }
    let provider = Provider::answers(200, &answer(&json!({"txn_id": 2}))).await;
    let capture = CaptureRequest::new(TxnId::new(1));
    let error = provider.client().capture(&capture).await.unwrap_err();
    assert_eq!(error, Error::Unknown(UnknownCause::Mismatch("txn_id")));
}

#[tokio::test]
async fn a_request_that_is_refused_here_is_not_sent() {
    let provider = Provider::answers(200, "{}").await;
    let client = provider.client();
    let mut request = payment();
    request.details.cf1 = Some("a|b".to_owned());
    let error = client.pay(&request).await.unwrap_err();
    assert!(
        matches!(error, Error::NotSent(NotSent::Field(_))),
        "{error}"
    );
    assert_eq!(error.repeat(), Repeat::No);
    for pares in ["", "<script>", "a b", &"a".repeat(70_000)] {
        let finish = Finish3dsRequest::new(TxnId::new(1), pares);
        let error = client.finish_3ds(&finish).await.unwrap_err();
        assert!(
            matches!(error, Error::NotSent(NotSent::Field(_))),
            "{error}"
        );
    }
    assert_eq!(provider.requests(), 0);
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    // Nothing listens on this port: the listener is gone.
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let client = client_builder(&format!("http://127.0.0.1:{port}/merchant/direct")).build();
    let error = client.unwrap().pay(&payment()).await.unwrap_err();
    assert!(
        matches!(error, Error::NotSent(NotSent::NoConnection(_))),
        "{error:?}"
    );
    assert_eq!(error.repeat(), Repeat::Later);
}
