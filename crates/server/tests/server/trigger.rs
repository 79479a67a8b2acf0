//! `pantoken trigger`, against a receiver of the test's own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Output};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use pantoken_server::webhooks::{WebhookSecret, verify};
use pantoken_server::{Clock, SystemClock};
use serde_json::Value;
use sha2::Sha256;

const SECRET: &str = "a-webhook-secret-of-tests";

/// What a receiver got.
struct Received {
    head: String,
    body: String,
}

impl Received {
    fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Starts a receiver that gives this answer to one request.
fn receiver(status: &'static str) -> (String, JoinHandle<Received>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/webhook", listener.local_addr().unwrap());
    let received = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            reader.read_line(&mut head).unwrap();
        }
        let mut received = Received {
            head,
            body: String::new(),
        };
        let mut body = vec![0; received.header("content-length").parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        received.body = String::from_utf8(body).unwrap();
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes()).unwrap();
        received
    });
    (url, received)
}

fn trigger_with(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_pantoken"))
        .arg("trigger")
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .current_dir(folder.path())
        .output()
        .unwrap()
}

fn trigger(arguments: &[&str]) -> Output {
    trigger_with(arguments, &[("PANTOKEN_WEBHOOK_SECRET", SECRET)])
}

#[track_caller]
fn fails(output: &Output, code: i32, words: &[&str]) {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{text}");
    for word in words {
        assert!(text.contains(word), "{word:?} is not in {text}");
    }
    assert!(!text.contains(SECRET), "{text}");
}

#[test]
fn a_triggered_webhook_has_both_signatures_and_the_data() {
    let (url, received) = receiver("204 No Content");
    let data = r#"{"customer":"жаңа","requestId":"8"}"#;
    let output = trigger(&["session.saved", "--to", &url, "--data", data]);
    assert!(output.status.success(), "{output:?}");
    let received = received.join().unwrap();
    let event = received.json();
    assert_eq!(
        (&event["type"], &event["customer"]),
        (&"session.saved".into(), &"жаңа".into())
    );
    assert_eq!(
        (&event["live"], &event["requestId"]),
        (&false.into(), &"8".into())
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains(event["id"].as_str().unwrap()));

    let body = received.body.as_bytes();
    let secret = [WebhookSecret::parse(SECRET).unwrap()];
    let now = SystemClock::new().now() / 1000;
    let header = received.header("pantoken-signature");
    assert_eq!(
        verify(&secret, header, body, now, Duration::from_secs(60)),
        Ok(())
    );
    let (id, time) = (
        received.header("webhook-id"),
        received.header("webhook-timestamp"),
    );
    assert_eq!(event["id"], id);
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    let mac = mac.chain_update(format!("{id}.{time}.")).chain_update(body);
    let standard = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(received.header("webhook-signature"), standard);
}

#[test]
fn the_data_and_the_secret_may_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let data = format!("@{}", write("bill.json", r#"{"billId":"order-8"}"#));
    let secret = write("secret", &format!("{SECRET}\n"));
    let (url, received) = receiver("200 OK");
    let arguments = ["payin.bill.paid", "--to", &url, "--data", &data];
    let output = trigger_with(&arguments, &[("PANTOKEN_WEBHOOK_SECRET_FILE", &secret)]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(received.join().unwrap().json()["billId"], "order-8");
}

#[test]
fn a_receiver_that_refuses_or_is_not_there_is_a_failure() {
    let (url, received) = receiver("400 Bad Request");
    fails(
        &trigger(&["session.failed", "--to", &url]),
        1,
        &["answered 400"],
    );
    received.join().unwrap();
    // Nobody listens there any more.
    fails(
        &trigger(&["session.failed", "--to", &url]),
        1,
        &["not accepted"],
    );
}

#[test]
fn wrong_usage_says_what_to_write() {
    let url = "http://127.0.0.1:1/webhook";
    fails(
        &trigger_with(&["session.saved", "--to", url], &[]),
        2,
        &["PANTOKEN_WEBHOOK_SECRET", "required to sign"],
    );
    fails(
        &trigger(&["session.done", "--to", url]),
        2,
        &["session.saved", "payin.bill.paid"],
    );
    fails(
        &trigger(&["session.saved", "--to", "http://8.8.8.8/"]),
        2,
        &["--to", "https://"],
    );
    let data = |data: &str| trigger(&["session.saved", "--to", url, "--data", data]);
    fails(&data("[]"), 2, &["JSON object"]);
    fails(
        &data("@nowhere.json"),
        2,
        &["nowhere.json", "cannot be read"],
    );
}
