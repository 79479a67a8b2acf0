//! A server that gives one answer to every request, and keeps the requests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use pantoken_payin::{ApiKey, Client, ClientBuilder, DigitalSigner, SiteId, Timeouts};
use tokio::net::TcpListener;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    /// The method and the path below the site.
    pub(crate) call: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Arrived {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// The running server.
pub(crate) struct Provider {
    base_url: String,
    requests: Arc<Mutex<Vec<Arrived>>>,
}

#[derive(Clone)]
struct Answers {
    requests: Arc<Mutex<Vec<Arrived>>>,
    answer: Arc<dyn Fn() -> Response + Send + Sync>,
}

pub(crate) const API_KEY: &str = "5c4b25xx93aa435d9cb8cd17480356f9";
const PREFIX: &str = "/partner/payin/v1/sites";
const KEY: &[u8] = include_bytes!("../golden/digital-signature-key.pem");

impl Provider {
    /// Starts a server that answers with this status and body.
    pub(crate) async fn answers(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self::answers_with(move || {
            let mut response = Response::new(Body::from(body.clone()));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            response
        })
        .await
    }

    pub(crate) async fn answers_with(
        answer: impl Fn() -> Response + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}{PREFIX}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let answers = Answers {
            requests: requests.clone(),
            answer: Arc::new(answer),
        };
        let router = Router::new().fallback(keep_and_answer).with_state(answers);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base_url, requests }
    }

    pub(crate) fn client(&self) -> Client {
        client_builder(&self.base_url).build().unwrap()
    }

    /// Returns the only request that arrived.
    pub(crate) fn only_request(&self) -> Arrived {
        let requests = self.requests.lock().unwrap();
        let [request] = &requests[..] else {
            panic!("{requests:?}");
        };
        request.clone()
    }
}

pub(crate) fn client_builder(base_url: &str) -> ClientBuilder {
    let timeout = Duration::from_secs(60);
    Client::builder(
        SiteId::parse("site-01").unwrap(),
        ApiKey::parse(API_KEY).unwrap(),
    )
    .base_url(base_url)
    .timeouts(Timeouts {
        read: timeout,
        write: timeout,
    })
    .digital_signer(DigitalSigner::from_pem(KEY).unwrap())
}

async fn keep_and_answer(State(answers): State<Answers>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    let path = parts.uri.path_and_query().unwrap().as_str();
    let path = path.strip_prefix(PREFIX).unwrap();
    let arrived = Arrived {
        call: format!("{} {path}", parts.method),
        headers: parts.headers,
        body,
    };
    answers.requests.lock().unwrap().push(arrived);
    (answers.answer)()
}
