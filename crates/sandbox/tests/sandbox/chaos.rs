use std::time::Duration;

use axum::http::StatusCode;
use pantoken_sandbox::a2c::Misbehaviour;
use tokio::time::Instant;

use crate::support::{CARD, TOKEN, get, iframe_url, path, post_json, sandbox, save_body};

const DOCUMENT: &str = include_str!("../../../../docs/sandbox.md");

fn prefix(misbehaviour: Misbehaviour) -> String {
    format!("/chaos/{}", misbehaviour.name())
}

/// Returns the addresses that a script imports, and its own.
fn imports(script: &str, address: &str) -> Vec<String> {
    let (folder, _) = address.rsplit_once('/').unwrap();
    let resolve = |name: &str| match name.strip_prefix("../../") {
        Some(name) => format!("/{name}"),
        None => format!("{folder}/{}", name.strip_prefix("./").unwrap()),
    };
    script
        .split(" from '")
        .skip(1)
        .map(|rest| resolve(rest.split_once('\'').unwrap().0))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn each_misbehaviour_has_the_page_of_the_form() {
    let sandbox = sandbox();
    let form = path(&iframe_url("1"));
    let page = get(&sandbox, &form).await;
    for misbehaviour in Misbehaviour::ALL {
        let reply = get(&sandbox, &(prefix(misbehaviour) + &form)).await;
        assert_eq!(reply.status, StatusCode::OK, "{misbehaviour:?}");
        assert_eq!(reply.body, page.body, "{misbehaviour:?}");
        assert_eq!(reply.headers, page.headers, "{misbehaviour:?}");
        let wrong = form.replace("requestId=1", "requestId=2");
        let reply = get(&sandbox, &(prefix(misbehaviour) + &wrong)).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{misbehaviour:?}");
    }
}

#[tokio::test]
async fn each_misbehaviour_is_a_script_of_its_own_or_a_slow_answer() {
    let sandbox = sandbox();
    let mut scripts = vec![get(&sandbox, "/embedder.js").await.body];
    for misbehaviour in Misbehaviour::ALL {
        let reply = get(&sandbox, &(prefix(misbehaviour) + "/embedder.js")).await;
        assert_eq!(reply.status, StatusCode::OK, "{misbehaviour:?}");
        let is_new = !scripts.contains(&reply.body);
        assert_eq!(is_new, misbehaviour != Misbehaviour::SlowLoad);
        scripts.push(reply.body);
    }
}

#[tokio::test]
async fn every_script_of_a_misbehaviour_is_there_with_all_that_it_imports() {
    let sandbox = sandbox();
    for misbehaviour in Misbehaviour::ALL {
        let mut addresses = vec![prefix(misbehaviour) + "/form.js"];
        let mut seen = 0;
        while let Some(address) = addresses.get(seen).cloned() {
            let script = get(&sandbox, &address).await;
            assert_eq!(script.status, StatusCode::OK, "{address}");
            let content_type = &script.headers["content-type"];
            assert_eq!(content_type, "text/javascript; charset=utf-8");
            for import in imports(&script.body, &address) {
                if !addresses.contains(&import) {
                    addresses.push(import);
                }
            }
            seen += 1;
        }
        let own = if misbehaviour == Misbehaviour::SlowLoad {
            4
        } else {
            5
        };
        assert_eq!(seen, own, "{addresses:?}");
    }
}

#[tokio::test]
async fn a_card_saved_by_a_misbehaving_form_is_saved_for_all() {
    let sandbox = sandbox();
    let body = save_body(&iframe_url("1"), CARD);
    let reply = post_json(&sandbox, "/chaos/reload/save", &body).await;
    assert_eq!(reply.json()["panToken"], TOKEN);
    let again = post_json(&sandbox, "/save", &body).await;
    assert_eq!(again.json()["errorCode"], "PAN_IS_EXISTS_FOR_REQUEST");
}

#[tokio::test(start_paused = true)]
async fn a_slow_form_takes_seconds_and_less_than_a_page_waits() {
    let sandbox = sandbox();
    let form = path(&iframe_url("1"));
    let before = Instant::now();
    get(&sandbox, &form).await;
    assert_eq!(before.elapsed(), Duration::ZERO);
    get(&sandbox, &format!("/chaos/slow-load{form}")).await;
    let taken = before.elapsed();
    assert!(taken >= Duration::from_secs(1), "{taken:?}");
    assert!(taken < Duration::from_secs(15), "{taken:?}");
    // The assets of the form are not slow.
    get(&sandbox, "/chaos/slow-load/form.js").await;
    assert_eq!(before.elapsed(), taken);
}

#[tokio::test]
async fn an_unknown_name_is_answered_with_all_names() {
    for address in [
        "/chaos",
        "/chaos/no-such/form",
        "/chaos/reload/nowhere",
        "/chaos/%3Cscript%3E/form",
    ] {
        let reply = get(&sandbox(), address).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{address}");
        for misbehaviour in Misbehaviour::ALL {
            let line = format!("\n{}\n", misbehaviour.name());
            assert!(reply.body.contains(&line), "{address}: {}", reply.body);
        }
        assert!(!reply.body.contains("script"), "{}", reply.body);
    }
}

#[test]
fn every_misbehaviour_is_in_the_document() {
    let rows: Vec<&str> = DOCUMENT
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"))
        .map(|(name, _)| name)
        .collect();
    let names = Misbehaviour::ALL.map(Misbehaviour::name);
    let from = rows.iter().position(|name| *name == names[0]).unwrap();
    assert_eq!(rows[from..][..names.len()], names);
}
