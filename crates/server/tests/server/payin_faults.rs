//! Each way in which an answer of the provider can get lost: it is charged once, and one outcome is told.

use pantoken_core::{Clock, SystemClock};
use pantoken_store::{OperationFilter, OperationStore};
use serde_json::json;

use crate::payin_shop::{charge, server_of, shop};
use crate::support::{API_KEY, START};

const FAULTS: [&str; 6] = [
    "drop-answer",
    "empty500",
    "error500",
    "unavailable",
    "html",
    "half",
];

#[tokio::test]
async fn a_lost_answer_charges_once_and_tells_one_outcome() {
    let shop = shop().await;
    let token = shop.token().await;
    for fault in FAULTS {
        let path = format!("payments/{fault}");
        shop.faults(&[fault]).await;
        let open = shop.put(&path, &charge(&token, false)).await;
        assert_eq!(
            (open.status.as_u16(), open.field("state")),
            (202, "pending".to_owned()),
            "{fault}"
        );
        shop.until_state(&path, "authorized").await;
        assert_eq!(shop.executed("payment", fault).await, 1, "{fault}");

        let part = format!("{path}/captures/c-{fault}");
        shop.faults(&[fault]).await;
        let open = shop.put(&part, &json!({})).await;
        assert_eq!(open.status, 202, "{fault}: {}", open.text);
        shop.until_state(&part, "completed").await;
        assert_eq!(shop.executed("capture", &format!("c-{fault}")).await, 1);
        shop.until_state(&path, "captured").await;

        let part = format!("{path}/refunds/r-{fault}");
        let amount = json!({"amount": {"value": "10.00", "currency": "RUB"}});
        shop.faults(&[fault]).await;
        let open = shop.put(&part, &amount).await;
        assert_eq!(open.status, 202, "{fault}: {}", open.text);
        // Whoever repeats it gets the same refund.
        let again = shop.put(&part, &amount).await;
        assert!(
            matches!(again.status.as_u16(), 200 | 202),
            "{fault}: {}",
            again.text
        );
        shop.until_state(&part, "completed").await;
        assert_eq!(shop.executed("refund", &format!("r-{fault}")).await, 1);
        shop.until_state(&path, "refunded").await;
    }
    for kind in [
        "payment.authorized",
        "payment.captured",
        "capture.completed",
        "refund.completed",
    ] {
        let told = shop.events(&format!("payin.{kind}")).await;
        assert_eq!(told.len(), FAULTS.len(), "{kind}");
    }
    assert!(shop.events("payin.payment.attention").await.is_empty());
}

#[tokio::test]
async fn a_declined_payment_is_declined_with_its_reason() {
    let shop = shop().await;
    let verification = shop.create_verification().await;
    shop.type_card(&verification, "12").await;
    let token = json!({"tokenId": "tok_x"});
    let mut body = charge(&token, true);
    body.as_object_mut().unwrap().remove("tokenId");
    body["paymentToken"] = json!("a-token-that-the-provider-does-not-know");
    let answer = shop.put("payments/p-1", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.field("state"), "declined");
    assert_eq!(answer.field("reason"), "validation.error");
    assert_eq!(shop.events("payin.payment.declined").await.len(), 1);
}

#[tokio::test]
async fn a_deadline_is_an_alarm_that_is_told_once_and_changes_no_state() {
    // Nobody listens at this port.
    let server = server_of("127.0.0.1:1").await;
    let key = format!("Bearer {API_KEY}");
    let headers = [
        ("authorization", key.as_str()),
        ("content-type", "application/json"),
    ];
    let put = async || {
        let body = json!({
            "customer": "customer-7", "paymentToken": "token",
            "amount": {"value": "10.00", "currency": "RUB"},
        });
        let path = "/v1/payin/payments/p-1";
        server.call("PUT", path, &headers, &body.to_string()).await
    };
    let open = put().await;
    assert_eq!(
        (open.status.as_u16(), open.field("state")),
        (202, "pending".to_owned())
    );
    server.clock.advance_seconds(24 * 3600);
    for _ in 0..2 {
        // Whoever asks for it makes the server ask the provider.
        let open = put().await;
        assert_eq!(
            (open.status.as_u16(), open.field("state")),
            (202, "pending".to_owned())
        );
    }
    let filter = OperationFilter {
        needs_attention: true,
        limit: 10,
        ..OperationFilter::default()
    };
    let found = server.store.list_operations(filter).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].progress.attention.as_deref(), Some("DEADLINE"));
    let line = r#"pantoken_operations_total{kind="payin.payment",outcome="attention"}"#;
    assert_eq!(server.metric(line).await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_what_needs_attention_and_has_it_asked_about() {
    let shop = shop().await;
    let token = shop.token().await;
    shop.faults(&["drop-answer"]).await;
    shop.put("payments/p-1", &charge(&token, true)).await;
    let operations = |arguments: &[&str]| {
        let url = format!("sqlite://{}", shop.server.database.display());
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_pantoken"))
            .arg("operations")
            .args(arguments)
            .env_clear()
            .env("PANTOKEN_DATABASE_URL", url)
            .output()
            .unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(
            !text.contains(token["paymentToken"].as_str().unwrap()),
            "{text}"
        );
        (output.status.code(), text)
    };
    let (code, text) = operations(&["list", "--kind", "payin.payment", "--state", "pending"]);
    assert!(
        code == Some(0) && text.contains("payin.payment  p-1  pending  -"),
        "{text}"
    );
    let (code, text) = operations(&["list", "--json", "--kind", "payin.payment"]);
    let line = text.lines().find(|line| line.starts_with('{')).unwrap();
    let listed: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(
        (code, &listed["id"], &listed["isFinal"]),
        (Some(0), &json!("p-1"), &json!(false))
    );
    let number = listed["number"].to_string();
    assert_eq!(
        operations(&["list", "--attention", "--json"])
            .1
            .matches('{')
            .count(),
        0
    );

    // The clock of the test stands, so nothing is asked until it shows the operator's time.
    let (code, text) = operations(&["retry", &number]);
    assert!(
        code == Some(0) && text.contains("will be asked about"),
        "{text}"
    );
    let behind = SystemClock::new().now() - START;
    let behind = u32::try_from(behind / 1000).unwrap();
    shop.server.clock.advance_seconds(behind + 1);
    shop.until_state("payments/p-1", "captured").await;
    let (code, text) = operations(&["show", &number]);
    assert!(
        code == Some(0) && text.contains("state: captured"),
        "{text}"
    );
    assert!(
        text.contains("operator  retried at") && text.contains("provider  COMPLETED"),
        "{text}"
    );
    let (code, text) = operations(&["show", &number, "--json"]);
    assert!(
        code == Some(0) && text.contains(r#""source":"provider""#),
        "{text}"
    );
    for command in ["show", "retry"] {
        let (code, text) = operations(&[command, "4711"]);
        assert!(
            code == Some(1) && text.contains("there is no operation"),
            "{text}"
        );
    }
}
