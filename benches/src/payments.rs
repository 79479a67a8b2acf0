//! Measures payin: token payments through the server, the same payments made straight to the sandbox, in turns, and
//! then notifications. Run `bench-payments SERVER SANDBOX SECONDS ROUNDS` with the server's key in `PANTOKEN_API_KEY`,
//! and payin's keys in `PANTOKEN_PAYIN_API_KEY` and `PANTOKEN_PAYIN_NOTIFICATION_KEY`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod connection;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper::{Method, Request, StatusCode};
use pantoken_payin::{
    Amount, ApiKey, BillId, BillRequest, Client, NotificationKey, OperationStatus, PaymentId,
    PaymentRequest, PaymentToken, RequestUid, SiteId, TokenMethod,
};
use serde_json::{Value, json};
use time::OffsetDateTime;

const CONNECTIONS: usize = 64;
const CUSTOMER: &str = "customer-7";
const CREATED: &str = "2026-11-29T12:00:00+03:00";

#[tokio::main]
async fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [server, sandbox, seconds, rounds] = arguments.as_slice() else {
        panic!("usage: bench-payments SERVER SANDBOX SECONDS ROUNDS");
    };
    let bench = Arc::new(Bench::prepare(address(server), address(sandbox)).await);
    let time = Duration::from_secs(seconds.parse().unwrap());
    let (mut engine, mut straight, mut notified) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds.parse().unwrap() {
        engine.push(bench.load(time, Load::Engine).await);
        straight.push(bench.load(time, Load::Straight).await);
    }
    for _ in 0..rounds.parse().unwrap() {
        notified.push(bench.load(time, Load::Notifications).await);
    }
    let [engine, straight, notified] = [engine, straight, notified].map(median);
    println!(
        r#"result: {{"engine":{engine:.1},"straight":{straight:.1},"notifications":{notified:.1}}}"#
    );
}

fn address(url: &str) -> String {
    url.strip_prefix("http://").unwrap().to_owned()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// What is called again and again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Load {
    Engine,
    Straight,
    Notifications,
}

struct Bench {
    server: String,
    authorization: String,
    client: Client,
    key: NotificationKey,
    /// The body of a payment through the engine.
    charge: String,
    /// The token of a payment straight to the sandbox.
    token: PaymentToken,
    /// How many payments of each kind, and how many notifications, were begun.
    payments: AtomicUsize,
    straight: AtomicUsize,
    notifications: AtomicUsize,
}

impl Bench {
    /// Verifies one card through the server and one straight at the sandbox.
    async fn prepare(server: String, sandbox: String) -> Self {
        let variable = |name: &str| std::env::var(name).unwrap();
        let authorization = format!("Bearer {}", variable("PANTOKEN_API_KEY"));
        let key = ApiKey::parse(&variable("PANTOKEN_PAYIN_API_KEY")).unwrap();
        let client = Client::builder(SiteId::parse("site-01").unwrap(), key)
            .base_url(&format!("http://{sandbox}/partner/payin/v1/sites"));
        let client = client.build().unwrap();
        let token_id = token_of_server(&server, &sandbox, &authorization).await;
        let charge = json!({
            "customer": CUSTOMER, "tokenId": token_id, "amount": {"value": "1.00", "currency": "RUB"},
        });
        let key = variable("PANTOKEN_PAYIN_NOTIFICATION_KEY");
        Self {
            server,
            authorization,
            token: token_of_sandbox(&client, &sandbox).await,
            client,
            key: NotificationKey::parse(&key).unwrap(),
            charge: charge.to_string(),
            payments: AtomicUsize::new(0),
            straight: AtomicUsize::new(0),
            notifications: AtomicUsize::new(0),
        }
    }

    /// Makes calls for this time, and returns how many were answered in a second.
    async fn load(self: &Arc<Self>, time: Duration, load: Load) -> f64 {
        let started = Instant::now();
        let until = started + time;
        let callers: Vec<_> = (0..CONNECTIONS)
            .map(|_| tokio::spawn(self.clone().calls(load, until)))
            .collect();
        let mut calls = 0;
        for caller in callers {
            calls += caller.await.unwrap();
        }
        f64::from(calls) / started.elapsed().as_secs_f64()
    }

    async fn calls(self: Arc<Self>, load: Load, until: Instant) -> u32 {
        let mut connection = connection::open(&self.server).await;
        let mut calls = 0;
        while Instant::now() < until {
            match load {
                Load::Engine => self.pay(&mut connection).await,
                Load::Straight => self.pay_straight().await,
                Load::Notifications => self.notify(&mut connection).await,
            }
            calls += 1;
        }
        calls
    }

