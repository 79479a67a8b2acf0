//! `pantoken dev`: one command, one address, and nothing to set.

use std::net::TcpListener;
use std::process::Command;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;
use pantoken_server::webhooks::{WebhookSecret, verify};
use pantoken_test_support::{Process, send_request};

use crate::process::{PAN_TOKEN, json_field};

const API_KEY: &str = "pantoken-dev-api-key";
const WEBHOOK_SECRET: &str = "pantoken-dev-webhook-secret";
const JSON: &str = "Content-Type: application/json";

struct Dev {
    process: Process,
    address: String,
}

impl Dev {
    fn start(arguments: &[&str]) -> Self {
        let mut command = command(&["--port", "0", "--sandbox-port", "0"]);
        let process = Process::start(command.args(arguments));
        let address = process.wait_for("Open http://");
        let address = address.unwrap_or_else(|| panic!("{}", process.log()));
        Self { process, address }
    }

    fn call(&self, head: &str, body: &str) -> String {
        send_request(&self.address, head, body)
    }

    /// Reports a saved card in a session that a page on this origin creates, and returns its request id.
    fn save_a_card(&self, origin: &str) -> String {
        let head = format!("POST /v1/sessions HTTP/1.1\r\n{JSON}\r\nOrigin: {origin}");
        let created = self.call(&head, r#"{"flow":"iframe"}"#);
        let id = json_field(&created, "requestId");
        let token = json_field(&created, "resultToken");
        let head = format!(
            "POST /v1/sessions/{id}/result HTTP/1.1\r\n{JSON}\r\nAuthorization: Bearer {token}"
        );
        let reported = self.call(&head, &format!(r#"{{"panToken":"{PAN_TOKEN}"}}"#));
        assert_eq!(json_field(&reported, "state"), "saved");
        id
    }
}

/// The settings of the developer's own shell, and of the folder, must not matter.
fn command(arguments: &[&str]) -> Command {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pantoken.toml"), "nonsense").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pantoken"));
    command
        .arg("dev")
        .args(arguments)
        .env("PANTOKEN_AGENT_ID", "another")
        .env("PANTOKEN_DATABASE_URL", "sqlite:///nowhere/pantoken.db")
        .current_dir(folder.keep());
    command
}

#[test]
fn a_page_on_localhost_saves_a_card_and_the_webhook_is_printed() {
    let mut dev = Dev::start(&["--origin", "http://localhost:4000"]);
    for origin in ["http://localhost:8000", "http://localhost:4000"] {
        let id = dev.save_a_card(origin);
        dev.process.wait_for("webhook session.saved").unwrap();
        let printed = format!("\"requestId\": \"{id}\"");
        dev.process.wait_for(&printed).unwrap();
        // The back end reads what its customer's card became.
        let head = format!("GET /v1/sessions/{id} HTTP/1.1\r\nAuthorization: Bearer {API_KEY}");
        assert_eq!(json_field(&dev.call(&head, ""), "panToken"), PAN_TOKEN);
        // The page shows the webhook that the back end has received.
        let kept = dev.call(&format!("GET /dev/webhooks?requestId={id} HTTP/1.1"), "");
        assert!(kept.contains("session.saved"), "{kept}");
        assert!(!kept.contains("access-control-allow-origin"), "{kept}");
    }
    assert!(dev.process.stop().success(), "{}", dev.process.log());
}

#[test]
fn the_page_to_try_it_allows_no_script_but_its_own() {
    let dev = Dev::start(&[]);
    let page = dev.call("GET / HTTP/1.1", "");
    assert!(page.contains("<pantoken-form"), "{page}");
    let policy =
        "content-security-policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval';";
    assert!(page.contains(policy), "{page}");
    // A browser complains about a directive that is there twice.
    assert_eq!(page.matches("base-uri").count(), 1, "{page}");
    // The snippets have the address at which this server listens.
    let facts = dev.call("GET /dev/facts HTTP/1.1", "");
    let element = format!("http://{}/pantoken/element.js", dev.address);
    assert!(facts.contains(&element), "{facts}");
}

#[test]
fn a_busy_port_is_named_with_the_flag_that_changes_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (flag, other) in [("--port", "--sandbox-port"), ("--sandbox-port", "--port")] {
        let output = command(&[flag, &port, other, "0"]).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(&format!("port {port} is in use")), "{text}");
        assert!(text.contains(&format!("with {flag}")), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_reaches_the_developers_own_back_end_with_its_signature() {
    let (received, mut requests) = tokio::sync::mpsc::channel(8);
    let receive = post(async move |headers: HeaderMap, body: Bytes| {
        received.send((headers, body)).await.unwrap();
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhook", listener.local_addr().unwrap());
    let router = Router::new().route("/webhook", receive);
    tokio::spawn(async { axum::serve(listener, router).await });

    let dev = Dev::start(&["--webhook-url", &url]);
    let id = dev.save_a_card("http://localhost:5173");
    let (headers, body) = requests.recv().await.unwrap();
    let signature = headers["pantoken-signature"].to_str().unwrap();
    let (time, _) = signature[2..].split_once(',').unwrap();
    let secret = WebhookSecret::parse(WEBHOOK_SECRET).unwrap();
    let now = time.parse().unwrap();
    verify(&[secret], signature, &body, now, std::time::Duration::ZERO).unwrap();
    assert!(String::from_utf8_lossy(&body).contains(&id));
    dev.process
        .wait_for(&format!("{url} answered 200"))
        .unwrap();
}

/// Starts it with a folder that has the page of a tab.
fn with_pages() -> (Dev, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for page in ["index.html", "payin.html", "jetpay.html"] {
        std::fs::write(folder.path().join(page), page).unwrap();
    }
    let dev = Dev::start(&["--pages", folder.path().to_str().unwrap()]);
    (dev, folder)
}

#[test]
fn each_page_may_show_what_is_on_it() {
    let (dev, _folder) = with_pages();
    // The list of sandboxes has several lines, and each arrives by itself.
    let sandbox = |name: &str| {
        let label = format!(" ({name}");
        let read = |line: &str| Some(line.split_once(&label)?.0.rsplit(' ').next()?.to_owned());
        dev.process.wait_for_line(read).unwrap()
    };
    for (page, frames) in [
        ("payin.html", ["a2c", "payin"].as_slice()),
        ("jetpay.html", &["jetpay"]),
    ] {
        let answer = dev.call(&format!("GET /{page} HTTP/1.1"), "");
        assert!(answer.ends_with(page), "{answer}");
        let frames: Vec<_> = frames.iter().map(|name| sandbox(name)).collect();
        let policy = format!("frame-src {};", frames.join(" "));
        assert!(answer.contains(&policy), "{policy} {answer}");
        assert!(!answer.contains("unsafe-inline"), "{answer}");
    }
    // The page to try the form is not there.
    assert!(dev.call("GET / HTTP/1.1", "").ends_with("index.html"));
}

/// Returns what the server answered to a call of the shop's.
fn called(answer: &str) -> serde_json::Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    body["answer"].clone()
}

#[test]
fn the_shop_answers_pages_of_its_own_origin_alone() {
    let (dev, _folder) = with_pages();
    let post = |origin: &str| {
        let head = format!("POST /shop/payin/verifications HTTP/1.1\r\n{JSON}{origin}");
        dev.call(&head, r#"{"language":"en"}"#)
    };
    for origin in [
        "",
        "\r\nOrigin: null",
        "\r\nOrigin: https://evil.example",
        "\r\nOrigin: http://localhost:8000",
    ] {
        let answer = post(origin);
        assert!(answer.starts_with("HTTP/1.1 403"), "{origin} {answer}");
        assert_eq!(json_field(&answer, "code"), "ORIGIN_NOT_ALLOWED");
    }
    let own = format!("\r\nOrigin: http://{}", dev.address);
    let answer = post(&own);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(json_field(&answer, "call"), "POST /v1/payin/verifications");
    let id = called(&answer)["verificationId"].clone();
    let id = id.as_str().unwrap();
    // No other page can read an answer, and none is told the API key.
    assert!(!answer.contains("access-control-allow-origin"), "{answer}");
    assert!(!answer.contains(API_KEY), "{answer}");

    let read = dev.call(&format!("GET /shop/payin/verifications/{id} HTTP/1.1"), "");
    let read = called(&read);
    assert_eq!(
        (&read["state"], &read["customer"]),
        (&"created".into(), &"customer-7".into())
    );
    // An id cannot lead to another call.
    let other = dev.call(
        "GET /shop/payin/verifications/..%2Fpayments%2F1 HTTP/1.1",
        "",
    );
    assert!(other.starts_with("HTTP/1.1 400"), "{other}");
}

#[test]
fn a_payout_needs_money_on_the_account() {
    let (dev, _folder) = with_pages();
    let head = format!(
        "POST /shop/jetpay/payouts HTTP/1.1\r\n{JSON}\r\nOrigin: http://{}",
        dev.address
    );
    let answer = dev.call(&head, r#"{"account":"77011234500"}"#);
    assert!(answer.starts_with("HTTP/1.1 409"), "{answer}");
    assert_eq!(json_field(&answer, "code"), "BALANCE_TOO_LOW");
    let account = dev.call("GET /shop/jetpay/account HTTP/1.1", "");
    assert!(account.contains(r#""balance":0"#), "{account}");
}

#[test]
fn pages_that_are_not_there_are_refused() {
    let output = command(&["--pages", "/nowhere"]).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("/nowhere") && text.contains("is not a folder"),
        "{text}"
    );
}
