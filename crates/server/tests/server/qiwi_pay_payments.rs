//! qiwi-pay's payments by token, captures, reversals, refunds and payouts through the server: nothing is doubled and
//! nothing is lost.

use serde_json::{Value, json};

use crate::qiwi_pay_shop::{Fault, Shop, charge, form, shop, signed, transaction};
use crate::wait;

fn amount(value: &str) -> Value {
    json!({"amount": {"value": value, "currency": "RUB"}})
}

async fn held(shop: &Shop, order_id: &str) {
    let held = shop
        .put(&format!("payments/{order_id}"), &charge("auth"))
        .await;
    assert_eq!(
        (held.status.as_u16(), held.field("state")),
        (200, "authorized".to_owned())
    );
}

async fn paid(shop: &Shop, order_id: &str) {
    let paid = shop
        .put(&format!("payments/{order_id}"), &charge("sale"))
        .await;
    assert_eq!(
        (paid.status.as_u16(), paid.field("state")),
        (200, "captured".to_owned())
    );
}

/// Waits until the server has asked for the status this often.
async fn until_asked(shop: &Shop, times: usize) {
    wait::until_some("a question", async || {
        shop.server.clock.advance_seconds(1);
        (shop.calls(30) >= times).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_saved_card_is_charged_once() {
    let shop = shop().await;
    let mut body = charge("sale");
    body["customer"] = "customer-7".into();
    let calls = (0..8).map(|_| shop.put("payments/order-1", &body));
    for answer in futures_util::future::join_all(calls).await {
        assert!(
            matches!(answer.status.as_u16(), 200 | 202),
            "{}",
            answer.text
        );
    }
    let payment = shop
        .until_state("payments/order-1", "captured")
        .await
        .json();
    assert_eq!(payment["capturedAmount"]["value"], "10.00");
    assert_eq!(payment["customer"], "customer-7");
    assert_eq!(shop.calls(1), 1);
    assert_eq!(shop.event_kinds().await, ["qiwi-pay.payment.captured"]);
    body["cf1"] = "other".into();
    shop.put("payments/order-1", &body)
        .await
        .is_problem(409, "OPERATION_CONFLICT", None);
    shop.form(&form("order-1"))
        .await
        .is_problem(409, "OPERATION_CONFLICT", None);
}

#[tokio::test]
async fn a_held_sum_is_captured_once_and_given_back_in_parts() {
    let shop = shop().await;
    held(&shop, "order-1").await;
    let captured = shop.put("payments/order-1/captures/c-1", &json!({})).await;
    assert_eq!(
        (captured.status.as_u16(), captured.field("state")),
        (200, "completed".to_owned())
    );
    assert_eq!(captured.field("captureId"), "c-1");
    assert_eq!(
        shop.get("payments/order-1").await.field("state"),
        "captured"
    );
    assert_eq!(
        shop.put("payments/order-1/captures/c-1", &json!({}))
            .await
            .status,
        200
    );
    let second = shop.put("payments/order-1/captures/c-2", &json!({})).await;
    second.is_problem(409, "OPERATION_IMPOSSIBLE", None);
    assert_eq!(shop.calls(5), 1);

    let refunded = shop
        .put("payments/order-1/refunds/r-1", &amount("4.00"))
        .await;
    assert_eq!(
        (refunded.status.as_u16(), refunded.field("state")),
        (200, "completed".to_owned())
    );
    assert_eq!(
        shop.get("payments/order-1").await.json()["refundedAmount"]["value"],
        "4.00"
    );
    let above = shop
        .put("payments/order-1/refunds/r-2", &amount("6.01"))
        .await;
    above.is_problem(409, "AMOUNT_ABOVE_REST", None);
    // All that is left.
    let rest = shop.put("payments/order-1/refunds/r-3", &json!({})).await;
    assert_eq!(
        (rest.status.as_u16(), &rest.json()["amount"]["value"]),
        (200, &json!("6.00"))
    );
    let payment = shop.get("payments/order-1").await;
    assert_eq!(payment.field("state"), "refunded");
    let more = shop.put("payments/order-1/refunds/r-4", &json!({})).await;
    more.is_problem(409, "AMOUNT_ABOVE_REST", None);
    assert_eq!(
        shop.get("payments/order-1/refunds/r-1")
            .await
            .field("refundId"),
        "r-1"
    );
    let kinds = [
        "qiwi-pay.payment.authorized",
        "qiwi-pay.capture.completed",
        "qiwi-pay.payment.captured",
        "qiwi-pay.refund.completed",
        "qiwi-pay.refund.completed",
    ];
    assert_eq!(shop.event_kinds().await, kinds);
}

#[tokio::test]
async fn a_held_sum_is_released_in_parts() {
    let shop = shop().await;
    held(&shop, "order-1").await;
    let early = shop
        .put("payments/order-1/refunds/r-1", &amount("1.00"))
        .await;
    early.is_problem(409, "OPERATION_IMPOSSIBLE", None);
    let released = shop
        .put("payments/order-1/reversals/v-1", &amount("4.00"))
        .await;
    assert_eq!(
        (released.status.as_u16(), released.field("reversalId")),
        (200, "v-1".to_owned())
    );
    assert_eq!(
        shop.get("payments/order-1").await.field("state"),
        "authorized"
    );
    shop.put("payments/order-1/reversals/v-2", &json!({})).await;
    assert_eq!(
        shop.get("payments/order-1").await.field("state"),
        "reversed"
    );
    let currency = json!({"amount": {"value": "1.00", "currency": "KZT"}});
    let refused = shop.put("payments/order-1/reversals/v-3", &currency).await;
    refused.is_problem(400, "INVALID_FIELD", Some("amount.currency"));
    shop.get("payments/order-1/reversals/v-9")
        .await
        .is_problem(404, "OPERATION_NOT_FOUND", None);
    shop.put("payments/order-9/reversals/v-1", &json!({}))
        .await
        .is_problem(404, "OPERATION_NOT_FOUND", None);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_and_never_repeated() {
    let shop = shop().await;
    shop.faults(&[Fault::LosesAnswer]);
    let open = shop.put("payments/order-1", &charge("auth")).await;
    assert_eq!(
        (open.status.as_u16(), open.field("state")),
        (202, "created".to_owned())
    );
    shop.until_state("payments/order-1", "authorized").await;
    for (opcode, path, body) in [
        (6, "reversals/v-1", amount("1.00")),
        (5, "captures/c-1", json!({})),
        (7, "refunds/r-1", amount("2.00")),
        (7, "refunds/r-2", amount("2.00")),
    ] {
        let before = shop.calls(opcode);
        shop.faults(&[Fault::LosesAnswer]);
        let path = format!("payments/order-1/{path}");
        let open = shop.put(&path, &body).await;
        assert_eq!(
            (open.status.as_u16(), open.field("state")),
            (202, "pending".to_owned())
        );
        shop.until_state(&path, "completed").await;
        assert_eq!(shop.calls(opcode), before + 1, "{path}");
    }
    shop.faults(&[Fault::LosesAnswer]);
    let mut payout = amount("3.00");
    payout["cardToken"] = "card-token-1".into();
    assert_eq!(shop.put("payouts/out-1", &payout).await.status, 202);
    shop.until_state("payouts/out-1", "completed").await;
    assert_eq!((shop.calls(3), shop.calls(20)), (1, 1));
    wait::until_some("the sums", async || {
        shop.server.clock.advance_seconds(1);
        let payment = shop.get("payments/order-1").await.json();
        (payment["refundedAmount"]["value"] == "5.00").then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_was_not_executed_is_repeated_after_three_minutes() {
    let shop = shop().await;
    shop.faults(&[Fault::IsNotReached]);
    assert_eq!(
        shop.put("payments/order-1", &charge("sale")).await.status,
        202
    );
    let sent = shop.server.clock.clone();
    let started = pantoken_server::Clock::now(&sent);
    until_asked(&shop, 3).await;
    shop.until_state("payments/order-1", "captured").await;
    assert!(pantoken_server::Clock::now(&sent) - started >= 180_000);
    assert_eq!((shop.calls(1), shop.provider().transactions.len()), (2, 1));

    shop.faults(&[Fault::IsNotReached]);
    assert_eq!(
        shop.put("payments/order-1/refunds/r-1", &amount("1.00"))
            .await
            .status,
        202
    );
    shop.until_state("payments/order-1/refunds/r-1", "completed")
        .await;
    assert_eq!((shop.calls(7), shop.provider().transactions.len()), (2, 2));
}

#[tokio::test]
async fn nothing_is_repeated_while_the_status_is_not_known() {
    let shop = shop().await;
    shop.provider().is_silent = true;
    shop.faults(&[Fault::LosesAnswer]);
    assert_eq!(
        shop.put("payments/order-1", &charge("sale")).await.status,
        202
    );
    shop.server.clock.advance_seconds(600);
    until_asked(&shop, 5).await;
    assert_eq!(shop.calls(1), 1);
    shop.provider().is_silent = false;
    shop.until_state("payments/order-1", "captured").await;
    assert_eq!(shop.calls(1), 1);
}

#[tokio::test]
async fn busy_errors_count_as_not_answered_and_others_decline() {
    let shop = shop().await;
    for code in [8001, 8004, 8062] {
        let path = format!("payments/busy-{code}");
        shop.faults(&[Fault::Refuses(code)]);
        let open = shop.put(&path, &charge("sale")).await;
        assert_eq!(
            (open.status.as_u16(), open.field("state")),
            (202, "created".to_owned())
        );
        shop.until_state(&path, "captured").await;
    }
    shop.faults(&[Fault::Refuses(8160)]);
    let declined = shop.put("payments/order-1", &charge("sale")).await;
    assert_eq!(
        (declined.status.as_u16(), declined.field("state")),
        (200, "declined".to_owned())
    );
    assert_eq!(declined.field("reason"), "8160");
    paid(&shop, "order-2").await;
    shop.faults(&[Fault::Refuses(8020)]);
    let declined = shop
        .put("payments/order-2/refunds/r-1", &amount("1.00"))
        .await;
    assert_eq!(
        (declined.status.as_u16(), declined.field("reason")),
        (200, "8020".to_owned())
    );
    shop.faults(&[Fault::Refuses(8060)]);
    let mut payout = amount("3.00");
    payout["cardToken"] = "card-token-1".into();
    let declined = shop.put("payouts/out-1", &payout).await;
    assert_eq!(
        (declined.status.as_u16(), declined.field("state")),
        (200, "declined".to_owned())
    );
    assert_eq!(shop.events("qiwi-pay.payout.declined").await.len(), 1);
    assert_eq!(shop.events("qiwi-pay.refund.declined").await.len(), 1);
    assert_eq!(shop.events("qiwi-pay.payment.declined").await.len(), 1);
}

#[tokio::test]
async fn a_capture_that_the_state_refuses_was_made_before() {
    let shop = shop().await;
    held(&shop, "order-1").await;
    shop.provider().transactions[0]["txn_status"] = json!(3);
    shop.faults(&[Fault::Refuses(8026)]);
    let open = shop.put("payments/order-1/captures/c-1", &json!({})).await;
    assert_eq!(open.status, 202);
    shop.until_state("payments/order-1/captures/c-1", "completed")
        .await;
    assert_eq!(shop.calls(5), 1);
}

#[tokio::test]
async fn a_refused_client_certificate_is_told_to_a_person() {
    let shop = shop().await;
    shop.faults(&[Fault::RefusesCertificate]);
    let open = shop.put("payments/order-1", &charge("sale")).await;
    assert_eq!(
        (open.status.as_u16(), open.field("state")),
        (202, "created".to_owned())
    );
    let told = shop.until_event("qiwi-pay.payment.attention").await;
    assert_eq!(told["reason"], "CLIENT_CERTIFICATE_REFUSED");
    shop.until_state("payments/order-1", "captured").await;
}

#[tokio::test]
async fn another_amount_in_the_answer_is_asked_about() {
    let shop = shop().await;
    shop.faults(&[Fault::AnswersAnotherAmount]);
    assert_eq!(
        shop.put("payments/order-1", &charge("sale")).await.status,
        202
    );
    shop.until_state("payments/order-1", "captured").await;
    assert_eq!(shop.calls(1), 1);
}

#[tokio::test]
async fn three_d_secure_is_finished_by_the_payer() {
    let shop = shop().await;
    shop.faults(&[Fault::AsksFor3ds]);
    let waiting = shop.put("payments/order-1", &charge("sale")).await;
    assert_eq!(
        (waiting.status.as_u16(), waiting.field("state")),
        (202, "requires-3ds".to_owned())
    );
    assert_eq!(waiting.field("acsUrl"), "https://acs.example/pareq");
    assert_eq!(waiting.field("pareq"), "eJxV+/=");
    assert_eq!(waiting.field("md").len(), 32);
    let finish = async |pares: &str| {
        let body = json!({"pares": pares}).to_string();
        shop.call("POST", "payments/order-1/3ds", &body).await
    };
    finish("<b>")
        .await
        .is_problem(400, "INVALID_FIELD", Some("pares"));
    let long = "A".repeat(40_000);
    let done = finish(&long).await;
    assert_eq!(
        (done.status.as_u16(), done.field("state")),
        (200, "captured".to_owned()),
        "{}",
        done.text
    );
    assert!(done.json().get("pareq").is_none());
    assert_eq!(finish(&long).await.status, 200);
    assert_eq!(shop.calls(2), 1);
    assert_eq!(shop.event_kinds().await, ["qiwi-pay.payment.captured"]);
    paid(&shop, "order-2").await;
    let body = json!({"pares": "AAAA"}).to_string();
    assert_eq!(
        shop.call("POST", "payments/order-2/3ds", &body)
            .await
            .status,
        200
    );
    assert_eq!(shop.calls(2), 1);
}

#[tokio::test]
async fn a_lost_answer_to_3ds_is_asked_for() {
    let shop = shop().await;
    shop.faults(&[Fault::AsksFor3ds, Fault::LosesAnswer]);
    shop.put("payments/order-1", &charge("sale")).await;
    let body = json!({"pares": "AAAA"}).to_string();
    assert_eq!(
        shop.call("POST", "payments/order-1/3ds", &body)
            .await
            .status,
        202
    );
    shop.until_state("payments/order-1", "captured").await;
    assert_eq!(shop.calls(2), 1);
}

#[tokio::test]
async fn a_payout_pays_once() {
    let shop = shop().await;
    let mut body = amount("3.00");
    body["cardToken"] = "card-token-1".into();
    body["customer"] = "customer-7".into();
    body["dealTxnId"] = "806930407050".into();
    let done = shop.put("payouts/out-1", &body).await;
    assert_eq!(
        (done.status.as_u16(), done.field("state")),
        (200, "completed".to_owned()),
        "{}",
        done.text
    );
    assert_eq!(done.field("dealTxnId"), "806930407050");
    assert_eq!(shop.put("payouts/out-1", &body).await.status, 200);
    body["amount"]["value"] = "3.01".into();
    shop.put("payouts/out-1", &body)
        .await
        .is_problem(409, "OPERATION_CONFLICT", None);
    assert_eq!(shop.calls(20), 1);
    assert_eq!(shop.get("payouts/out-1").await.field("state"), "completed");
    assert_eq!(shop.event_kinds().await, ["qiwi-pay.payout.completed"]);
    for (field, value) in [
        ("dealTxnId", json!("12a")),
        ("cardToken", json!("")),
        ("dealTxnId", json!(1.5)),
    ] {
        let mut wrong = amount("3.00");
        wrong["cardToken"] = "card-token-1".into();
        wrong[field] = value;
        shop.put("payouts/out-2", &wrong)
            .await
            .is_problem(400, "INVALID_FIELD", Some(field));
    }
}

#[tokio::test]
async fn a_reversal_made_elsewhere_is_taken_over_and_not_told() {
    let shop = shop().await;
    held(&shop, "order-1").await;
    let parent = shop.provider().transactions[0]["txn_id"].clone();
    let reversal = json!({"txn_id": 9001, "txn_type": 4, "txn_status": 3, "error_code": 0, "amount": "4.00",
        "currency": 643, "order": "order-1", "order_id": "order-1", "parent": parent});
    shop.provider().transactions.push(reversal.clone());
    let sent = signed(&reversal);
    assert_eq!(shop.notify(&sent).await.status, 200);
    wait::until_some("the reversal", async || {
        shop.server.clock.advance_seconds(1);
        let payment = shop.get("payments/order-1").await.json();
        (payment["refundedAmount"]["value"] == "4.00").then_some(())
    })
    .await;
    let above = shop
        .put("payments/order-1/reversals/v-1", &amount("6.01"))
        .await;
    above.is_problem(409, "AMOUNT_ABOVE_REST", None);
    // A reversal of the same sum is another one.
    shop.faults(&[Fault::IsNotReached]);
    assert_eq!(
        shop.put("payments/order-1/reversals/v-1", &amount("4.00"))
            .await
            .status,
        202
    );
    until_asked(&shop, 4).await;
    assert_eq!(
        shop.get("payments/order-1/reversals/v-1")
            .await
            .field("state"),
        "pending"
    );
    shop.until_state("payments/order-1/reversals/v-1", "completed")
        .await;
    assert_eq!(shop.calls(6), 2);
    assert_eq!(shop.events("qiwi-pay.reversal.").await.len(), 1);
}

#[tokio::test]
async fn one_call_of_a_payment_is_under_way_at_a_time() {
    let shop = shop().await;
    paid(&shop, "order-1").await;
    shop.provider().is_silent = true;
    shop.faults(&[Fault::LosesAnswer]);
    assert_eq!(
        shop.put("payments/order-1/refunds/r-1", &amount("1.00"))
            .await
            .status,
        202
    );
    assert_eq!(
        shop.put("payments/order-1/refunds/r-2", &amount("1.00"))
            .await
            .status,
        202
    );
    let above = shop
        .put("payments/order-1/refunds/r-3", &amount("8.01"))
        .await;
    above.is_problem(409, "AMOUNT_ABOVE_REST", None);
    until_asked(&shop, 3).await;
    assert_eq!(shop.calls(7), 1);
    shop.provider().is_silent = false;
    shop.until_state("payments/order-1/refunds/r-1", "completed")
        .await;
    shop.until_state("payments/order-1/refunds/r-2", "completed")
        .await;
    assert_eq!(shop.calls(7), 2);
}

#[tokio::test]
async fn a_notification_brings_what_a_silent_provider_kept_back() {
    let shop = shop().await;
    shop.form(&form("order-1")).await;
    shop.pays("order-1", &json!({"txn_status": 1, "error_code": 8160}));
    shop.pays("order-1", &json!({"txn_id": 7002}));
    for _ in 0..3 {
        shop.notify(&transaction("order-1", &json!({"txn_id": 7002})))
            .await;
    }
    shop.until_state("payments/order-1", "captured").await;
    assert_eq!(shop.event_kinds().await, ["qiwi-pay.payment.captured"]);
    shop.pays("order-1", &json!({"txn_id": 7003}));
    shop.notify(&transaction("order-1", &json!({"txn_id": 7003})))
        .await;
    let told = shop.until_event("qiwi-pay.payment.attention").await;
    assert_eq!(told["reason"], "PAID_TWICE");
}
