//! A shop's server with qiwi-pay, and a small stand-in for the provider.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use pantoken_qiwi_pay::{MerchantSite, SecretKey, Site};
use pantoken_server::{Outgoing, QiwiPayOptions, reconcile_operations};
use pantoken_store::{DeliveryState, Message, Outbox};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{API_KEY, Answer, Server, server_on, server_with};
use crate::wait;

pub(crate) const KEY: &str = "secret-key-of-the-site";

/// What the provider does with the next call that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It executes the call, and a page of a proxy is the answer.
    LosesAnswer,
    /// A page of a proxy is the answer, and the call is not executed.
    IsNotReached,
    /// It refuses the client certificate.
    RefusesCertificate,
    /// It refuses the call with this error.
    Refuses(u32),
    /// It asks for 3-D Secure.
    AsksFor3ds,
    /// It answers with another amount.
    AnswersAnotherAmount,
}

/// The state of the provider.
#[derive(Default)]
pub(crate) struct Provider {
    pub(crate) transactions: Vec<Value>,
    /// The opcodes of the calls that arrived.
    pub(crate) calls: Vec<u64>,
    pub(crate) faults: VecDeque<Fault>,
    /// Whether questions are not answered.
    pub(crate) is_silent: bool,
}

pub(crate) struct Shop {
    pub(crate) server: Server,
    pub(crate) provider: Arc<Mutex<Provider>>,
}

pub(crate) fn site() -> Site {
    Site::new(MerchantSite::new(555), SecretKey::parse(KEY).unwrap())
}

/// Starts a server without the provider's API.
pub(crate) async fn shop_without_api() -> Shop {
    shop_with(QiwiPayOptions::new(site(), false)).await
}

/// Starts a server without the provider's API on this database.
pub(crate) async fn shop_without_api_on(database_url: &str) -> Shop {
    let options = QiwiPayOptions::new(site(), false);
    let folder = tempfile::tempdir().unwrap();
    let server = server_on(database_url, folder, |all| all.qiwi_pay = Some(options)).await;
    tokio::spawn(reconcile_operations(server.app.clone(), pending()));
    let provider = Arc::default();
    Shop { server, provider }
}

/// Starts a server whose provider is elsewhere.
pub(crate) async fn shop_with(options: QiwiPayOptions) -> Shop {
    start(options, Arc::default()).await
}

/// Starts a server, and the stand-in for the provider.
pub(crate) async fn shop() -> Shop {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/merchant/direct", listener.local_addr().unwrap());
    let provider = Arc::<Mutex<Provider>>::default();
    let router = Router::new().route("/merchant/direct", post(direct));
    let router = router.with_state(provider.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let options = QiwiPayOptions::new(site(), false);
    let options = options.with_api(Some(&url), None, &Outgoing::default());
    start(options.unwrap(), provider).await
}

async fn start(options: QiwiPayOptions, provider: Arc<Mutex<Provider>>) -> Shop {
    let server = server_with(|all| all.qiwi_pay = Some(options)).await;
    tokio::spawn(reconcile_operations(server.app.clone(), pending()));
    Shop { server, provider }
}

async fn direct(State(provider): State<Arc<Mutex<Provider>>>, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap();
    let texts: Vec<_> = request
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.as_str(), text)
        })
        .collect();
    let fields = texts.iter().map(|(name, text)| (*name, text.as_str()));
    assert!(
        site()
            .key()
            .verifies(fields, request["sign"].as_str().unwrap())
    );
    let mut provider = provider.lock().unwrap();
    let opcode = request["opcode"].as_u64().unwrap();
    provider.calls.push(opcode);
    if opcode == 30 {
        return match provider.is_silent {
            true => page(StatusCode::BAD_GATEWAY, "<html>Bad Gateway</html>"),
            false => provider.status(&request),
        };
    }
    let fault = provider.faults.pop_front();
    match fault {
        Some(Fault::IsNotReached) => page(StatusCode::BAD_GATEWAY, "<html>Bad Gateway</html>"),
        Some(Fault::RefusesCertificate) => page(
            StatusCode::BAD_REQUEST,
            "<html>400 The SSL certificate error</html>",
        ),
        Some(Fault::Refuses(code)) => answer(&json!({"error_code": code, "error_message": "no"})),
        Some(Fault::LosesAnswer) => {
            provider.execute(opcode, &request, false);
            page(StatusCode::BAD_GATEWAY, "<html>Bad Gateway</html>")
        }
        Some(Fault::AnswersAnotherAmount) => {
            let mut executed = provider.execute(opcode, &request, false);
            executed["amount"] = json!("0.01");
            answer(&executed)
        }
        Some(Fault::AsksFor3ds) => answer(&provider.execute(opcode, &request, true)),
        None => answer(&provider.execute(opcode, &request, false)),
    }
}

