//! Payouts through JetPay: sent once, asked about, and never guessed.

use serde_json::{Value, json};

use crate::jetpay_shop::{
    Reply, Shop, absent, callback, known, lookup_failure, payout, payout_callback, shop,
};

/// Waits until Gate was asked for a status this often. The clock advances meanwhile.
async fn until_asked(shop: &Shop, times: usize) {
    crate::wait::until_some("a question about the status", async || {
        shop.server.clock.advance_seconds(1);
        (shop.statuses.asked().len() >= times).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_payout_is_sent_once_and_paid_by_a_callback() {
    let shop = shop().await;
    let sent = shop.pay_out("p-1").await;
    assert_eq!(sent.status, 202, "{}", sent.text);
    let processing = json!({
        "paymentId": "p-1", "state": "processing", "account": "9182221133", "amount": 10000, "currency": "KZT",
    });
    assert_eq!(sent.json(), processing);
    assert_eq!(shop.get("payouts/P-1").await.json(), processing);
    shop.call_back(payout_callback("p-1", "success")).await;
    for id in ["p-1", "P-1"] {
        let again = shop.pay_out(id).await;
        assert_eq!(
            (again.status.as_u16(), again.field("state")),
            (200, "paid".to_owned())
        );
    }
    assert_eq!(shop.payouts.asked().len(), 1);
    assert_eq!(shop.told().await, ["payout.paid"]);
    let body: Value = serde_json::from_slice(&shop.payouts.asked()[0]).unwrap();
    assert_eq!(body["customer"]["ip_address"], "198.51.100.47");
    assert_eq!(body["payment"], json!({"amount": 10000, "currency": "KZT"}));
    assert_eq!(body["general"]["signature"].as_str().unwrap().len(), 88);
}

#[tokio::test]
async fn a_payout_is_asked_about_ten_seconds_later() {
    let shop = shop().await;
    shop.statuses.answer(known("p-1", "success", "0"));
    shop.pay_out("p-1").await;
    // A repeated call does not ask sooner.
    for _ in 0..9 {
        shop.server.clock.advance_seconds(1);
        assert_eq!(shop.pay_out("p-1").await.status, 202);
        assert!(shop.statuses.asked().is_empty());
    }
    let paid = shop.until_state("payouts/p-1", "paid").await;
    assert_eq!(paid.json()["amount"], 10000);
    assert_eq!(shop.told().await, ["payout.paid"]);
    assert_eq!(shop.payouts.asked().len(), 1);
}

#[tokio::test]
async fn an_id_stands_for_one_payout() {
    let shop = shop().await;
    shop.pay_out("p-1").await;
    let mut other = payout();
    other["amount"] = 10001.into();
    for id in ["p-1", "P-1"] {
        let path = format!("payouts/{id}");
        let answer = shop.call("PUT", &path, &other.to_string()).await;
        answer.is_problem(409, "OPERATION_CONFLICT", None);
    }
    // Deposits have ids of the same project.
    let id = shop.reserve().await;
    let answer = shop.pay_out(&id.to_uppercase()).await;
    answer.is_problem(409, "OPERATION_CONFLICT", None);
    let missing = shop.get("payouts/p-2").await;
    missing.is_problem(404, "OPERATION_NOT_FOUND", None);
    assert_eq!(shop.payouts.asked().len(), 1);
}

#[tokio::test]
async fn a_refusal_declines_with_its_code() {
    let shop = shop().await;
    let refusals = [
        json!({"status": "error", "code": "301", "message": "m"}),
        json!({"errors": [{"code": "301", "message": "m", "field": "amount"}]}),
    ];
    for (index, body) in refusals.into_iter().enumerate() {
        shop.payouts.answer(Reply::Json(400, body));
        let declined = shop.pay_out(&format!("p-{index}")).await;
        assert_eq!(declined.status, 200, "{}", declined.text);
        assert_eq!(declined.field("state"), "declined");
        assert_eq!(declined.field("code"), "301");
        assert_eq!(declined.field("message"), "m");
        assert_eq!(shop.pay_out(&format!("p-{index}")).await.status, 200);
    }
    assert_eq!(shop.payouts.asked().len(), 2);
    assert_eq!(shop.told().await, ["payout.declined"; 2]);
}

#[tokio::test]
async fn a_platform_that_takes_nothing_is_an_alarm_and_not_asked_again() {
    for (status, reason) in [(403, "ACCESS_DENIED"), (422, "REQUEST_MALFORMED")] {
        let shop = shop().await;
        shop.payouts
            .answer(Reply::Text(status, "<html>Forbidden</html>"));
        for _ in 0..3 {
            let stopped = shop.pay_out("p-1").await;
            assert_eq!(stopped.status, 202);
            assert_eq!(stopped.field("state"), "attention");
            assert_eq!(stopped.field("reason"), reason);
            shop.server.clock.advance_seconds(3600);
        }
        assert_eq!(shop.payouts.asked().len(), 1);
        assert!(shop.statuses.asked().is_empty());
        assert_eq!(shop.told().await, [format!("payout.attention {reason}")]);
        // A later fact still decides.
        shop.call_back(payout_callback("p-1", "success")).await;
        assert_eq!(shop.get("payouts/p-1").await.field("state"), "paid");
    }
}

#[tokio::test]
async fn a_person_may_have_a_stopped_payout_sent_again() {
    use pantoken_store::{Fact, OperationStore};
    let shop = shop().await;
    shop.payouts.answer(Reply::Text(403, ""));
    shop.pay_out("p-1").await;
    let accepted = json!({"status": "success", "payment_id": "p-1"});
    shop.payouts.answer(Reply::Json(200, accepted));
    let fact = Fact {
        source: "operator".to_owned(),
        text: "retried at 2025-06-01T12:00:00Z".to_owned(),
    };
    let (store, now) = (&shop.server.store, crate::support::START);
    let hint = store.hint_operation("jetpay.payout".to_owned(), "p-1".to_owned(), fact, now);
    assert!(hint.await.unwrap());
    shop.until_state("payouts/p-1", "processing").await;
    assert_eq!(shop.payouts.asked().len(), 2);
    assert_eq!(shop.payouts.asked()[0], shop.payouts.asked()[1]);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_and_never_guessed() {
    let lost = [
        Reply::Lost,
        Reply::Text(500, ""),
        Reply::Text(502, "<html></html>"),
        Reply::Text(400, "<html>Bad Request</html>"),
        Reply::Text(200, "no JSON"),
        Reply::Json(200, json!({"status": "error"})),
        Reply::Json(200, json!({"status": "success", "payment_id": "other"})),
        Reply::Json(400, json!({"errors": [{"code": "3041", "message": "m"}]})),
    ];
    for reply in lost {
        let shop = shop().await;
        shop.payouts.answer(reply.clone());
        shop.statuses.answer(known("p-1", "decline", "20101"));
        assert_eq!(shop.pay_out("p-1").await.status, 202, "{reply:?}");
        let declined = shop.until_state("payouts/p-1", "declined").await;
        assert_eq!(declined.field("code"), "20101", "{reply:?}");
        assert_eq!(shop.payouts.asked().len(), 1, "{reply:?}");
        assert_eq!(shop.told().await, ["payout.declined"], "{reply:?}");
    }
}

#[tokio::test]
async fn a_payout_that_the_platform_does_not_know_is_sent_again_as_it_was() {
    let shop = shop().await;
    shop.payouts.answer(Reply::Lost);
    shop.pay_out("p-1").await;
    until_asked(&shop, 1).await;
    crate::wait::until_some("the payout is sent again", async || {
        (shop.payouts.asked().len() == 2).then_some(())
    })
    .await;
    shop.payouts
        .answer(Reply::Json(400, json!({"errors": [{"code": "3041"}]})));
    shop.statuses.answer(known("p-1", "success", "0"));
    shop.until_state("payouts/p-1", "paid").await;
    let asked = shop.payouts.asked();
    assert!(
        asked.iter().all(|body| *body == asked[0]),
        "the same bytes each time"
    );
    assert_eq!(shop.told().await, ["payout.paid"]);
}

#[tokio::test]
async fn a_payout_that_was_accepted_is_not_sent_again_while_its_details_are_missing() {
    let shop = shop().await;
    shop.pay_out("p-1").await;
    shop.statuses.answer(lookup_failure("p-1", "3062"));
    until_asked(&shop, 2).await;
    shop.statuses.answer(absent("p-1"));
    until_asked(&shop, 4).await;
    shop.statuses.answer(Reply::Text(500, ""));
    until_asked(&shop, 5).await;
    assert_eq!(shop.get("payouts/p-1").await.field("state"), "processing");
    assert_eq!(shop.payouts.asked().len(), 1);
    assert!(shop.told().await.is_empty());
    shop.statuses.answer(known("p-1", "success", "0"));
    shop.until_state("payouts/p-1", "paid").await;
}

#[tokio::test]
async fn after_a_day_a_payout_is_an_alarm_and_still_asked_about() {
    let shop = shop().await;
    shop.pay_out("p-1").await;
    shop.server.clock.advance_seconds(24 * 3600);
    shop.until_told(&["payout.attention DEADLINE"]).await;
    assert_eq!(shop.get("payouts/p-1").await.field("state"), "processing");
    shop.statuses.answer(known("p-1", "success", "0"));
    shop.server.clock.advance_seconds(3600);
    shop.until_state("payouts/p-1", "paid").await;
}

#[tokio::test]
async fn success_after_a_decline_and_a_reversal_are_looked_at() {
    let shop = shop().await;
    shop.pay_out("p-1").await;
    shop.call_back(payout_callback("p-1", "decline")).await;
    assert_eq!(shop.get("payouts/p-1").await.field("code"), "20000");
    shop.statuses.answer(known("p-1", "success", "0"));
    shop.call_back(payout_callback("p-1", "success")).await;
    let payout = shop.get("payouts/p-1").await.json();
    assert_eq!(payout["state"], "attention");
    assert_eq!(payout["reason"], "SUCCESS_AFTER_DECLINE");
    assert_eq!(shop.statuses.asked().len(), 1);

    shop.pay_out("p-2").await;
    shop.call_back(payout_callback("p-2", "success")).await;
    let mut reversal = payout_callback("p-2", "success");
    reversal["operation"]["type"] = "payout reversal".into();
    reversal["operation"]["id"] = 30.into();
    shop.call_back(reversal).await;
    assert_eq!(shop.get("payouts/p-2").await.field("reason"), "REVERSED");
    let told = [
        "payout.declined",
        "payout.attention SUCCESS_AFTER_DECLINE",
        "payout.paid",
        "payout.attention REVERSED",
    ];
    assert_eq!(shop.told().await, told);
    assert_eq!(shop.statuses.asked().len(), 2);
}

#[tokio::test]
async fn a_callback_of_a_purchase_does_not_pay_out() {
    let shop = shop().await;
    shop.pay_out("p-1").await;
    let mut purchase = callback("p-1", "success");
    purchase["payment"]["sum"]["amount"] = 10000.into();
    shop.call_back(purchase).await;
    assert_eq!(shop.get("payouts/p-1").await.field("state"), "processing");
    assert_eq!(shop.told().await, ["payout.attention CONTRADICTION"]);
}

#[tokio::test]
async fn each_wrong_field_is_named() {
    let shop = shop().await;
    let with = |path: &str, value: Value| {
        let mut body = payout();
        match path.rsplit_once('/') {
            Some((parent, name)) if !parent.is_empty() => body[&parent[1..]][name] = value,
            _ => body[&path[1..]] = value,
        }
        body.to_string()
    };
    let long = "x".repeat(256);
    for (path, value, field, code) in [
        ("/customer", json!(null), "customer", "MISSING_FIELD"),
        ("/customer", json!("x"), "customer", "INVALID_FIELD"),
        ("/customer/id", json!(null), "customer.id", "MISSING_FIELD"),
        ("/customer/id", json!(1), "customer.id", "INVALID_FIELD"),
        (
            "/customer/ipAddress",
            json!("x"),
            "customer.ipAddress",
            "INVALID_FIELD",
        ),
        (
            "/customer/firstName",
            json!(""),
            "customer.firstName",
            "INVALID_FIELD",
        ),
        (
            "/customer/firstName",
            json!("a;b"),
            "customer.firstName",
            "INVALID_FIELD",
        ),
        (
            "/customer/lastName",
            json!("a\nb"),
            "customer.lastName",
            "INVALID_FIELD",
        ),
        (
            "/customer/email",
            json!(long),
            "customer.email",
            "INVALID_FIELD",
        ),
        (
            "/customer/lastName",
            json!("4111111111111111"),
            "customer.lastName",
            "CARD_NUMBER_REFUSED",
        ),
        ("/customer/phone", json!("1"), "phone", "UNKNOWN_FIELD"),
        ("/account", json!(null), "account", "MISSING_FIELD"),
        (
            "/account",
            json!(77011234567_i64),
            "account",
            "INVALID_FIELD",
        ),
        (
            "/account",
            json!("x".repeat(101)),
            "account",
            "INVALID_FIELD",
        ),
        ("/amount", json!(null), "amount", "MISSING_FIELD"),
        ("/amount", json!(0), "amount", "INVALID_FIELD"),
        ("/amount", json!(-1), "amount", "INVALID_FIELD"),
        ("/amount", json!(100.0), "amount", "INVALID_FIELD"),
        ("/amount", json!("100"), "amount", "INVALID_FIELD"),
        (
            "/amount",
            json!(10_000_000_000_001_i64),
            "amount",
            "INVALID_FIELD",
        ),
        ("/description", json!("a;b"), "description", "INVALID_FIELD"),
        ("/currency", json!("KZT"), "currency", "UNKNOWN_FIELD"),
    ] {
        let answer = shop.call("PUT", "payouts/p-1", &with(path, value)).await;
        answer.is_problem(400, code, Some(field));
    }
    let scientific = payout().to_string().replace("10000", "1e4");
    let answer = shop.call("PUT", "payouts/p-1", &scientific).await;
    answer.is_problem(400, "INVALID_FIELD", Some("amount"));
    for id in ["a%20b", "a%7Cb", "a;b", "a%3Fb", "x%0A", &long] {
        let answer = shop.pay_out(id).await;
        answer.is_problem(400, "INVALID_FIELD", Some("paymentId"));
    }
    let answer = shop.pay_out("4111111111111111").await;
    answer.is_problem(400, "CARD_NUMBER_REFUSED", Some("paymentId"));
    assert!(shop.payouts.asked().is_empty());
    // The number of a wallet may look like that of a card.
    let card = with("/account", json!("4111111111111111"));
    assert_eq!(shop.call("PUT", "payouts/p-2", &card).await.status, 202);
}
