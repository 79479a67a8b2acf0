//! One server with a clock that stands and seeded randomness, and how to call it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::{Extension, Router};
use pantoken_a2c::{AgentId, FormHost, SignedRequest};
use pantoken_a2c_signing::AgentSecret;
use pantoken_server::{
    AllowedOrigin, ApiKey, ApiOptions, AppState, Clock, PublicUrl, Random, RandomError, ReturnUrls,
    Signer, metrics_router, router,
};
use pantoken_store::{Database, DatabaseUrl, StoreOptions};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) const API_KEY: &str = "api-key-of-the-tests";
pub(crate) const PAGE: &str = "https://shop.kz";
/// 2025-06-01T12:00:00Z
pub(crate) const START: i64 = 1_748_779_200_000;
pub(crate) const SESSION_SECONDS: u32 = 1800;

#[derive(Clone)]
pub(crate) struct SetClock(Arc<AtomicI64>);

impl SetClock {
    pub(crate) fn start() -> Self {
        Self(Arc::new(AtomicI64::new(START)))
    }

    pub(crate) fn advance_seconds(&self, seconds: u32) {
        self.0
            .fetch_add(i64::from(seconds) * 1000, Ordering::Relaxed);
    }

    pub(crate) fn go_back_seconds(&self, seconds: u32) {
        self.0
            .fetch_sub(i64::from(seconds) * 1000, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// SplitMix64 from a fixed seed: the same bytes in every run.
#[derive(Default)]
struct Seeded(AtomicU64);

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        for chunk in buffer.chunks_mut(8) {
            let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let bytes = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        Ok(())
    }
}

pub(crate) struct Server {
    pub(crate) clock: SetClock,
    pub(crate) store: Database,
    pub(crate) app: AppState,
    pub(crate) router: Router,
    pub(crate) metrics: Router,
    pub(crate) database: PathBuf,
    options: ApiOptions,
    _folder: TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn field(&self, name: &str) -> String {
        let json = self.json();
        let field = json[name].as_str();
        field.unwrap_or_else(|| panic!("{name}: {json}")).to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str, field: Option<&str>) {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let json = self.json();
        assert_eq!(json["status"], status);
        assert_eq!(json["code"], code, "{json}");
        assert_eq!(json["field"].as_str(), field, "{json}");
    }
}

pub(crate) async fn server() -> Server {
    server_with(|_| {}).await
}

pub(crate) async fn server_with(change: impl FnOnce(&mut ApiOptions)) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("pantoken.db").display());
    server_on(&url, folder, change).await
}

/// A server on this database. Its files are in the folder.
pub(crate) async fn server_on(
    database_url: &str,
    folder: TempDir,
    change: impl FnOnce(&mut ApiOptions),
) -> Server {
    let outbox = StoreOptions {
        outbox: true,
        ..StoreOptions::default()
    };
    let url = DatabaseUrl::parse(database_url).unwrap();
    let store = Database::open(&url, outbox).await.unwrap();
    let mut options = ApiOptions {
        api_key: Some(ApiKey::parse(API_KEY).unwrap()),
        allowed_origins: vec![AllowedOrigin::parse(PAGE).unwrap()],
        public_sessions: true,
        return_urls: ReturnUrls::parse("https://shop.kz/paid").unwrap(),
        session_seconds: SESSION_SECONDS,
        ..ApiOptions::new(PublicUrl::parse("https://pay.shop.kz").unwrap())
    };
    change(&mut options);
    let clock = SetClock::start();
    let app = app_of(&store, "22f3b3cc2ae84451", &options, &clock);
    Server {
        router: router(app.clone()),
        metrics: metrics_router(app.clone()),
        app,
        database: folder.path().join("pantoken.db"),
        clock,
        store,
        options,
        _folder: folder,
    }
}

fn app_of(store: &Database, secret: &str, options: &ApiOptions, clock: &SetClock) -> AppState {
    let signer = Signer::new(
        FormHost::parse("https://a2c-test.qiwi.kz").unwrap(),
        AgentId::parse("agent-01").unwrap(),
        AgentSecret::parse(secret).unwrap(),
    );
    AppState::new(
        store.clone(),
        signer,
        options.clone(),
        clock.clone(),
        Seeded::default(),
    )
}