    async fn pay(&self, connection: &mut SendRequest<Full<Bytes>>) {
        let number = self.payments.fetch_add(1, Ordering::Relaxed);
        let request = Request::put(format!("/v1/payin/payments/p-{number}"))
            .header("host", &self.server)
            .header("content-type", "application/json")
            .header("authorization", &self.authorization)
            .body(self.charge.clone().into())
            .unwrap();
        // Any other status means that the outcome is open.
        assert_eq!(send(connection, request).await.0, StatusCode::OK);
    }

    async fn pay_straight(&self) {
        let number = self.straight.fetch_add(1, Ordering::Relaxed);
        let id = PaymentId::parse(&format!("straight-{number}")).unwrap();
        let amount = Amount::parse("1.00", "RUB").unwrap();
        let method = TokenMethod::new(self.token.clone());
        let request = PaymentRequest::with_token(id, amount, method, CUSTOMER);
        let payment = self.client.payments().create(request).await.unwrap();
        assert_eq!(payment.status.value, OperationStatus::Completed);
    }

    /// Sends a notification of one of the payments that says something new, so that it has to be stored.
    async fn notify(&self, connection: &mut SendRequest<Full<Bytes>>) {
        let number = self.notifications.fetch_add(1, Ordering::Relaxed);
        let id = format!("p-{}", number % self.payments.load(Ordering::Relaxed));
        let signature = self.key.sign(&format!("{id}|{CREATED}|1.00"));
        let body = json!({
            "type": "PAYMENT", "version": "1",
            "payment": {
                "paymentId": id, "createdDateTime": CREATED, "amount": {"value": 1.00, "currency": "RUB"},
                "status": {"value": format!("SUCCESS-{number}"), "changedDateTime": CREATED},
                "paymentMethod": {"type": "TOKEN", "maskedPan": "425600******0078"},
                "customer": {"account": CUSTOMER}, "flags": ["SALE"],
            },
        });
        let request = Request::post("/v1/payin/notifications")
            .header("host", &self.server)
            .header("content-type", "application/json")
            .header("signature", signature)
            .body(body.to_string().into())
            .unwrap();
        assert_eq!(send(connection, request).await.0, StatusCode::OK);
    }
}

async fn token_of_server(server: &str, sandbox: &str, authorization: &str) -> Value {
    let mut connection = connection::open(server).await;
    let mut call = async |method: Method, path: &str, authorization: &str, body: &Value| {
        let request = Request::builder()
            .method(method)
            .uri(format!("/v1/payin/verifications{path}"))
            .header("host", server)
            .header("content-type", "application/json")
            .header("authorization", authorization)
            .body(body.to_string().into())
            .unwrap();
        let (status, body) = send(&mut connection, request).await;
        assert!(status.is_success(), "{status}: {body:?}");
        serde_json::from_slice::<Value>(&body).unwrap()
    };
    let created = call(
        Method::POST,
        "",
        authorization,
        &json!({"customer": CUSTOMER}),
    )
    .await;
    let id = created["verificationId"].as_str().unwrap();
    enter_card(sandbox, id).await;
    let result = format!("Bearer {}", created["resultToken"].as_str().unwrap());
    call(Method::POST, &format!("/{id}/result"), &result, &json!({})).await;
    let path = format!("/{id}");
    let verified = call(Method::GET, &path, authorization, &Value::Null).await;
    verified["token"]["tokenId"].clone()
}

async fn token_of_sandbox(client: &Client, sandbox: &str) -> PaymentToken {
    let bill_id = BillId::parse("bench-card").unwrap();
    let expires = OffsetDateTime::now_utc() + time::Duration::days(1);
    let request = BillRequest::card_check(bill_id.clone(), expires).issue_token(CUSTOMER);
    client.bills().create(request).await.unwrap();
    enter_card(sandbox, "bench-card").await;
    let check = client
        .card_checks()
        .get(&RequestUid::from(&bill_id))
        .await
        .unwrap();
    check.token.unwrap().token
}

/// The customer enters a card in the sandbox's form.
async fn enter_card(sandbox: &str, bill_id: &str) {
    let card = json!({"pan": "4256000000000078", "expiryDate": "12/34", "cvv2": "123"});
    let request = Request::post(format!("/sandbox/bills/{bill_id}/card"))
        .header("host", sandbox)
        .header("content-type", "application/json")
        .body(card.to_string().into())
        .unwrap();
    let mut connection = connection::open(sandbox).await;
    assert!(send(&mut connection, request).await.0.is_success());
}

async fn send(
    connection: &mut SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> (StatusCode, Bytes) {
    // The connection takes a request only when it is done with the one before.
    connection.ready().await.unwrap();
    let answer = connection.send_request(request).await.unwrap();
    let status = answer.status();
    (
        status,
        answer.into_body().collect().await.unwrap().to_bytes(),
    )
}
