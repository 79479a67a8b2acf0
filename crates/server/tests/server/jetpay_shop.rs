//! A shop's server with JetPay, and small servers in the place of the platform's Gate and of the shop's back end.

use std::future::pending;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::stream;
use pantoken_core::client::BaseUrl;
use pantoken_jetpay::{Body as Signed, ProjectId, SecretKey, Variant};
use pantoken_server::webhooks::{WebhookSecret, WebhookTarget};
use pantoken_server::{JetpayOptions, Outgoing, reconcile_operations};
use pantoken_store::{DeliveryState, Message, Outbox};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{API_KEY, Answer, Server, server_with};
use crate::wait;

pub(crate) const KEY: &str = "secret-key-of-jetpay";
pub(crate) const PROJECT: u32 = 111;
pub(crate) const CUSTOMER: &str = "johndoe@example.com";
pub(crate) const WEBHOOK_SECRET: &str = "0123456789abcdef";

/// How a server of these tests answers.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Json(u16, Value),
    Text(u16, &'static str),
    /// The connection ends before the answer does.
    Lost,
}

/// A server in the place of another, which remembers what it was asked.
#[derive(Clone)]
pub(crate) struct Stand(Arc<Mutex<Inner>>);

struct Inner {
    reply: Reply,
    asked: Vec<(HeaderMap, Bytes)>,
}

impl Stand {
    fn new(reply: Reply) -> Self {
        let asked = Vec::new();
        Self(Arc::new(Mutex::new(Inner { reply, asked })))
    }

    /// Answers like this from now on.
    pub(crate) fn answer(&self, reply: Reply) {
        self.0.lock().unwrap().reply = reply;
    }

    /// Returns the bodies that were asked.
    pub(crate) fn asked(&self) -> Vec<Bytes> {
        let inner = self.0.lock().unwrap();
        inner.asked.iter().map(|(_, body)| body.clone()).collect()
    }

    pub(crate) fn last_headers(&self) -> HeaderMap {
        self.0.lock().unwrap().asked.last().unwrap().0.clone()
    }
}

async fn reply(State(stand): State<Stand>, headers: HeaderMap, body: Bytes) -> Response {
    let reply = {
        let mut inner = stand.0.lock().unwrap();
        inner.asked.push((headers, body));
        inner.reply.clone()
    };
    let with = |status, body| (StatusCode::from_u16(status).unwrap(), body).into_response();
    match reply {
        Reply::Json(status, json) => with(status, json.to_string()),
        Reply::Text(status, text) => with(status, text.to_owned()),
        Reply::Lost => {
            let lost = std::io::Error::other("lost");
            Body::from_stream(stream::once(async { Err::<Bytes, _>(lost) })).into_response()
        }
    }
}

pub(crate) struct Shop {
    pub(crate) server: Server,
    /// Gate's calls for payouts and for their status.
    pub(crate) payouts: Stand,
    pub(crate) statuses: Stand,
    /// The back end of the shop.
    pub(crate) agent: Stand,
}

pub(crate) fn key() -> SecretKey {
    SecretKey::parse(KEY).unwrap()
}

pub(crate) fn options() -> JetpayOptions {
    JetpayOptions::new(ProjectId::new(PROJECT).unwrap(), key(), false)
}

