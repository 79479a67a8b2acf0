use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::evidence::Evidence;

type Told = (Arc<Evidence>, mpsc::UnboundedSender<String>);

/// The agent's back end, which webhooks are sent to: where it is, and what comes.
pub(crate) async fn open(evidence: &Arc<Evidence>) -> (String, mpsc::UnboundedReceiver<String>) {
    let (tell, told) = mpsc::unbounded_channel();
    let router = Router::new()
        .route("/hook", post(take))
        .with_state((Arc::clone(evidence), tell));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    (url, told)
}

async fn take(State((evidence, tell)): State<Told>, headers: HeaderMap, body: String) {
    evidence.add("webhook headers", format!("{headers:?}"));
    evidence.add("webhook body", body.clone());
    let _ = tell.send(body);
}