impl Server {
    /// The same server after the agent got a new secret key.
    pub(crate) fn with_secret(self, secret: &str) -> Self {
        let app = app_of(&self.store, secret, &self.options, &self.clock);
        Self {
            router: router(app),
            ..self
        }
    }

    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        self.call_from("192.0.2.1:1", method, path, headers, body)
            .await
    }

    /// A call over a connection from this peer.
    pub(crate) async fn call_from(
        &self,
        peer: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        call(from(&self.router, peer), method, path, headers, body).await
    }

    pub(crate) async fn call_metrics(&self, method: &str, path: &str) -> Answer {
        call(self.metrics.clone(), method, path, &[], "").await
    }

    /// A call at the address of the metrics, over a connection from this peer.
    pub(crate) async fn call_metrics_from(
        &self,
        peer: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        call(from(&self.metrics, peer), method, path, headers, body).await
    }

    /// The value of a line of `/metrics`, without which it counts as 0.
    pub(crate) async fn metric(&self, line: &str) -> String {
        let answer = self.call_metrics("GET", "/metrics").await;
        let mut lines = answer.text.lines();
        let found = lines.find_map(|found| found.strip_prefix(line)?.strip_prefix(' '));
        found.unwrap_or("0").to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[], "").await
    }

    /// A JSON call of the agent's back end.
    pub(crate) async fn post(&self, path: &str, body: &str) -> Answer {
        let key = format!("Bearer {API_KEY}");
        let headers = [
            ("authorization", key.as_str()),
            ("content-type", "application/json"),
        ];
        self.call("POST", path, &headers, body).await
    }

    pub(crate) async fn post_result(&self, session: &Answer, body: &str) -> Answer {
        let token = format!("Bearer {}", session.field("resultToken"));
        let headers = [
            ("authorization", token.as_str()),
            ("content-type", "application/json"),
        ];
        let path = format!("/v1/sessions/{}/result", session.field("requestId"));
        self.call("POST", &path, &headers, body).await
    }

    pub(crate) async fn iframe_session(&self) -> Answer {
        self.created(r#"{"flow":"iframe"}"#).await
    }

    pub(crate) async fn redirect_session(&self) -> Answer {
        self.created(
            r#"{"flow":"redirect","language":"kz","returnUrl":"https://shop.kz/paid?order=7"}"#,
        )
        .await
    }

    /// The customer's browser comes back from the provider with this result.
    pub(crate) async fn come_back(&self, session: &Answer, result: &str) -> Answer {
        let id = session.field("requestId");
        let path = format!("{}?requestId={id}&{result}", callback_path(session));
        self.get(&path).await
    }

    async fn created(&self, body: &str) -> Answer {
        let answer = self.post("/v1/sessions", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer
    }

    pub(crate) async fn session(&self, created: &Answer) -> Answer {
        let path = format!("/v1/sessions/{}", created.field("requestId"));
        let key = format!("Bearer {API_KEY}");
        self.call("GET", &path, &[("authorization", &key)], "")
            .await
    }

    pub(crate) async fn state(&self, created: &Answer) -> String {
        self.session(created).await.field("state")
    }
}

/// The path of the callback URL that the provider would send the customer to.
pub(crate) fn callback_path(session: &Answer) -> String {
    let url = SignedRequest::parse(&session.field("formUrl")).unwrap();
    let callback = url.request().callback_url().unwrap().as_str().to_owned();
    callback
        .strip_prefix("https://pay.shop.kz")
        .unwrap()
        .to_owned()
}

async fn call(
    router: Router,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8(bytes.into()).unwrap(),
    }
}

/// Compares an answer with `tests/golden/{name}`; `PANTOKEN_UPDATE_GOLDEN=1` writes it instead.
#[track_caller]
pub(crate) fn assert_golden(name: &str, answer: &Answer) {
    let text = if answer.header("content-type").contains("json") {
        format!(
            "{}\n",
            serde_json::to_string_pretty(&answer.json()).unwrap()
        )
    } else {
        answer.text.clone()
    };
    assert_golden_text(name, &text);
}

/// [`assert_golden`] for a text.
#[track_caller]
pub(crate) fn assert_golden_text(name: &str, text: &str) {
    let file = golden_folder().join(name);
    if std::env::var_os("PANTOKEN_UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, text).unwrap();
    }
    let golden =
        std::fs::read_to_string(&file).unwrap_or_else(|_| panic!("{} is missing", file.display()));
    assert_eq!(text, golden, "{name}");
}

fn golden_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Returns the router as a connection from this peer reaches it.
fn from(router: &Router, peer: &str) -> Router {
    let peer: SocketAddr = peer.parse().unwrap();
    router.clone().layer(Extension(ConnectInfo(peer)))
}
