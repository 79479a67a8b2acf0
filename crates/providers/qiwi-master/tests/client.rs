//! The client against an HTTP server that records what it gets: exact methods, paths, headers and bodies.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use pantoken_qiwi_master::{
    CardId, CardName, CardPayment, CardType, Client, Error, ErrorKind, NextStep, NotSent, Order,
    OrderId, PackagePurchase, PaymentId, PaymentInfo, Roubles, StatementPeriod, Token,
    TransactionStatus, UnknownCause, Wallet,
};
use time::macros::datetime;
use tokio::net::TcpListener;
use uuid::Uuid;

const PAYMENT_INFO: &str =
    r#"{"id":"7","terms":"28004","transaction":{"id":"11","state":{"code":"Accepted"}}}"#;

/// A client of a provider that gives one answer to everything.
struct Provider {
    client: Client,
    requests: Arc<Mutex<Vec<String>>>,
}

async fn answering(status: u16, body: &'static str) -> Provider {
    let requests = Arc::<Mutex<Vec<String>>>::default();
    let record = Arc::clone(&requests);
    let handler = async move |request: Request| {
        let line = describe(request).await;
        record.lock().unwrap().push(line);
        (StatusCode::from_u16(status).unwrap(), body)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = Router::new().fallback(handler);
    tokio::spawn(axum::serve(listener, router).into_future());
    Provider {
        client: client(&url),
        requests,
    }
}

fn client(url: &str) -> Client {
    let wallet = Wallet::parse("79991234567").unwrap();
    let builder = Client::builder(wallet, Token::parse("secret-token").unwrap());
    builder.base_url(url).build().unwrap()
}

/// Returns the method, the path, and the body with its type. Every request has the token.
async fn describe(request: Request) -> String {
    let (head, body) = request.into_parts();
    assert_eq!(head.headers["authorization"], "Bearer secret-token");
    let body = to_bytes(body, 10_000).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let content_type = head.headers.get("content-type");
    assert_eq!(content_type.is_some(), !body.is_empty());
    assert!(content_type.is_none_or(|it| it == "application/json"));
    format!("{} {} {body}", head.method, head.uri)
        .trim_end()
        .to_owned()
}

impl Provider {
    fn was_asked(&self, expected: &str) {
        assert_eq!(*self.requests.lock().unwrap(), [expected]);
    }
}

fn card() -> CardId {
    CardId::parse("9001").unwrap()
}

fn order_to_pay() -> Order {
    let order =
        br#"{"id":"b-2","status":"PAYMENT_REQUIRED","price":{"amount":99.0,"currency":643}}"#;
    Order::read(order).unwrap()
}

#[tokio::test]
async fn a_package_is_bought() {
    let provider = answering(200, PAYMENT_INFO).await;
    let price = Roubles::new(2999.into()).unwrap();
    let purchase = PackagePurchase::new(PaymentId::new(7), price);
    let info = provider.client.buy_package(&purchase).await.unwrap();
    assert_eq!(info.transaction_id, "11");
    assert_eq!(info.state.as_deref(), Some("Accepted"));
    provider.was_asked(
        r#"POST /sinap/api/v2/terms/28004/payments {"id":"7","sum":{"amount":2999.00,"currency":"643"},"paymentMethod":{"type":"Account","accountId":"643"},"fields":{"account":"79991234567","vas_alias":"qvc-master"}}"#,
    );
}

#[tokio::test]
async fn a_card_is_ordered_and_paid_for() {
    let draft = r#"{"id":"b-2","cardAlias":"qvc-cpa","status":"DRAFT","price":null,"cardId":null}"#;
    let provider = answering(200, draft).await;
    let order = provider
        .client
        .create_order(&CardType::Prepaid)
        .await
        .unwrap();
    assert_eq!(order.next_step(), NextStep::Submit);
    provider.was_asked(r#"POST /cards/v2/persons/79991234567/orders {"cardAlias":"qvc-cpa"}"#);

    let provider = answering(200, r#"{"id":"b-2","status":"COMPLETED","cardId":"9001"}"#).await;
    let order = provider.client.submit_order(&order.id).await.unwrap();
    assert_eq!(order.next_step(), NextStep::Issued(Some(card())));
    provider.was_asked("PUT /cards/v2/persons/79991234567/orders/b-2/submit");

    let provider = answering(200, PAYMENT_INFO).await;
    let payment = CardPayment::of(&order_to_pay(), PaymentId::new(8)).unwrap();
    provider.client.pay_card(&payment).await.unwrap();
    provider.was_asked(
        r#"POST /sinap/api/v2/terms/32064/payments {"id":"8","sum":{"amount":99.00,"currency":"643"},"paymentMethod":{"type":"Account","accountId":"643"},"fields":{"account":"79991234567","order_id":"b-2"}}"#,
    );
}

#[tokio::test]
async fn the_outcome_of_a_payment_is_asked_for() {
    let info: PaymentInfo = {
        let provider = answering(200, PAYMENT_INFO).await;
        let payment = CardPayment::of(&order_to_pay(), PaymentId::new(8)).unwrap();
        provider.client.pay_card(&payment).await.unwrap()
    };
    let provider = answering(
        200,
        r#"{"status":"ERROR","errorCode":220,"error":"No money"}"#,
    )
    .await;
    let transaction = provider.client.transaction(&info).await.unwrap();
    assert_eq!(transaction.status, TransactionStatus::Failed);
    assert_eq!(transaction.error_code.as_deref(), Some("220"));
    provider.was_asked("GET /payment-history/v2/transactions/11?type=OUT");
}

#[tokio::test]
async fn cards_are_listed_and_shown() {
    let provider = answering(200, r#"[{"qvx":{"id":9001,"status":"ACTIVE"}}]"#).await;
    let cards = provider.client.cards().await.unwrap();
    assert_eq!(cards[0].id, card());
    provider.was_asked("GET /cards/v1/cards?vas-alias=qvc-master");

    let details = r#"{"status":"OK","cvv":"321","pan":"4111111111111111","errorCode":"0"}"#;
    let provider = answering(200, details).await;
    let details = provider
        .client
        .card_details(&card(), &Uuid::nil())
        .await
        .unwrap();
    assert_eq!(details.shown().unwrap().expose_pan(), "4111111111111111");
    provider.was_asked(
        r#"PUT /cards/v1/cards/9001/details {"operationId":"00000000-0000-0000-0000-000000000000"}"#,
    );
}

#[tokio::test]
async fn a_statement_is_a_pdf_file() {
    let from = datetime!(2021-03-01 00:30 +3);
    let period = StatementPeriod::new(from, datetime!(2021-03-31 00:00 +3)).unwrap();
    let provider = answering(200, "%PDF-1.4 …").await;
    let statement = provider.client.statement(&card(), &period).await.unwrap();
    assert!(statement.as_bytes().starts_with(b"%PDF-"));
    provider.was_asked(
        "GET /payment-history/v1/persons/79991234567/cards/9001/statement?from=2021-03-01T00%3A30%3A00%2B03%3A00&till=2021-03-31T00%3A00%3A00%2B03%3A00",
    );
    let provider = answering(200, "<html></html>").await;
    let statement = provider.client.statement(&card(), &period).await;
    assert_eq!(statement, Err(Error::Unknown(UnknownCause::NotAStatement)));
}

#[tokio::test]
async fn a_card_is_blocked_unblocked_and_renamed() {
    let provider = answering(202, "").await;
    provider.client.block(&card()).await.unwrap();
    provider.was_asked("PUT /cards/v2/persons/79991234567/cards/9001/block");

    let provider = answering(200, r#"{"status":"OK","confirmationId":null}"#).await;
    provider.client.unblock(&card()).await.unwrap();
    provider.was_asked("PUT /cards/v2/persons/79991234567/cards/9001/unblock");

    let provider = answering(200, r#"{"status":"OK","error":"OK","errorCode":"OK"}"#).await;
    let name = CardName::parse("Реклама").unwrap();
    provider.client.rename(&card(), &name).await.unwrap();
    provider.was_asked(r#"PUT /cards/v1/cards/9001/alias {"alias":"Реклама"}"#);
}

#[tokio::test]
async fn an_action_that_was_not_done_is_an_error() {
    let provider = answering(
        200,
        r#"{"status":"FAIL","error":"Card is closed","errorCode":"17"}"#,
    )
    .await;
    let error = provider.client.unblock(&card()).await.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::Action));
    assert!(error.to_string().contains("17: Card is closed"), "{error}");
    let provider = answering(200, r#"{"status":"FAIL"}"#).await;
    let error = provider.client.unblock(&card()).await.unwrap_err();
    assert!(error.to_string().contains("FAIL"), "{error}");
}

#[tokio::test]
async fn a_failure_says_what_happened() {
    let order = OrderId::parse("b-2").unwrap();
    let provider = answering(401, "").await;
    let error = provider.client.submit_order(&order).await.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::Token));
    for (status, body) in [
        (500, ""),
        (502, "<html>"),
        (403, "<html>"),
        (200, "{"),
        (200, ""),
    ] {
        let provider = answering(status, body).await;
        let error = provider.client.submit_order(&order).await.unwrap_err();
        assert!(
            matches!(error, Error::Unknown(_)),
            "{status} {body}: {error}"
        );
        // Nothing was repeated.
        assert_eq!(provider.requests.lock().unwrap().len(), 1);
    }
    let other = answering(200, r#"{"id":"b-3","status":"COMPLETED"}"#).await;
    let error = other.client.submit_order(&order).await.unwrap_err();
    assert_eq!(error, Error::Unknown(UnknownCause::OtherOrder));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = client(&nobody).submit_order(&order).await.unwrap_err();
    assert!(
        matches!(error, Error::NotSent(NotSent::NoConnection(_))),
        "{error}"
    );
}

#[test]
fn no_secret_of_a_client_is_printed() {
    let printed = format!("{:?}", client("http://127.0.0.1:3024"));
    assert!(
        !printed.contains("secret-token") && !printed.contains("79991234567"),
        "{printed}"
    );
}