fn page(status: StatusCode, body: &'static str) -> Response {
    (status, [("content-type", "text/html")], body).into_response()
}

fn answer(body: &Value) -> Response {
    ([("content-type", "application/json")], body.to_string()).into_response()
}

impl Provider {
    fn status(&self, request: &Value) -> Response {
        let is_asked = |one: &&Value| match request.get("txn_id") {
            Some(txn_id) => one["txn_id"] == *txn_id || one["parent"] == *txn_id,
            None => one["order"] == request["order_id"],
        };
        let found: Vec<_> = self.transactions.iter().filter(is_asked).collect();
        match found.is_empty() {
            true => answer(&json!({"error_code": 8022, "error_message": "unknown"})),
            false => answer(&json!({"transactions": found, "error_code": 0})),
        }
    }

    fn execute(&mut self, opcode: u64, request: &Value, needs_3ds: bool) -> Value {
        match opcode {
            1 | 3 | 20 => {
                let (txn_type, status) = match opcode {
                    1 => (1, 3),
                    3 => (2, 2),
                    _ => (8, 3),
                };
                let mut made = json!({
                    "txn_id": 806_930_407_050_u64 + self.transactions.len() as u64, "txn_type": txn_type,
                    "txn_status": if needs_3ds { 0 } else { status }, "error_code": 0,
                    "amount": request["amount"], "currency": request["currency"],
                    "order": request["order_id"], "order_id": request["order_id"],
                    "pan": "411111******1111", "card_token": "card-token-1",
                });
                self.transactions.push(made.clone());
                if needs_3ds {
                    made["acs_url"] = json!("https://acs.example/pareq");
                    made["pareq"] = json!("eJxV+/=");
                }
                made
            }
            2 => self.change(request, |one| {
                one["txn_status"] = json!(if one["txn_type"] == 1 { 3 } else { 2 });
            }),
            5 => self.change(request, |one| one["txn_status"] = json!(3)),
            _ => {
                let parent = self.find(&request["txn_id"]);
                let amount = match &request["amount"] {
                    Value::Null => parent["amount"].clone(),
                    amount => amount.clone(),
                };
                let made = json!({
                    "txn_id": 806_930_407_050_u64 + self.transactions.len() as u64,
                    "txn_type": if opcode == 6 { 4 } else { 3 }, "txn_status": 3, "error_code": 0,
                    "amount": amount, "currency": 643, "order": parent["order"], "parent": request["txn_id"],
                });
                self.transactions.push(made.clone());
                made
            }
        }
    }

    fn find(&self, txn_id: &Value) -> Value {
        let mut all = self.transactions.iter();
        all.find(|one| one["txn_id"] == *txn_id).unwrap().clone()
    }

    fn change(&mut self, request: &Value, change: impl FnOnce(&mut Value)) -> Value {
        let mut all = self.transactions.iter_mut();
        let one = all.find(|one| one["txn_id"] == request["txn_id"]).unwrap();
        change(one);
        one.clone()
    }
}

