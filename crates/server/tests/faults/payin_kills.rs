//! The server is killed while it charges tokens, and answers of the provider are lost: the sandbox counts what it
//! executed, and a back end counts what it is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use pantoken_core::{Origin, SystemClock, SystemRandom};
use pantoken_payin::{ApiKey, NotificationKey, SiteId};
use pantoken_test_support::Process;
use pantoken_test_support::postgres;
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::load::{API_KEY, program, short_or_long};
use crate::numbers;

const SITE_KEY: &str = "api-key-of-the-site";
const NOTIFICATION_KEY: &str = "notification-key-of-tests";
const PAUSE: Duration = Duration::from_millis(20);
/// As long as an abandoned claim lasts, and the waits after it.
const TIMEOUT: Duration = Duration::from_secs(180);

/// The events that the back end was told, by id.
type Told = Arc<Mutex<BTreeMap<String, Value>>>;

struct Site {
    server: Option<Process>,
    url: String,
    sandbox: String,
    back_end: String,
    told: Told,
    database: Option<String>,
    logs: String,
    client: Client,
    folder: TempDir,
}

impl Site {
    async fn open(database: Option<String>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (sandbox, told) = (sandbox().await, Told::default());
        let back_end = serve(
            Router::new()
                .route("/", post(take))
                .with_state(told.clone()),
        )
        .await;
        let mut site = Self {
            server: None,
            url: String::new(),
            sandbox,
            back_end,
            told,
            database,
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
            .env("PANTOKEN_WEBHOOK_URL", format!("http://{}/", self.back_end))
            .env("PANTOKEN_WEBHOOK_SECRET", "a-webhook-secret-of-tests")
            .env("PANTOKEN_WEBHOOK_ALLOW_PRIVATE", "true")
            .env("PANTOKEN_PAYIN_SITE_ID", "site-01")
            .env("PANTOKEN_PAYIN_API_KEY", SITE_KEY)
            .env("PANTOKEN_PAYIN_NOTIFICATION_KEY", NOTIFICATION_KEY)
            .env(
                "PANTOKEN_PAYIN_BASE_URL",
                format!("http://{}/partner/payin/v1/sites", self.sandbox),
            );
        if let Some(database) = &self.database {
            command.env("PANTOKEN_DATABASE_URL", database);
        }
        let (server, address) = program::start(&mut command);
        self.url = format!("http://{address}");
        self.server = Some(server);
    }

    fn kill_and_start(&mut self) {
        let mut killed = self.server.take().unwrap();
        assert!(!killed.kill().success());
        self.logs += &killed.stderr();
        self.start();
    }

    async fn control(&self, path: &str, body: Option<&Value>) -> Value {
        let url = format!("http://{}/sandbox/{path}", self.sandbox);
        let request = match body {
            Some(body) => self.client.post(url).json(body),
            None => self.client.get(url),
        };
        let answer = request.send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&answer).unwrap_or_default()
    }

    /// Makes a call of the back end. Returns `None` if the server does not answer.
    async fn call(&self, method: reqwest::Method, path: &str, body: &Value) -> Option<Value> {
        let url = format!("{}/v1/payin/{path}", self.url);
        let request = self.client.request(method, url).bearer_auth(API_KEY);
        let answer = request.json(body).send().await.ok()?;
        let status = answer.status();
        assert!(status.is_success(), "{path}: {status}");
        answer.json().await.ok()
    }

    /// Verifies a card, and returns the id of its token.
    async fn token(&self) -> Value {
        let body = json!({"customer": "customer-7"});
        let created = self
            .call(reqwest::Method::POST, "verifications", &body)
            .await;
        let created = created.unwrap();
        let id = created["verificationId"].as_str().unwrap();
        let card = json!({
            "pan": "4256000000000078", "expiryDate": "12/30", "cvv2": "123", "holderName": "CARD HOLDER",
        });
        self.control(&format!("bills/{id}/card"), Some(&card)).await;
        let url = format!("{}/v1/payin/verifications/{id}/result", self.url);
        let token = created["resultToken"].as_str().unwrap();
        let request = self.client.post(url).bearer_auth(token).json(&json!({}));
        assert_eq!(request.send().await.unwrap().status(), 200);
        let path = format!("verifications/{id}");
        let verified = self.call(reqwest::Method::GET, &path, &Value::Null).await;
        verified.unwrap()["token"]["tokenId"].clone()
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

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async { axum::serve(listener, router).await });
    address
}

