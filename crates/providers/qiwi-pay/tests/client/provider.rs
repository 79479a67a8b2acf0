//! A server that gives one answer to every request, and keeps the requests.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use pantoken_qiwi_pay::{Client, ClientBuilder, MerchantSite, SecretKey, Site};
use serde_json::Value;
use tokio::net::TcpListener;

pub(crate) struct Provider {
    url: String,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
}

#[derive(Clone)]
struct Answers {
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
    status: StatusCode,
    body: String,
}

impl Provider {
    /// Starts a server that answers with this status and body.
    pub(crate) async fn answers(status: u16, body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/merchant/direct", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let answers = Answers {
            requests: requests.clone(),
            status: StatusCode::from_u16(status).unwrap(),
            body: body.to_owned(),
        };
        let router = Router::new().fallback(keep_and_answer).with_state(answers);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, requests }
    }

    pub(crate) fn client(&self) -> Client {
        client_builder(&self.url).build().unwrap()
    }

    /// Returns the only request that arrived, after checking its signature.
    pub(crate) fn only_request(&self) -> Value {
        let requests = self.requests.lock().unwrap();
        let [request] = &requests[..] else {
            panic!("{}", requests.len());
        };
        let request: Value = serde_json::from_slice(request).unwrap();
        let fields = request.as_object().unwrap();
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| {
                let value = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                (name.as_str(), value)
            })
            .collect();
        let signed = fields.iter().filter(|(name, _)| *name != "industry_data");
        let sign = request["sign"].as_str().unwrap();
        assert!(
            site()
                .key()
                .verifies(signed.map(|(name, value)| (*name, value.as_str())), sign)
        );
        request
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

pub(crate) fn site() -> Site {
    Site::new(
        MerchantSite::new(555),
        SecretKey::parse("secret_key").unwrap(),
    )
}

pub(crate) fn client_builder(url: &str) -> ClientBuilder {
    Client::builder(site()).api_url(url)
}

async fn keep_and_answer(State(answers): State<Answers>, body: Bytes) -> Response {
    answers.requests.lock().unwrap().push(body.to_vec());
    let mut response = Response::new(Body::from(answers.body));
    *response.status_mut() = answers.status;
    response
}