impl Shop {
    pub(crate) fn provider(&self) -> std::sync::MutexGuard<'_, Provider> {
        self.provider.lock().unwrap()
    }

    /// Lets the next calls that change something fail.
    pub(crate) fn faults(&self, faults: &[Fault]) {
        self.provider().faults.extend(faults);
    }

    /// Returns how often a call with this opcode arrived.
    pub(crate) fn calls(&self, opcode: u64) -> usize {
        let provider = self.provider();
        provider.calls.iter().filter(|one| **one == opcode).count()
    }

    /// The payer pays an order on the form: the provider makes this transaction.
    pub(crate) fn pays(&self, order_id: &str, changes: &Value) -> Value {
        let transaction = transaction(order_id, changes);
        self.provider().transactions.push(transaction.clone());
        transaction
    }

    /// Makes a call of the shop's back end to `/v1/qiwi-pay/…`.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &str) -> Answer {
        let key = format!("Bearer {API_KEY}");
        let headers = [
            ("authorization", key.as_str()),
            ("content-type", "application/json"),
        ];
        let path = format!("/v1/qiwi-pay/{path}");
        self.server.call(method, &path, &headers, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, "").await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.call("PUT", path, &body.to_string()).await
    }

    pub(crate) async fn form(&self, body: &Value) -> Answer {
        self.call("POST", "forms", &body.to_string()).await
    }

    /// Sends a notification as the provider signs it.
    pub(crate) async fn notify(&self, fields: &Value) -> Answer {
        let body = signed(fields).to_string();
        let headers = [("content-type", "application/json;charset=UTF-8")];
        self.server
            .call("POST", "/v1/qiwi-pay/notifications", &headers, &body)
            .await
    }

    /// Waits until an object is in this state. The clock advances meanwhile.
    pub(crate) async fn until_state(&self, path: &str, state: &str) -> Answer {
        wait::until_some(&format!("{path} {state}"), async || {
            self.server.clock.advance_seconds(1);
            let answer = self.get(path).await;
            (answer.json()["state"] == state).then_some(answer)
        })
        .await
    }

    /// Waits until there is an event of this type. The clock advances meanwhile.
    pub(crate) async fn until_event(&self, kind: &str) -> Value {
        wait::until_some(kind, async || {
            self.server.clock.advance_seconds(1);
            self.events(kind).await.into_iter().next()
        })
        .await
    }

    /// Returns the bodies of all events of these types.
    pub(crate) async fn events(&self, kind: &str) -> Vec<Value> {
        let store = &self.server.store;
        let pending = store.list_deliveries(DeliveryState::Pending, None, 1000);
        let bodies = pending
            .await
            .unwrap()
            .into_iter()
            .map(|one| match one.message {
                Message::Event { body, .. } => {
                    serde_json::from_str::<Value>(body.unwrap().expose()).unwrap()
                }
                Message::Result { .. } => panic!("no session has a result"),
            });
        bodies
            .filter(|body| body["type"].as_str().unwrap().starts_with(kind))
            .collect()
    }

    pub(crate) async fn event_kinds(&self) -> Vec<String> {
        let events = self.events("qiwi-pay.").await;
        let kinds = events.iter().map(|event| event["type"].as_str().unwrap());
        kinds.map(str::to_owned).collect()
    }
}

/// A sale of 10.00 RUB.
pub(crate) fn transaction(order_id: &str, changes: &Value) -> Value {
    let mut transaction = json!({
        "txn_id": 7001, "txn_type": 1, "txn_status": 3, "error_code": 0, "amount": "10.00", "currency": 643,
        "order": order_id, "order_id": order_id, "pan": "411111******1111", "card_token": "card-token-1",
        "issuer_name": "Bank", "issuer_country": "RUS",
    });
    for (name, value) in changes.as_object().unwrap() {
        transaction[name] = value.clone();
    }
    transaction
}

/// Adds the provider's signature.
pub(crate) fn signed(fields: &Value) -> Value {
    let mut signed = fields.clone();
    let texts: Vec<_> = fields
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), text)
        })
        .collect();
    let texts = texts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    signed["sign"] = site().key().sign_notification(texts).into();
    signed
}

/// The body of a form for 10.00 RUB.
pub(crate) fn form(order_id: &str) -> Value {
    json!({"operation": "sale", "orderId": order_id, "amount": {"value": "10.00", "currency": "RUB"}})
}

/// The body of a payment of 10.00 RUB by token.
pub(crate) fn charge(operation: &str) -> Value {
    json!({"operation": operation, "amount": {"value": "10.00", "currency": "RUB"}, "cardToken": "card-token-1"})
}
