//! This test has a process of its own, because logging is configured for a whole process.

// Helpers fail by panicking, as tests do.
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "sandbox/support.rs"]
mod support;

use std::sync::Mutex;

use serde_json::{Value, json};
use support::{CARD, TOKEN, get, iframe_url, path, sandbox, save, save_body};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

/// The log.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[tokio::test]
async fn the_card_number_is_in_no_answer_and_no_log() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(|| LOG.make_writer())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let sandbox = sandbox();
    let good = save_body(&iframe_url("7"), CARD);
    let mut answers = Vec::new();
    for body in [
        good.clone(),
        good.clone(),
        changed(&good, "agentSign", json!(CARD)),
        changed(&good, "agentId", json!(CARD)),
        changed(&good, "agentCallbackUrl", json!(CARD)),
        changed(&good, "requestId", json!(4_111_111_111_111_111_i64)),
        changed(&good, CARD, json!(CARD)),
        json!(CARD),
    ] {
        answers.push(save(&sandbox, &body).await.body);
    }
    let form = path(&iframe_url("8"));
    for query in [
        format!("{form}&{CARD}={CARD}"),
        form.replace("agent-01", CARD),
        form.replace("language=ru", &format!("language={CARD}")),
        form.replace("requestId=8", &format!("requestId={CARD}")),
    ] {
        let page = get(&sandbox, &query).await.body;
        // The page lists the usual test numbers, which were not sent.
        answers.push(page.replace(&format!("data-pan=\"{CARD}\""), ""));
    }

    for answer in answers {
        assert!(!answer.contains(CARD), "{answer}");
    }
    let log = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("card saved") && log.contains("card refused"),
        "{log}"
    );
    assert!(log.contains("form refused"), "{log}");
    assert!(!log.contains(CARD), "{log}");
    assert!(!log.contains(TOKEN), "{log}");
}

fn changed(body: &Value, name: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[name] = value;
    body
}
