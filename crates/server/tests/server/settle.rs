//! `pantoken operations settle`: what a person decides about a payment is taken over by the server and told once.

use std::process::Command;

use pantoken_core::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::qiwi_pay_shop::{Shop, form, shop_without_api_on, transaction};
use crate::support::START;

const REASON: &str = "paid 9.99 of 10.00, which is enough: ticket 4711";

/// Runs `pantoken operations` on this database.
fn operations(url: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pantoken"))
        .arg("operations")
        .args(arguments)
        .env_clear()
        .env("PANTOKEN_DATABASE_URL", url)
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code(), text)
}

/// Returns the number of the operation that needs attention and has this key.
fn number_of(url: &str, key: &str) -> String {
    let (_, text) = operations(url, &["list", "--attention", "--json"]);
    let lines = text.lines().filter(|line| line.starts_with('{'));
    let listed: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let found = listed.iter().find(|one| one["id"] == key);
    found.unwrap_or_else(|| panic!("{key}: {text}"))["number"].to_string()
}

fn settle(url: &str, number: &str, outcome: &str, reason: &str) -> (Option<i32>, String) {
    operations(
        url,
        &["settle", number, "--as", outcome, "--reason", reason],
    )
}

async fn until_attention(shop: &Shop, order: &str) {
    shop.until_state(&format!("payments/{order}"), "attention")
        .await;
}

async fn a_person_settles(url: &str) {
    let shop = shop_without_api_on(url).await;
    for order in ["short", "refused", "twice"] {
        shop.form(&form(order)).await;
    }
    shop.notify(&transaction(
        "short",
        &json!({"txn_id": 1, "amount": "9.99"}),
    ))
    .await;
    shop.notify(&transaction(
        "refused",
        &json!({"txn_id": 2, "currency": 398}),
    ))
    .await;
    shop.notify(&transaction("twice", &json!({"txn_id": 3})))
        .await;
    shop.until_state("payments/twice", "captured").await;
    shop.notify(&transaction("twice", &json!({"txn_id": 4})))
        .await;
    shop.notify(&transaction("unknown", &json!({"txn_id": 5})))
        .await;
    for order in ["short", "refused", "twice"] {
        until_attention(&shop, order).await;
    }
    crate::wait::until_some("the unknown payment", async || {
        shop.server.clock.advance_seconds(1);
        let told = shop.events("qiwi-pay.payment.attention").await;
        (told.len() == 4).then_some(())
    })
    .await;
    let [short, refused, twice, unknown] =
        ["short", "refused", "twice", "txn/5"].map(|key| number_of(url, key));

    let (code, text) = settle(url, &twice, "declined", REASON);
    assert!(
        code == Some(1) && text.contains("settle it as `captured`"),
        "{text}"
    );
    let (code, text) = settle(url, &short, "authorized", REASON);
    assert!(
        code == Some(1) && text.contains("the order is a sale"),
        "{text}"
    );
    for reason in ["", "a\nb", "card 4111 1111 1111 1111"] {
        let (code, text) = settle(url, &short, "captured", reason);
        assert!(
            code == Some(2) && text.contains("1 to 150 characters"),
            "{text}"
        );
    }
    for (number, outcome) in [
        (&short, "captured"),
        (&short, "captured"),
        (&refused, "declined"),
        (&twice, "captured"),
        (&unknown, "declined"),
    ] {
        let (code, text) = settle(url, number, outcome, REASON);
        let words = format!("operation {number} will be {outcome}");
        assert!(code == Some(0) && text.contains(&words), "{text}");
    }
    let (code, text) = settle(url, &short, "declined", REASON);
    assert!(
        code == Some(1) && text.contains("settled as something else"),
        "{text}"
    );

    // The clock of the test stands, so nothing happens until it shows the operator's time.
    let behind = SystemClock::new().now() - START;
    let behind = u32::try_from(behind / 1000).unwrap();
    shop.server.clock.advance_seconds(behind + 1);
    let paid = shop.until_state("payments/short", "captured").await.json();
    assert_eq!(paid["capturedAmount"]["value"], "10.00");
    assert_eq!(
        (&paid["txnId"], &paid["reason"]),
        (&json!("1"), &Value::Null)
    );
    let declined = shop.until_state("payments/refused", "declined").await;
    assert_eq!(declined.field("reason"), "SETTLED");
    let twice_paid = shop.until_state("payments/twice", "captured").await;
    assert_eq!(twice_paid.field("txnId"), "3");
    crate::wait::until_some("no attention", async || {
        shop.server.clock.advance_seconds(1);
        let (_, text) = operations(url, &["list", "--attention", "--json"]);
        (!text.contains('{')).then_some(())
    })
    .await;
    let (code, text) = operations(url, &["show", &short]);
    let words = format!("operator  settled as captured: {REASON}");
    assert!(code == Some(0) && text.contains(&words), "{text}");
    let (code, text) = settle(url, &short, "captured", REASON);
    assert!(
        code == Some(1) && text.contains("needs no attention"),
        "{text}"
    );

    // The provider repeats what it said, which raises nothing again.
    shop.notify(&transaction(
        "short",
        &json!({"txn_id": 1, "amount": "9.99", "txn_status": 4}),
    ))
    .await;
    shop.server.clock.advance_seconds(4000);
    shop.until_state("payments/short", "captured").await;
    let mut told = Vec::new();
    for event in shop.events("qiwi-pay.payment.").await {
        let (kind, order) = (
            event["type"].as_str().unwrap(),
            event["orderId"].as_str().unwrap(),
        );
        told.push(format!("{order} {}", kind.rsplit_once('.').unwrap().1));
    }
    told.sort();
    assert_eq!(
        told,
        [
            "refused attention",
            "refused declined",
            "short attention",
            "short captured",
            "twice attention",
            "twice captured",
            "unknown attention",
        ]
    );
    let (code, text) = settle(url, "4711", "captured", REASON);
    assert!(
        code == Some(1) && text.contains("there is no operation"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_settles_payments_in_sqlite_and_each_outcome_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pantoken.db");
    a_person_settles(&format!("sqlite://{}", file.display())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_settles_payments_in_postgres_and_each_outcome_is_told_once() {
    let Some(server) = pantoken_test_support::postgres::Server::start_or_skip() else {
        return;
    };
    a_person_settles(&server.create_database().unwrap()).await;
}

#[test]
fn other_operations_are_not_settled_and_the_help_shows_how() {
    let (code, text) = operations("sqlite://missing.db", &["settle", "--help"]);
    assert_eq!(code, Some(0));
    for words in [
        "--as captured --reason",
        "--as declined --reason",
        "No money\nmoves",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}
