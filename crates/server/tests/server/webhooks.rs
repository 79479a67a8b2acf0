//! Webhooks over real sockets, to a receiver of the tests' own.

use std::collections::VecDeque;
use std::future::pending;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use pantoken_server::Clock;
use pantoken_server::webhooks::{SIGNATURE_HEADER, WebhookSecret, WebhookTarget, deliver, verify};
use pantoken_store::{Database, Delivery, DeliveryState, Outbox};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::support::{START, Server, assert_golden_text, server};
use crate::wait;

const SECRET: &str = "a-webhook-secret-of-tests";
const FAILED: &str = r#"{"errorCode":"INVALID_PAN","errorMessage":"no"}"#;
const SAVED: &str = r#"{"panToken":"token-1"}"#;

/// Computed with openssl from the golden body, its id and the time at which the tests start.
const STANDARD_SIGNATURE: &str = "v1,kXbrMApcODp2DizZP6KIjbu+10urdTQkcelO6u6feic=";

struct Received {
    headers: HeaderMap,
    body: String,
}

impl Received {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

type Answers = Arc<Mutex<VecDeque<u16>>>;

/// The agent's back end: gives these answers, then 200 for ever.
struct Receiver {
    port: u16,
    received: mpsc::UnboundedReceiver<Received>,
}

async fn receiver(answers: &[u16]) -> Receiver {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, received) = mpsc::unbounded_channel();
    let answers: Answers = Arc::new(Mutex::new(answers.iter().copied().collect()));
    let router = Router::new()
        .route("/hook", post(take))
        .with_state((sender, answers));
    tokio::spawn(async { axum::serve(listener, router).await });
    Receiver { port, received }
}

async fn take(
    State((sender, answers)): State<(mpsc::UnboundedSender<Received>, Answers)>,
    headers: HeaderMap,
    body: String,
) -> Response {
    sender.send(Received { headers, body }).unwrap();
    let answer = answers.lock().unwrap().pop_front().unwrap_or(200);
    let status = StatusCode::from_u16(answer).unwrap();
    (status, [(header::LOCATION, "/hook")]).into_response()
}

fn target(url: &str, allow_private: bool) -> WebhookTarget {
    let secret = WebhookSecret::parse(SECRET).unwrap();
    WebhookTarget::new(url, secret, allow_private).unwrap()
}

/// Delivers to the receiver from now on.
fn start(server: &Server, receiver: &Receiver) {
    let target = target(&format!("http://127.0.0.1:{}/hook", receiver.port), true);
    tokio::spawn(deliver(server.app.clone(), target, pending()));
}

/// The next webhook. The clock runs, in steps, while nothing comes.
async fn next(server: &Server, receiver: &mut Receiver) -> Received {
    const STEP_SECONDS: u32 = 3600;
    wait::until_some("a webhook", async || {
        let received = tokio::time::timeout(Duration::from_millis(50), receiver.received.recv());
        let received = received.await;
        if received.is_err() {
            server.clock.advance_seconds(STEP_SECONDS);
        }
        received.ok()?
    })
    .await
}

/// The next webhook, while the clock stands.
async fn at_once(receiver: &mut Receiver) -> Received {
    let received = wait::until_done("a webhook", receiver.received.recv()).await;
    received.unwrap()
}

/// The only delivery, once it is in this state.
async fn only(store: &Database, state: DeliveryState, ready: fn(&Delivery) -> bool) -> Delivery {
    wait::until_some(&format!("a delivery that is {state:?}"), async || {
        let mut found = store.list_deliveries(state, None, 10).await.unwrap();
        assert!(found.len() <= 1);
        found.pop().filter(ready)
    })
    .await
}

