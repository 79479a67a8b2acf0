//! The server is killed while it takes deposits and pays out, and answers of Gate are lost: a Gate of the test counts
//! what it executed, and a back end counts what it is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures_util::{future, stream};
use pantoken_jetpay::{Body as Signed, SecretKey, Variant};
use pantoken_test_support::Process;
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::load::{API_KEY, program, short_or_long};

const KEY: &str = "secret-key-of-jetpay";
const PAUSE: Duration = Duration::from_millis(20);
/// As long as an abandoned claim lasts, and the waits after it.
const TIMEOUT: Duration = Duration::from_secs(180);

/// What the platform executed, by the id of the payout, and what the back end was told, by the id of the event.
#[derive(Clone, Default)]
struct World(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    executed: BTreeMap<String, Bytes>,
    requests: usize,
    told: BTreeMap<String, Value>,
}

/// Executes a payout once, and loses every second answer.
async fn pay_out(State(world): State<World>, body: Bytes) -> Response {
    let json: Value = serde_json::from_slice(&body).unwrap();
    let id = json["general"]["payment_id"].as_str().unwrap().to_owned();
    let mut inner = world.0.lock().unwrap();
    inner.requests += 1;
    let is_lost = inner.requests % 2 == 0;
    if let Some(earlier) = inner.executed.insert(id.clone(), body.clone()) {
        assert_eq!(earlier, body, "the same bytes each time");
        let refusal = json!({"status": "error", "code": "3041", "message": "duplicate"});
        return (StatusCode::BAD_REQUEST, refusal.to_string()).into_response();
    }
    if is_lost {
        let lost = std::io::Error::other("lost");
        return Body::from_stream(stream::once(async { Err::<Bytes, _>(lost) })).into_response();
    }
    json!({"status": "success", "request_id": "r", "payment_id": id})
        .to_string()
        .into_response()
}

async fn status(State(world): State<World>, body: Bytes) -> String {
    let json: Value = serde_json::from_slice(&body).unwrap();
    let id = json["general"]["payment_id"].as_str().unwrap();
    match world.0.lock().unwrap().executed.contains_key(id) {
        true => signed(json!({
            "project_id": 35, "operations": [{"id": 1, "type": "payout", "status": "success", "code": "0"}],
            "payment": {"id": id, "status": "success", "sum": {"amount": 100, "currency": "KZT"}},
        })),
        false => signed(json!({
            "project_id": 35, "payment": {"id": id, "status": "error"}, "errors": [{"code": "3061"}],
        })),
    }
}

/// The back end keeps one event for each id, as it should.
async fn take(State(world): State<World>, Json(event): Json<Value>) {
    let id = event["id"].as_str().unwrap().to_owned();
    let mut inner = world.0.lock().unwrap();
    if let Some(earlier) = inner.told.insert(id, event.clone()) {
        assert_eq!(earlier, event, "one id, one event");
    }
}

fn signed(mut body: Value) -> String {
    let key = SecretKey::parse(KEY).unwrap();
    let text = Signed::parse(body.to_string().as_bytes()).unwrap();
    body["signature"] = key.sign_text(&text.signed_text(Variant::PLATFORM)).into();
    body.to_string()
}

struct Site {
    server: Option<Process>,
    url: String,
    world: World,
    others: String,
    logs: String,
    client: Client,
    folder: TempDir,
}

impl Site {
    async fn open() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let world = World::default();
        let account = post(async || Json(json!({"exists": true, "currency": "KZT"})));
        let router = Router::new()
            .route("/v2/payment/wallet/qiwi-kz/payout", post(pay_out))
            .route("/v2/payment/status", post(status))
            .route("/events", post(take))
            .route("/accounts", account)
            .with_state(world.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let others = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut site = Self {
            server: None,
            url: String::new(),
            world,
            others,
            logs: String::new(),
            client: Client::builder().no_proxy().build().unwrap(),
            folder: tempfile::tempdir().unwrap(),
        };
        site.start();
        site
    }

    fn start(&mut self) {
        let mut command = program::serve(self.folder.path());
        command
            .env("PANTOKEN_API_KEY", API_KEY)
            .env("PANTOKEN_WEBHOOK_URL", format!("{}/events", self.others))
            .env("PANTOKEN_WEBHOOK_SECRET", "a-webhook-secret-of-tests")
            .env("PANTOKEN_WEBHOOK_ALLOW_PRIVATE", "true")
            .env("PANTOKEN_JETPAY_PROJECT_ID", "35")
            .env("PANTOKEN_JETPAY_SECRET_KEY", KEY)
            .env("PANTOKEN_JETPAY_GATE_URL", &self.others)
            .env(
                "PANTOKEN_JETPAY_ACCOUNTS_URL",
                format!("{}/accounts", self.others),
            );
        let (server, address) = program::start(&mut command);
        self.url = format!("http://{address}/v1/jetpay");
        self.server = Some(server);
    }

    fn kill_and_start(&mut self) {
        let mut killed = self.server.take().unwrap();
        assert!(!killed.kill().success());
        self.logs += &killed.stderr();
        self.start();
    }