/// Starts the server, which asks about operations that are due, and those that it calls.
pub(crate) async fn shop() -> Shop {
    let payouts = Stand::new(Reply::Json(
        200,
        json!({"status": "success", "request_id": "r-1"}),
    ));
    let statuses = Stand::new(absent("p-1"));
    let agent = Stand::new(Reply::Json(200, json!({"exists": true, "currency": "KZT"})));
    let router = Router::new()
        .route(
            "/v2/payment/wallet/qiwi-kz/payout",
            post(reply).with_state(payouts.clone()),
        )
        .route(
            "/v2/payment/status",
            post(reply).with_state(statuses.clone()),
        )
        .route("/accounts", post(reply).with_state(agent.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let server = server_with(|server| {
        let secret = WebhookSecret::parse(WEBHOOK_SECRET).unwrap();
        let accounts = WebhookTarget::new(&format!("{url}/accounts"), secret, true).unwrap();
        let gate = BaseUrl::parse(&url).unwrap();
        let options = options().with_gate(gate, &Outgoing::default()).unwrap();
        server.jetpay = Some(options.with_accounts_url(accounts).unwrap());
    })
    .await;
    tokio::spawn(reconcile_operations(server.app.clone(), pending()));
    Shop {
        server,
        payouts,
        statuses,
        agent,
    }
}

/// Adds the signature of the platform.
pub(crate) fn signed(mut body: Value) -> Value {
    let text = Signed::parse(body.to_string().as_bytes()).unwrap();
    body["signature"] = key().sign_text(&text.signed_text(Variant::PLATFORM)).into();
    body
}

/// The answer of Gate about a payout that it does not know.
pub(crate) fn absent(id: &str) -> Reply {
    lookup_failure(id, "3061")
}

pub(crate) fn lookup_failure(id: &str, code: &str) -> Reply {
    let body = json!({
        "project_id": PROJECT, "payment": {"id": id, "status": "error"},
        "errors": [{"code": code, "message": "Transaction not found"}],
    });
    Reply::Json(200, signed(body))
}

/// The answer of Gate about a payout in this state.
pub(crate) fn known(id: &str, status: &str, code: &str) -> Reply {
    let body = json!({
        "project_id": PROJECT,
        "payment": {"id": id, "type": "payout", "status": status, "sum": {"amount": 10000, "currency": "KZT"}},
        "operations": [{"id": 29, "type": "payout", "status": status, "code": code, "message": "m"}],
    });
    Reply::Json(200, signed(body))
}

/// A callback about a payment of 20.00 tenge.
pub(crate) fn callback(id: &str, status: &str) -> Value {
    let code = if status == "success" { "0" } else { "20000" };
    json!({
        "project_id": PROJECT,
        "payment": {
            "id": id, "type": "purchase", "status": status, "method": "Qiwi Kz Kiosk",
            "date": "2019-04-11T07:18:20+0000", "sum": {"amount": 2000, "currency": "KZT"}, "description": "",
        },
        "account": {"number": CUSTOMER},
        "operation": {
            "id": 36425000001206_i64, "type": "sale", "status": status, "date": "2019-04-11T07:18:20+0000",
            "code": code, "message": "m",
        },
    })
}

/// A callback about a payout of 100.00 tenge.
pub(crate) fn payout_callback(id: &str, status: &str) -> Value {
    let mut body = callback(id, status);
    body["payment"]["type"] = "payout".into();
    body["payment"]["sum"]["amount"] = 10000.into();
    body["operation"]["type"] = "payout".into();
    body
}

pub(crate) fn payout() -> Value {
    json!({
        "customer": {
            "id": "12345", "ipAddress": "198.51.100.47", "firstName": "John", "lastName": "Doe",
            "email": "johndoe@example.com",
        },
        "account": "9182221133",
        "amount": 10000,
    })
}

impl Shop {
    /// The platform calls, with this body as it is.
    pub(crate) async fn platform(&self, path: &str, body: &str) -> Answer {
        let headers = [("content-type", "application/json")];
        self.server
            .call("POST", &format!("/v1/jetpay/{path}"), &headers, body)
            .await
    }

    /// The platform sends a callback, with its signature.
    pub(crate) async fn call_back(&self, body: Value) {
        let answer = self.platform("callbacks", &signed(body).to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    /// The platform asks something, with its signature.
    pub(crate) async fn ask(&self, question: Value) -> Value {
        let answer = self
            .platform("merchant", &signed(question).to_string())
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    pub(crate) async fn verify(&self) -> Value {
        self.ask(json!({"type": "verify", "project_id": PROJECT, "customer_id": CUSTOMER}))
            .await
    }

    pub(crate) async fn check_deposit(&self) -> Value {
        self.ask(json!({
            "type": "check_deposit", "project_id": PROJECT, "customer_id": CUSTOMER, "amount": 2000,
            "currency": "KZT", "payment_method": "qiwi-kz",
        }))
        .await
    }

    /// Reserves a deposit, and returns its id.
    pub(crate) async fn reserve(&self) -> String {
        let answer = self.check_deposit().await;
        assert_eq!(answer["code"], 0, "{answer}");
        answer["payment_id"].as_str().unwrap().to_owned()
    }

    /// Makes a call of the shop's back end to `/v1/jetpay/…`.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &str) -> Answer {
        let key = format!("Bearer {API_KEY}");
        let headers = [
            ("authorization", key.as_str()),
            ("content-type", "application/json"),
        ];
        let path = format!("/v1/jetpay/{path}");
        self.server.call(method, &path, &headers, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, "").await
    }

    pub(crate) async fn pay_out(&self, id: &str) -> Answer {
        let path = format!("payouts/{id}");
        self.call("PUT", &path, &payout().to_string()).await
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

    /// Returns the bodies of all events.
    pub(crate) async fn events(&self) -> Vec<Value> {
        let store = &self.server.store;
        let pending = store.list_deliveries(DeliveryState::Pending, None, 1000);
        let messages = pending.await.unwrap().into_iter().map(|one| one.message);
        let bodies = messages.map(|message| match message {
            Message::Event { body, .. } => {
                serde_json::from_str::<Value>(body.unwrap().expose()).unwrap()
            }
            Message::Result { .. } => panic!("no session has a result"),
        });
        bodies.collect()
    }

    /// Returns the types of all events, with the reasons of those that a person should look at.
    pub(crate) async fn told(&self) -> Vec<String> {
        let events = self.events().await;
        let texts = events.iter().map(|event| {
            let kind = event["type"]
                .as_str()
                .unwrap()
                .trim_start_matches("jetpay.");
            match kind.ends_with(".attention") {
                true => format!("{kind} {}", event["reason"].as_str().unwrap()),
                false => kind.to_owned(),
            }
        });
        texts.collect()
    }

    /// Waits until the agent was told this.
    pub(crate) async fn until_told(&self, expected: &[&str]) {
        wait::until_some(&format!("{expected:?}"), async || {
            self.server.clock.advance_seconds(1);
            (self.told().await == expected).then_some(())
        })
        .await;
    }
}
