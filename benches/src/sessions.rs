//! Measures complete sessions: it creates each session, and then reports its result as the page does, or
//! delivers it by the callback. Run `bench-sessions SECONDS URL…` with the key in `PANTOKEN_API_KEY`. The
//! servers share the connections.
#![allow(clippy::unwrap_used, clippy::panic)]

mod connection;

use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper::{Request, StatusCode};
use pantoken_a2c::SignedRequest;
use serde_json::{Value, json};

const CONNECTIONS: usize = 64;
const PAN_TOKEN: &str = "1a77343a-dd8a-11eb-ba80-0242ac130004";
/// It must be on the server's list of return URLs.
const RETURN_URL: &str = "https://shop.kz/paid";

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().unwrap().parse().unwrap();
    let urls: Vec<String> = arguments.collect();
    let addresses = urls.iter().map(|url| url.strip_prefix("http://").unwrap());
    let started = Instant::now();
    let until = started + Duration::from_secs(seconds);
    let customers: Vec<_> = addresses
        .cycle()
        .take(CONNECTIONS)
        .map(|address| tokio::spawn(serve_customers(address.to_owned(), until)))
        .collect();
    let mut times = Vec::new();
    for customer in customers {
        times.extend(customer.await.unwrap());
    }
    times.sort_unstable();
    let rate = u32::try_from(times.len()).map(f64::from).unwrap() / started.elapsed().as_secs_f64();
    let p99 = times[times.len() * 99 / 100].as_micros();
    println!(r#"result: {{"calls":{rate:.1},"p99":{p99}}}"#);
}

/// Serves one customer after the other, and returns how long each request took.
async fn serve_customers(address: String, until: Instant) -> Vec<Duration> {
    let mut connection = Connection::open(&address).await;
    while Instant::now() < until {
        connection.iframe_session().await;
        connection.redirect_session().await;
    }
    connection.times
}

struct Connection {
    sender: SendRequest<Full<Bytes>>,
    address: String,
    authorization: String,
    times: Vec<Duration>,
}

impl Connection {
    async fn open(address: &str) -> Self {
        Self {
            sender: connection::open(address).await,
            address: address.to_owned(),
            authorization: format!("Bearer {}", std::env::var("PANTOKEN_API_KEY").unwrap()),
            times: Vec::new(),
        }
    }

    async fn iframe_session(&mut self) {
        let session = self.create(json!({"flow": "iframe"})).await;
        let path = format!("/v1/sessions/{}/result", text(&session, "requestId"));
        let token = format!("Bearer {}", text(&session, "resultToken"));
        let call = self.post(&path, &token, &json!({"panToken": PAN_TOKEN}));
        self.call(call, StatusCode::OK).await;
    }

    async fn redirect_session(&mut self) {
        let asked = json!({"flow": "redirect", "returnUrl": RETURN_URL});
        let session = self.create(asked).await;
        let signed = SignedRequest::parse(text(&session, "formUrl")).unwrap();
        let callback_url = signed.request().callback_url().unwrap().as_str();
        let (_, path) = callback_url.split_once("/v1/").unwrap();
        let request_id = signed.request().request_id();
        let url = format!("/v1/{path}?requestId={request_id}&panToken={PAN_TOKEN}");
        let call = Request::get(url)
            .header("host", &self.address)
            .body(Full::default())
            .unwrap();
        self.call(call, StatusCode::SEE_OTHER).await;
    }

    async fn create(&mut self, asked: Value) -> Value {
        let call = self.post("/v1/sessions", &self.authorization, &asked);
        let answer = self.call(call, StatusCode::CREATED).await;
        serde_json::from_slice(&answer).unwrap()
    }

    fn post(&self, path: &str, authorization: &str, body: &Value) -> Request<Full<Bytes>> {
        Request::post(path)
            .header("host", &self.address)
            .header("content-type", "application/json")
            .header("authorization", authorization)
            .body(body.to_string().into())
            .unwrap()
    }

    async fn call(&mut self, call: Request<Full<Bytes>>, expected: StatusCode) -> Bytes {
        let started = Instant::now();
        let answer = self.sender.send_request(call).await.unwrap();
        assert_eq!(answer.status(), expected);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        self.times.push(started.elapsed());
        body
    }
}

fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap()
}