    /// The platform calls. Returns `None` if the server does not answer.
    async fn platform(&self, path: &str, body: Value) -> Option<Value> {
        let request = self.client.post(format!("{}/{path}", self.url));
        let answer = request.body(signed(body)).send().await.ok()?;
        if answer.status() != 200 {
            return None;
        }
        let text = answer.text().await.ok()?;
        Some(serde_json::from_str(&text).unwrap_or_default())
    }

    async fn check_deposit(&self) -> Option<String> {
        let question = json!({
            "type": "check_deposit", "project_id": 35, "customer_id": "customer-7", "amount": 2000,
            "currency": "KZT", "payment_method": "qiwi-kz",
        });
        let answer = self.platform("merchant", question).await?;
        Some(answer["payment_id"].as_str()?.to_owned())
    }

    /// Sends a callback. Returns whether the server took it.
    async fn call_back(&self, id: &str, status: &str) -> bool {
        let callback = json!({
            "project_id": 35, "operation": {"id": 1, "status": status},
            "payment": {"id": id, "status": status, "sum": {"amount": 2000, "currency": "KZT"}},
        });
        self.platform("callbacks", callback).await.is_some()
    }

    /// Makes a call of the back end. Returns the state, or `None` if the server does not answer.
    async fn pay_out(&self, id: &str) -> Option<String> {
        let body = json!({
            "customer": {
                "id": "12345", "ipAddress": "198.51.100.47", "firstName": "John", "lastName": "Doe",
                "email": "johndoe@example.com",
            },
            "account": "9182221133", "amount": 100,
        });
        let request = self.client.put(format!("{}/payouts/{id}", self.url));
        let answer = request.bearer_auth(API_KEY).json(&body).send().await.ok()?;
        let answer: Value = answer.json().await.ok()?;
        Some(answer["state"].as_str()?.to_owned())
    }

    /// Returns the ids of which the back end was told this.
    fn told(&self, kind: &str) -> Vec<String> {
        let inner = self.world.0.lock().unwrap();
        let told = inner.told.values().filter(|event| event["type"] == kind);
        told.map(|event| event["paymentId"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Waits until this holds.
    async fn wait_until(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let waited = tokio::time::timeout(TIMEOUT, async {
            while !holds().await {
                tokio::time::sleep(PAUSE).await;
            }
        });
        let log = || self.server.as_ref().unwrap().log();
        assert!(waited.await.is_ok(), "{what}: {}", log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_while_money_moves_move_it_once_and_tell_once() {
    let (kills, each) = (short_or_long(4, 100), 6);
    let mut site = Site::open().await;
    let (mut payouts, mut deposits) = (Vec::new(), Vec::new());
    for round in 0..kills {
        let ids: Vec<_> = (0..each)
            .map(|number| format!("p-{round}-{number}"))
            .collect();
        let mut reserved = Vec::new();
        for _ in 0..each {
            reserved.extend(site.check_deposit().await);
        }
        assert_eq!(reserved.len(), each);
        let is_some_executed = async || {
            let executed = site.world.0.lock().unwrap().executed.len();
            executed >= round * each + each / 2
        };
        let calls = future::join_all(ids.iter().map(|id| site.pay_out(id)));
        let callbacks = future::join_all(reserved.iter().map(|id| site.call_back(id, "success")));
        // Whichever is first: all calls ended, or so many payouts were executed.
        tokio::select! {
            _ = future::join(calls, callbacks) => {}
            () = site.wait_until("payouts", is_some_executed) => {}
        }
        payouts.extend(ids);
        deposits.extend(reserved);
        site.kill_and_start();
    }
    for id in &deposits {
        // As the platform does that had no answer, and now and then twice.
        for _ in 0..2 {
            site.wait_until(id, async || site.call_back(id, "success").await)
                .await;
        }
    }
    for id in &payouts {
        site.wait_until(id, async || {
            site.pay_out(id).await.as_deref() == Some("paid")
        })
        .await;
    }
    for (kind, ids) in [
        ("jetpay.payout.paid", &payouts),
        ("jetpay.deposit.paid", &deposits),
    ] {
        site.wait_until(kind, async || site.told(kind).len() >= ids.len())
            .await;
        let (mut told, mut all) = (site.told(kind), ids.clone());
        told.sort_unstable();
        all.sort_unstable();
        assert_eq!(told, all, "{kind}");
    }
    let (executed, events) = {
        let inner = site.world.0.lock().unwrap();
        (inner.executed.len(), inner.told.len())
    };
    println!(
        "kill -9 under jetpay, {kills} times: {} payouts, {executed} executed; {} deposits; {events} events",
        payouts.len(),
        deposits.len()
    );
    assert_eq!(executed, payouts.len());
    assert_eq!(
        events,
        payouts.len() + deposits.len(),
        "nothing else was told"
    );
    let log = site.server.as_ref().unwrap().stderr();
    for log in [&site.logs, &log] {
        assert!(!log.contains("panicked"), "{log}");
    }
}