#[tokio::test]
async fn a_result_is_told_signed() {
    let server = server().await;
    let mut receiver = receiver(&[]).await;
    start(&server, &receiver);
    let body = r#"{"flow":"iframe","customer":"order 7"}"#;
    let session = server.post("/v1/sessions", body).await;
    server.post_result(&session, SAVED).await;
    let webhook = at_once(&mut receiver).await;
    assert_golden_text("webhook-saved.json", &format!("{}\n", webhook.body));
    assert_eq!(webhook.headers["content-type"], "application/json");
    let signature = webhook.headers[SIGNATURE_HEADER].to_str().unwrap();
    let secrets = [WebhookSecret::parse(SECRET).unwrap()];
    let now = server.clock.now() / 1000;
    let verdict = verify(
        &secrets,
        signature,
        webhook.body.as_bytes(),
        now,
        Duration::ZERO,
    );
    assert_eq!(verdict, Ok(()));
    let header = |name: &str| webhook.headers[name].to_str().unwrap();
    assert_eq!(header("webhook-id"), webhook.json()["id"]);
    assert_eq!(header("webhook-timestamp"), now.to_string());
    assert_eq!(header("webhook-signature"), STANDARD_SIGNATURE);
    only(&server.store, DeliveryState::Delivered, |_| true).await;
    let line = r#"pantoken_webhooks_total{outcome="delivered"}"#;
    assert_eq!(server.metric(line).await, "1");
}

/// The fields of an event that are its own, before those of the session.
const OF_THE_EVENT: [&str; 5] = ["id", "type", "occurredAt", "agent", "live"];

#[tokio::test]
async fn an_event_has_the_fields_of_the_session_as_it_was_with_this_result() {
    let server = server().await;
    let mut receiver = receiver(&[]).await;
    start(&server, &receiver);
    let session = server.redirect_session().await;
    for result in [FAILED, SAVED] {
        server.clock.advance_seconds(1);
        server.post_result(&session, result).await;
        let mut event = at_once(&mut receiver).await.json();
        let event = event.as_object_mut().unwrap();
        for name in OF_THE_EVENT {
            assert!(event.remove(name).is_some(), "{name}");
        }
        let session = server.session(&session).await.json();
        assert_eq!(Some(&*event), session.as_object());
    }
}

#[tokio::test]
async fn while_the_secret_is_changed_a_webhook_is_signed_with_both() {
    let server = server().await;
    let mut receiver = receiver(&[]).await;
    let url = format!("http://127.0.0.1:{}/hook", receiver.port);
    let old = WebhookSecret::parse("the-secret-before-it").unwrap();
    let target = target(&url, true).with_old_secret(old.clone());
    tokio::spawn(deliver(server.app.clone(), target, pending()));
    let session = server.iframe_session().await;
    server.post_result(&session, SAVED).await;
    let webhook = at_once(&mut receiver).await;
    let signature = webhook.headers[SIGNATURE_HEADER].to_str().unwrap();
    let now = server.clock.now() / 1000;
    for secret in [WebhookSecret::parse(SECRET).unwrap(), old] {
        let body = webhook.body.as_bytes();
        let verdict = verify(&[secret], signature, body, now, Duration::ZERO);
        assert_eq!(verdict, Ok(()));
    }
    let standard = webhook.headers["webhook-signature"].to_str().unwrap();
    let signatures: Vec<_> = standard.split(' ').collect();
    assert_eq!(signatures.len(), 2, "{standard}");
    assert!(
        signatures.iter().all(|one| one.starts_with("v1,")),
        "{standard}"
    );
}

#[tokio::test]
async fn a_webhook_that_is_refused_comes_again_with_the_same_id() {
    let server = server().await;
    let mut receiver = receiver(&[500, 302, 404]).await;
    start(&server, &receiver);
    let session = server.iframe_session().await;
    server.post_result(&session, FAILED).await;
    let first = next(&server, &mut receiver).await;
    assert_golden_text("webhook-failed.json", &format!("{}\n", first.body));
    for _ in 0..3 {
        let again = next(&server, &mut receiver).await;
        assert_eq!(again.body, first.body);
        assert_ne!(
            again.headers[SIGNATURE_HEADER],
            first.headers[SIGNATURE_HEADER]
        );
    }
    let delivery = only(&server.store, DeliveryState::Delivered, |_| true).await;
    assert_eq!(delivery.attempts, 4);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = server().await;
    let mut receiver = receiver(&[302]).await;
    start(&server, &receiver);
    let session = server.iframe_session().await;
    server.post_result(&session, SAVED).await;
    at_once(&mut receiver).await;
    let store = &server.store;
    let failed = only(store, DeliveryState::Pending, |it| it.last_error.is_some()).await;
    let reason = failed.last_error.unwrap();
    assert_eq!(reason, "answered 302: redirects are not followed");
    assert!(receiver.received.try_recv().is_err());
}

