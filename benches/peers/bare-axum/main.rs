//! A minimal axum server. It gives the same answer to every request, and does not read the body.
#![allow(clippy::unwrap_used, clippy::panic)]

use axum::Router;
use axum::http::header;
use axum::routing::post;

const ANSWER: &str = r#"{"formUrl":"https://a2c-test.qiwi.kz/form?agentId=agent-01&requestId=123456789&language=ru&agentSign=3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725","formOrigin":"https://a2c-test.qiwi.kz"}"#;

#[tokio::main]
async fn main() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let answer = || async { ([(header::CONTENT_TYPE, "application/json")], ANSWER) };
    println!("listening on http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/form-urls", post(answer));
    axum::serve(listener, router).await.unwrap();
}
