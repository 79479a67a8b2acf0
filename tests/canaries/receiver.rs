use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::evidence::Evidence;

type Shared = (Arc<Evidence>, mpsc::UnboundedSender<String>);

/// Starts the agent's back end. Returns the URL for webhooks, and their bodies as they arrive.
pub(crate) async fn open(evidence: &Arc<Evidence>) -> (String, mpsc::UnboundedReceiver<String>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let router = Router::new()
        .route("/hook", post(take))
        .with_state((Arc::clone(evidence), sender));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    (url, receiver)
}

async fn take(State((evidence, sender)): State<Shared>, headers: HeaderMap, body: String) {
    evidence.add("webhook headers", format!("{headers:?}"));
    evidence.add("webhook body", body.clone());
    let _ = sender.send(body);
}