#[tokio::test]
async fn the_webhooks_of_a_request_come_in_the_order_of_its_results() {
    let server = server().await;
    let mut receiver = receiver(&[500]).await;
    start(&server, &receiver);
    let session = server.iframe_session().await;
    server.post_result(&session, FAILED).await;
    let mut types = vec![at_once(&mut receiver).await.json()["type"].clone()];
    only(&server.store, DeliveryState::Pending, |it| {
        it.last_error.is_some()
    })
    .await;
    server.clock.advance_seconds(10);
    types.push(at_once(&mut receiver).await.json()["type"].clone());
    server.post_result(&session, SAVED).await;
    types.push(at_once(&mut receiver).await.json()["type"].clone());
    let failed = "session.failed";
    assert_eq!(types, [failed, failed, "session.saved"]);
}

#[tokio::test]
async fn each_type_of_event_about_a_session_has_one_id_however_often_it_fails() {
    let server = server().await;
    let mut receiver = receiver(&[]).await;
    start(&server, &receiver);
    let session = server.iframe_session().await;
    let other = r#"{"errorCode":"FORBIDDEN","errorMessage":"no"}"#;
    let mut told = Vec::new();
    for result in [FAILED, other, FAILED, SAVED] {
        server.post_result(&session, result).await;
        let webhook = at_once(&mut receiver).await;
        let event = webhook.json();
        let header = webhook.headers["webhook-id"].to_str().unwrap();
        assert_eq!(header, event["id"]);
        told.push(event["id"].as_str().unwrap().to_owned());
    }
    let id = session.field("requestId");
    let (failed, saved) = (format!("{id}-failed"), format!("{id}-saved"));
    assert_eq!(told, [failed.clone(), failed.clone(), failed, saved]);
}

#[tokio::test]
async fn a_token_is_told_at_once_although_the_errors_before_it_are_refused() {
    let server = server().await;
    let mut receiver = receiver(&[400]).await;
    start(&server, &receiver);
    let session = server.iframe_session().await;
    server.post_result(&session, FAILED).await;
    assert_eq!(
        at_once(&mut receiver).await.json()["type"],
        "session.failed"
    );
    only(&server.store, DeliveryState::Pending, |it| {
        it.last_error.is_some()
    })
    .await;
    server.post_result(&session, SAVED).await;
    // The clock stands, so the refused one is not due again.
    assert_eq!(at_once(&mut receiver).await.json()["type"], "session.saved");
    only(&server.store, DeliveryState::Delivered, |_| true).await;
    let pending = server.store.count_deliveries(DeliveryState::Pending).await;
    assert_eq!(pending.unwrap(), 0);
}