async fn sandbox() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let settings = pantoken_sandbox::payin::Settings {
        site_id: SiteId::parse("site-01").unwrap(),
        api_key: ApiKey::parse(SITE_KEY).unwrap(),
        notification_key: NotificationKey::parse(NOTIFICATION_KEY).unwrap(),
        notification_url: None,
        payout_key: None,
        public_origin: Origin::parse(&format!("http://{address}")).unwrap(),
    };
    let router = pantoken_sandbox::payin::router(settings, SystemRandom, SystemClock::new());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// The back end keeps one event for each id, as it should.
async fn take(State(told): State<Told>, Json(event): Json<Value>) {
    let id = event["id"].as_str().unwrap().to_owned();
    let mut told = told.lock().unwrap();
    if let Some(earlier) = told.insert(id, event.clone()) {
        assert_eq!(earlier, event, "one id, one event");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_while_tokens_are_charged_charge_once_and_tell_once() {
    let (kills, payments) = (short_or_long(6, 200), short_or_long(30, 300));
    charged(
        "kill -9 under payin",
        Site::open(None).await,
        kills,
        payments,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_while_tokens_are_charged_charge_once_and_tell_once_on_postgres() {
    let Some(server) = postgres::Server::start_or_skip() else {
        return;
    };
    let database = server.create_database().unwrap();
    let (kills, payments) = (short_or_long(3, 50), short_or_long(15, 300));
    let site = Site::open(Some(database)).await;
    charged("kill -9 under payin on Postgres", site, kills, payments).await;
}

async fn charged(fault: &str, mut site: Site, kills: usize, payments: usize) {
    let token_id = site.token().await;
    let body = json!({
        "customer": "customer-7", "tokenId": token_id,
        "amount": {"value": "1.00", "currency": "RUB"},
    });
    let paths: Vec<_> = (0..payments)
        .map(|number| format!("payments/p-{number}"))
        .collect();
    let mut next = numbers(5);
    let each = payments.div_ceil(kills);
    for (number, paths) in paths.chunks(each).enumerate() {
        let faults = ["drop-answer", "half", "empty500", "html", "error500"];
        let faults = json!([{"fault": faults[next()]}, {"fault": "drop-answer"}]);
        if number % 2 == 0 {
            site.control("faults", Some(&faults)).await;
        }
        // The server is killed while some calls are in progress.
        let answered = next() % (paths.len() + 1);
        let calls = paths
            .iter()
            .map(|path| site.call(reqwest::Method::PUT, path, &body));
        let calls = futures_util::future::join_all(calls);
        let some_executed = site.wait_until("calls", async || {
            let executed = site.control("executed", None).await;
            let all = executed["executed"].as_array().unwrap().iter();
            all.filter(|one| one["kind"] == "payment").count() >= number * each + answered
        });
        // Whichever is first: all calls ended, or so many were executed.
        tokio::select! {
            _ = calls => {}
            () = some_executed => {}
        }
        site.kill_and_start();
    }
    for path in &paths {
        site.wait_until(path, async || {
            // As an agent does that had no answer.
            site.call(reqwest::Method::PUT, path, &body).await;
            let payment = site.call(reqwest::Method::GET, path, &Value::Null).await;
            payment.is_some_and(|payment| payment["state"] == "captured")
        })
        .await;
    }
    let is_told = |event: &&Value| event["type"] == "payin.payment.captured";
    let told = || {
        let told = site.told.lock().unwrap();
        let ids = told.values().filter(is_told);
        ids.map(|event| event["paymentId"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    site.wait_until("webhooks", async || told().len() >= payments)
        .await;
    let mut told = told();
    told.sort_unstable();
    told.dedup();
    let executed = site.control("executed", None).await;
    let executed: Vec<_> = executed["executed"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["kind"] == "payment")
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    println!(
        "{fault}, {kills} times: {payments} payments, {} executed, {} told",
        executed.len(),
        told.len()
    );
    assert_eq!((executed.len(), told.len()), (payments, payments));
    let all = site.told.lock().unwrap().len();
    assert_eq!(all, payments + 1, "each event once, and the verification's");
    let log = site.server.as_ref().unwrap().stderr();
    for log in [&site.logs, &log] {
        assert!(!log.contains("panicked"), "{log}");
    }
}