#[tokio::test]
async fn a_webhook_that_is_refused_for_days_is_given_up_and_can_be_tried_again() {
    let server = server().await;
    let mut receiver = receiver(&[500; 16]).await;
    start(&server, &receiver);
    let session = server.iframe_session().await;
    server.post_result(&session, SAVED).await;
    for _ in 0..16 {
        next(&server, &mut receiver).await;
    }
    let dead = only(&server.store, DeliveryState::Dead, |_| true).await;
    assert_eq!(dead.last_error.as_deref(), Some("answered 500"));
    let listed = pantoken(&server, &["webhooks", "list"]).await;
    let id = session.field("requestId");
    says(
        &listed,
        0,
        &format!("{}  {id}  session.saved  16 attempts", dead.id),
    );
    let number = dead.id.to_string();
    says(
        &pantoken(&server, &["webhooks", "retry", &number]).await,
        0,
        "will be retried",
    );
    // The command goes by the machine's own clock, which is ahead of the test's.
    server.clock.advance_seconds(20 * 365 * 86_400);
    assert_eq!(next(&server, &mut receiver).await.json()["requestId"], id);
    only(&server.store, DeliveryState::Delivered, |_| true).await;
    says(
        &pantoken(&server, &["webhooks", "retry", &number]).await,
        1,
        "no dead webhook",
    );
    says(
        &pantoken(&server, &["webhooks", "retry", "--all"]).await,
        0,
        "0 webhooks",
    );
    let delivered = pantoken(&server, &["webhooks", "list", "--state", "delivered"]).await;
    says(&delivered, 0, &id);
    assert!(
        !String::from_utf8(delivered.stdout)
            .unwrap()
            .contains("token-1")
    );
}

#[tokio::test]
async fn a_webhook_of_a_clock_that_was_ahead_waits_for_half_a_day_at_most() {
    const MONTH: u32 = 30 * 86_400;
    let server = server().await;
    let mut receiver = receiver(&[]).await;
    server.clock.advance_seconds(MONTH);
    let session = server.iframe_session().await;
    server.post_result(&session, SAVED).await;
    server.clock.go_back_seconds(MONTH);
    start(&server, &receiver);
    // Once it is known how long it waits, the clock goes there in one step.
    let parked = only(&server.store, DeliveryState::Pending, |it| {
        it.next_attempt_at < START + i64::from(MONTH) * 1000
    });
    assert_eq!(parked.await.next_attempt_at, START + 12 * 3_600_000);
    server.clock.advance_seconds(12 * 3600);
    assert_eq!(at_once(&mut receiver).await.json()["type"], "session.saved");
}

#[tokio::test]
async fn a_name_that_leads_into_a_private_network_is_not_called() {
    let server = server().await;
    let mut receiver = receiver(&[]).await;
    let url = format!("https://localhost:{}/hook", receiver.port);
    tokio::spawn(deliver(server.app.clone(), target(&url, false), pending()));
    let session = server.iframe_session().await;
    server.post_result(&session, SAVED).await;
    let store = &server.store;
    let failed = only(store, DeliveryState::Pending, |it| it.last_error.is_some()).await;
    let reason = failed.last_error.unwrap();
    assert!(reason.contains("no public address"), "{reason}");
    assert!(receiver.received.try_recv().is_err());
}

#[tokio::test]
async fn what_is_under_way_is_finished_when_the_server_stops() {
    let server = server().await;
    let mut receiver = receiver(&[]).await;
    let session = server.iframe_session().await;
    server.post_result(&session, SAVED).await;
    let url = format!("http://127.0.0.1:{}/hook", receiver.port);
    // It is to stop before it starts, and does one round nevertheless.
    deliver(server.app.clone(), target(&url, true), async {})
        .await
        .unwrap();
    // Nothing is waited for here: it is done, or it would be cut off with the process.
    assert!(receiver.received.try_recv().is_ok());
    let delivered = server
        .store
        .list_deliveries(DeliveryState::Delivered, None, 10);
    assert_eq!(delivered.await.unwrap().len(), 1);
}

/// Runs the command while this process goes on: its own store may hold the lock that the command
/// waits for.
async fn pantoken(server: &Server, arguments: &[&str]) -> Output {
    let database = format!("sqlite://{}", server.database.display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_pantoken"));
    command
        .args(arguments)
        .env_clear()
        .env("PANTOKEN_DATABASE_URL", database);
    let output = tokio::task::spawn_blocking(move || command.output());
    output.await.unwrap().unwrap()
}

#[track_caller]
fn says(output: &Output, code: i32, words: &str) {
    let text = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(text.contains(words), "{text}");
}
