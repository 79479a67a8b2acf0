//! JetPay through the server: deposits are reserved, reported once and never guessed.

use pantoken_jetpay::{Body, Variant};
use pantoken_server::webhooks::{self, WebhookSecret};
use pantoken_server::{Senders, TrustedProxies};
use pantoken_store::{OperationFilter, OperationStore};
use serde_json::{Value, json};

use crate::jetpay_shop::{
    CUSTOMER, PROJECT, Reply, Shop, WEBHOOK_SECRET, callback, key, options, shop, signed,
};
use crate::support::{START, server, server_with};

fn question(kind: &str) -> Value {
    json!({
        "type": kind, "project_id": PROJECT, "customer_id": CUSTOMER, "amount": 2000, "currency": "KZT",
        "payment_method": "qiwi-kz",
    })
}

async fn count(shop: &Shop, kind: &str) -> usize {
    let filter = OperationFilter {
        kind: Some(kind.to_owned()),
        limit: 1000,
        ..OperationFilter::default()
    };
    shop.server
        .store
        .list_operations(filter)
        .await
        .unwrap()
        .len()
}

#[tokio::test]
async fn a_deposit_is_reserved_and_paid_by_a_callback() {
    let shop = shop().await;
    assert_eq!(shop.verify().await, json!({"code": 0, "currency": "KZT"}));
    let id = shop.reserve().await;
    let path = format!("deposits/{id}");
    let reserved = json!({
        "paymentId": id, "customer": CUSTOMER, "amount": 2000, "currency": "KZT", "paymentMethod": "qiwi-kz",
        "state": "reserved",
    });
    assert_eq!(shop.get(&path).await.json(), reserved);
    assert!(shop.told().await.is_empty(), "it is not credited yet");

    shop.call_back(callback(&id, "processing")).await;
    assert_eq!(shop.get(&path).await.field("state"), "reserved");
    shop.call_back(callback(&id, "success")).await;
    assert_eq!(shop.get(&path).await.field("state"), "paid");
    let events = shop.events().await;
    assert_eq!(events.len(), 1);
    let mut expected = reserved;
    expected["state"] = "paid".into();
    for (name, value) in [
        ("type", json!("jetpay.deposit.paid")),
        ("live", json!(false)),
        ("id", events[0]["id"].clone()),
        ("occurredAt", json!("2025-06-01T12:00:00Z")),
    ] {
        expected[name] = value;
    }
    assert_eq!(events[0], expected);
}

#[tokio::test]
async fn the_agent_is_asked_by_a_signed_call() {
    let shop = shop().await;
    shop.verify().await;
    let asked = shop.agent.asked();
    assert_eq!(asked.len(), 1);
    let body: Value = serde_json::from_slice(&asked[0]).unwrap();
    let expected = json!({"type": "jetpay.account", "projectId": 111, "customerId": CUSTOMER});
    assert_eq!(body, expected);
    let headers = shop.agent.last_headers();
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let secret = WebhookSecret::parse(WEBHOOK_SECRET).unwrap();
    let tolerance = std::time::Duration::from_secs(300);
    let signature = header("pantoken-signature");
    webhooks::verify(&[secret], &signature, &asked[0], START / 1000, tolerance).unwrap();
    assert_eq!(header("webhook-timestamp"), (START / 1000).to_string());
    assert!(header("webhook-id").starts_with("ask_"));
    assert!(header("webhook-signature").starts_with("v1,"));
}

#[tokio::test]
async fn each_deposit_has_an_id_of_its_own() {
    let shop = shop().await;
    assert_ne!(shop.reserve().await, shop.reserve().await);
    assert_eq!(count(&shop, "jetpay.deposit").await, 2);
}

#[tokio::test]
async fn each_wrong_question_has_its_code_and_reserves_nothing() {
    let shop = shop().await;
    for body in [
        "",
        "[]",
        "null",
        "{\"type\":\"verify\"",
        "<html>",
        "{\"a\":NaN}",
    ] {
        let answer = shop.platform("merchant", body).await;
        assert_eq!(answer.status, 400, "{body}");
    }
    let long = json!({"type": "verify", "x": "x".repeat(70_000)}).to_string();
    assert_eq!(shop.platform("merchant", &long).await.status, 413);
    let unsigned = shop
        .platform("merchant", &question("verify").to_string())
        .await;
    assert_eq!(
        (unsigned.status.as_u16(), &unsigned.json()["code"]),
        (200, &json!(400))
    );
    let mut short = signed(question("verify"));
    short["signature"] = "lY0LT8AzpR7zGce5".into();
    let answer = shop.platform("merchant", &short.to_string()).await;
    assert_eq!(answer.json()["code"], 400);

    for (name, value, code) in [
        ("project_id", json!(112), 400),
        ("project_id", json!(null), 400),
        ("project_id", json!("111"), 0),
        ("type", json!("payout"), 500),
        ("type", json!(1), 500),
        ("customer_id", json!(""), 500),
        ("customer_id", json!("x".repeat(256)), 500),
        ("customer_id", json!({"id": 1}), 500),
        ("customer_id", json!(12345), 0),
        ("amount", json!(0), 500),
        ("amount", json!(-1), 500),
        ("amount", json!(2000.0), 500),
        ("amount", json!("2000"), 500),
        ("amount", json!(null), 500),
        ("amount", json!(10_000_000_000_001_i64), 500),
        ("currency", json!("RUB"), 500),
        ("currency", json!(null), 500),
        ("payment_method", json!("another"), 0),
        ("payment_method", json!(null), 0),
    ] {
        let mut body = question("check_deposit");
        body[name] = value.clone();
        let answer = shop.ask(body).await;
        assert_eq!(answer["code"], code, "{name} {value}");
        assert_eq!(answer["message"].is_string(), code != 0, "{name} {value}");
    }
    assert_eq!(count(&shop, "jetpay.deposit").await, 4);
    let ok = r#"pantoken_operations_total{kind="jetpay.check_deposit",outcome="ok"}"#;
    assert_eq!(shop.server.metric(ok).await, "4");
}

#[tokio::test]
async fn a_wrong_or_silent_agent_refuses_nobody_who_has_paid() {
    let shop = shop().await;
    let wrong = [
        Reply::Text(200, "no JSON"),
        Reply::Json(200, json!({"exists": "yes"})),
        Reply::Json(200, json!({"exists": true, "currency": "tenge"})),
        Reply::Json(201, json!({"exists": true})),
        Reply::Text(500, ""),
        Reply::Text(302, ""),
        Reply::Lost,
    ];
    for reply in wrong.clone() {
        shop.agent.answer(reply.clone());
        assert_eq!(shop.verify().await["code"], 500, "{reply:?}");
        assert_eq!(shop.check_deposit().await["code"], 500, "{reply:?}");
    }
    shop.agent
        .answer(Reply::Json(200, json!({"exists": false})));
    assert_eq!(shop.verify().await["code"], 404);
    assert_eq!(shop.check_deposit().await["code"], 404);

    let found = json!({"exists": true, "additionalCustomerId": "HFVDW42345"});
    shop.agent.answer(Reply::Json(200, found));
    let answer = json!({"code": 0, "currency": "KZT", "additional_customer_id": "HFVDW42345"});
    assert_eq!(shop.verify().await, answer);
    shop.server.clock.advance_seconds(12 * 3600);
    assert_eq!(shop.verify().await, answer);
    for reply in wrong {
        shop.agent.answer(reply.clone());
        assert_eq!(shop.verify().await["code"], 500, "{reply:?}");
        assert_eq!(shop.check_deposit().await["code"], 0, "{reply:?}");
    }
    // A day after it was found last.
    shop.server.clock.advance_seconds(24 * 3600 - 1);
    assert_eq!(shop.check_deposit().await["code"], 0);
    shop.server.clock.advance_seconds(62);
    assert_eq!(shop.check_deposit().await["code"], 500);
    // What the agent says counts before what is remembered.
    shop.agent
        .answer(Reply::Json(200, json!({"exists": false})));
    assert_eq!(shop.check_deposit().await["code"], 404);
}

#[tokio::test]
async fn a_repeated_callback_pays_once() {
    let shop = shop().await;
    let id = shop.reserve().await;
    let body = callback(&id, "success");
    let calls = (0..3).map(|_| shop.call_back(body.clone()));
    futures_util::future::join_all(calls).await;
    shop.call_back(callback(&id.to_uppercase(), "success"))
        .await;
    shop.until_state(&format!("deposits/{id}"), "paid").await;
    assert_eq!(shop.told().await, ["deposit.paid"]);
}

#[tokio::test]
async fn a_deposit_follows_the_attempts_in_any_order() {
    let shop = shop().await;
    let attempt = |id: &str, status: &str, operation: i64, second: u32| {
        let mut body = callback(id, status);
        body["operation"]["id"] = operation.into();
        body["operation"]["date"] = format!("2019-04-11T07:18:{second:02}+0000").into();
        body
    };
    let id = shop.reserve().await;
    let path = format!("deposits/{id}");
    shop.call_back(attempt(&id, "decline", 1, 10)).await;
    let declined = shop.get(&path).await.json();
    assert_eq!(
        (&declined["state"], &declined["code"]),
        (&json!("declined"), &json!("20000"))
    );
    shop.call_back(attempt(&id, "processing", 2, 11)).await;
    assert_eq!(shop.get(&path).await.field("state"), "declined");
    shop.call_back(attempt(&id, "success", 2, 12)).await;
    assert_eq!(shop.get(&path).await.field("state"), "paid");

    let id = shop.reserve().await;
    let path = format!("deposits/{id}");
    shop.call_back(attempt(&id, "success", 2, 12)).await;
    shop.call_back(attempt(&id, "decline", 1, 10)).await;
    shop.call_back(attempt(&id, "processing", 2, 11)).await;
    assert_eq!(shop.get(&path).await.field("state"), "paid");
    let told = ["deposit.declined", "deposit.paid", "deposit.paid"];
    assert_eq!(shop.told().await, told);

    // A later decline contradicts the success, and a person should look.
    shop.call_back(attempt(&id, "decline", 2, 13)).await;
    assert_eq!(shop.get(&path).await.field("state"), "paid");
    assert_eq!(
        shop.told().await.last().unwrap(),
        "deposit.attention CONTRADICTION"
    );
}

#[tokio::test]
async fn another_sum_is_looked_at_and_not_credited() {
    let shop = shop().await;
    let sums = [
        (
            json!({"amount": 1999, "currency": "KZT"}),
            "AMOUNT_MISMATCH",
        ),
        (
            json!({"amount": 2000, "currency": "RUB"}),
            "AMOUNT_MISMATCH",
        ),
        (
            json!({"amount": 2000.5, "currency": "KZT"}),
            "AMOUNT_MISSING",
        ),
        (json!(null), "AMOUNT_MISSING"),
    ];
    for (sum, reason) in sums {
        let id = shop.reserve().await;
        let mut body = callback(&id, "success");
        body["payment"]["sum"] = sum.clone();
        shop.call_back(body.clone()).await;
        shop.call_back(body).await;
        let deposit = shop.get(&format!("deposits/{id}")).await.json();
        assert_eq!(deposit["state"], "attention", "{sum}");
        assert_eq!(deposit["reason"], reason, "{sum}");
        assert_eq!(deposit["amount"], 2000);
        let told = shop.told().await;
        assert_eq!(told.last().unwrap(), &format!("deposit.attention {reason}"));
        // A later callback with the right sum settles it.
        shop.call_back(callback(&id, "success")).await;
        assert_eq!(
            shop.get(&format!("deposits/{id}")).await.field("state"),
            "paid"
        );
    }
    assert_eq!(shop.told().await.len(), 8);
    let whole = json!({"amount": 2000.0, "currency": "KZT"});
    let id = shop.reserve().await;
    let mut body = callback(&id, "success");
    body["payment"]["sum"] = whole;
    shop.call_back(body).await;
    assert_eq!(
        shop.get(&format!("deposits/{id}")).await.field("state"),
        "paid"
    );
}

#[tokio::test]
async fn a_payment_that_was_never_reserved_is_kept_and_a_success_is_an_alarm() {
    let shop = shop().await;
    for status in ["decline", "processing", "new status"] {
        shop.call_back(callback("nope", status)).await;
        shop.call_back(callback("nope", status)).await;
    }
    let unknown = shop.get("deposits/nope").await;
    unknown.is_problem(404, "OPERATION_NOT_FOUND", None);
    assert!(shop.told().await.is_empty());
    assert_eq!(count(&shop, "jetpay.callback").await, 3);
    for _ in 0..2 {
        shop.call_back(callback("nope", "success")).await;
    }
    assert_eq!(shop.told().await, ["deposit.attention UNKNOWN_PAYMENT"]);
    let deposit = shop.get("deposits/nope").await.json();
    let expected = json!({
        "paymentId": "nope", "customer": CUSTOMER, "amount": 2000, "currency": "KZT", "state": "attention",
        "reason": "UNKNOWN_PAYMENT",
    });
    assert_eq!(deposit, expected);
    let unknown = r#"pantoken_notifications_total{provider="jetpay",outcome="unknown_payment"}"#;
    assert_eq!(shop.server.metric(unknown).await, "7");
    // Such an id, as the platform may send, breaks nothing.
    for id in ["", "a;b", "a b/c?d#e", &"x".repeat(300)] {
        shop.call_back(callback(id, "success")).await;
    }
}

#[tokio::test]
async fn money_that_comes_back_and_a_status_that_is_not_known_are_looked_at() {
    let shop = shop().await;
    let id = shop.reserve().await;
    let path = format!("deposits/{id}");
    for _ in 0..2 {
        shop.call_back(callback(&id, "half done")).await;
    }
    assert_eq!(shop.get(&path).await.field("state"), "reserved");
    shop.call_back(callback(&id, "success")).await;
    shop.call_back(callback(&id, "refunded")).await;
    assert_eq!(shop.get(&path).await.field("state"), "attention");
    let told = [
        "deposit.attention UNKNOWN_STATUS",
        "deposit.paid",
        "deposit.attention REVERSED",
    ];
    assert_eq!(shop.told().await, told);
    let unknown = r#"pantoken_notifications_total{provider="jetpay",outcome="unknown_status"}"#;
    assert_eq!(shop.server.metric(unknown).await, "2");
}

#[tokio::test]
async fn a_wrong_callback_is_refused_by_its_code_and_leaves_nothing() {
    let shop = shop().await;
    let id = shop.reserve().await;
    let refused = async |body: &str, code: &str, field: Option<&str>| {
        let answer = shop.platform("callbacks", body).await;
        answer.is_problem(400, code, field);
    };
    for body in ["", "[]", "null", "{\"payment\":", "<html>"] {
        refused(body, "MALFORMED_JSON", None).await;
    }
    let success = callback(&id, "success");
    refused(&success.to_string(), "SIGNATURE_INVALID", None).await;
    let forged = signed(success.clone())
        .to_string()
        .replace("2000,", "20000,");
    refused(&forged, "SIGNATURE_INVALID", None).await;
    for signature in [json!(""), json!(5), json!("x".repeat(88)), json!(["x"])] {
        let mut body = success.clone();
        body["signature"] = signature;
        refused(&body.to_string(), "SIGNATURE_INVALID", None).await;
    }
    for (path, value, field) in [
        ("/project_id", json!(112), "project_id"),
        ("/project_id", json!("111"), "project_id"),
        ("/payment", json!("P1"), "payment"),
        ("/payment/id", json!(7), "payment.id"),
        ("/payment/id", json!(null), "payment.id"),
        ("/payment/status", json!(null), "payment.status"),
        ("/operation", json!(null), "operation"),
    ] {
        let mut body = success.clone();
        *body.pointer_mut(path).unwrap() = value;
        refused(&signed(body).to_string(), "INVALID_FIELD", Some(field)).await;
    }
    for name in ["payment_id", "customer_first_name"] {
        let mut body = success.clone();
        body[name] = "x".into();
        refused(&signed(body).to_string(), "SIGNATURE_INVALID", None).await;
    }
    let long = json!({"x": "x".repeat(70_000)}).to_string();
    assert_eq!(shop.platform("callbacks", &long).await.status, 413);
    assert_eq!(
        shop.get(&format!("deposits/{id}")).await.field("state"),
        "reserved"
    );
    assert_eq!(count(&shop, "jetpay.callback").await, 0);
    assert!(shop.told().await.is_empty());
}

/// The customer knows the signature of a payment page's address, and chose the last name in it.
#[tokio::test]
async fn the_signature_of_a_payment_page_credits_nothing() {
    let shop = shop().await;
    let id = shop.reserve().await;
    let name = format!(
        "A;operation:code:0;payment:id:{id};payment:status:success;payment:sum:amount:2000;\
         payment:sum:currency:KZT;payment:x:"
    );
    let page = json!({
        "best_before": "2030", "customer_id": "7", "customer_last_name": name, "payment_amount": 2000,
        "payment_currency": "KZT", "payment_id": "P0", "project_id": PROJECT,
    });
    let page = Body::parse(page.to_string().as_bytes()).unwrap();
    let signature = key().sign_text(&page.signed_text(Variant::PLATFORM));
    let forged = json!({
        "best_before": "2030;customer_id:7;customer_last_name:A", "operation": {"code": "0"},
        "payment": {
            "id": id, "status": "success", "sum": {"amount": 2000, "currency": "KZT"},
            "x": ";payment_amount:2000;payment_currency:KZT;payment_id:P0",
        },
        "project_id": PROJECT, "signature": signature,
    });
    let parsed = Body::parse(forged.to_string().as_bytes()).unwrap();
    assert!(key().verify(&parsed).is_ok(), "the attack would work");
    let answer = shop.platform("callbacks", &forged.to_string()).await;
    answer.is_problem(400, "SIGNATURE_INVALID", None);
    assert_eq!(
        shop.get(&format!("deposits/{id}")).await.field("state"),
        "reserved"
    );
}

#[tokio::test]
async fn a_callback_of_another_kind_is_kept_once() {
    let shop = shop().await;
    let other = json!({"project_id": PROJECT, "recurring": {"id": 321, "status": "active"}});
    for _ in 0..2 {
        shop.call_back(other.clone()).await;
    }
    assert_eq!(count(&shop, "jetpay.callback").await, 1);
    let other = r#"pantoken_notifications_total{provider="jetpay",outcome="other_kind"}"#;
    assert_eq!(shop.server.metric(other).await, "2");
}

#[tokio::test]
async fn deposits_are_listed_by_customer_the_newest_first() {
    let shop = shop().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.insert(0, shop.reserve().await);
    }
    let mut other = question("check_deposit");
    other["customer_id"] = "another".into();
    shop.ask(other).await;
    let list = async |query: &str| shop.get(&format!("deposits?{query}")).await.json();
    let listed = |page: &Value| -> Vec<_> {
        let deposits = page["deposits"].as_array().unwrap().iter();
        deposits
            .map(|one| one["paymentId"].as_str().unwrap().to_owned())
            .collect()
    };
    let customer = "customer=johndoe@example.com";
    let all = list(customer).await;
    assert_eq!((listed(&all), &all["next"]), (ids.clone(), &Value::Null));
    let first = list(&format!("{customer}&limit=2")).await;
    assert_eq!(listed(&first), ids[..2]);
    let next = first["next"].as_str().unwrap();
    let rest = list(&format!("{customer}&limit=2&after={next}")).await;
    assert_eq!(listed(&rest), ids[2..]);
    assert_eq!(listed(&list("").await).len(), 4);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("after=x", "after"),
        ("after=-1", "after"),
        ("customer=", "customer"),
        ("state=paid", "state"),
    ] {
        let answer = shop.get(&format!("deposits?{query}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.field("field")),
            (400, field.to_owned())
        );
    }
}

#[tokio::test]
async fn an_unused_reservation_ends_without_a_word() {
    let shop = shop().await;
    let id = shop.reserve().await;
    let is_final = async || {
        let filter = OperationFilter {
            kind: Some("jetpay.deposit".to_owned()),
            limit: 1,
            ..OperationFilter::default()
        };
        let found = shop.server.store.list_operations(filter).await.unwrap();
        found[0].progress.is_final
    };
    shop.server.clock.advance_seconds(44 * 24 * 3600);
    assert!(!is_final().await);
    shop.server.clock.advance_seconds(24 * 3600);
    crate::wait::until_some("the reservation ends", async || {
        is_final().await.then_some(())
    })
    .await;
    assert!(shop.told().await.is_empty());
    shop.call_back(callback(&id, "success")).await;
    assert_eq!(
        shop.get(&format!("deposits/{id}")).await.field("state"),
        "paid"
    );
}

#[tokio::test]
async fn without_its_settings_each_call_names_them() {
    let names = "PANTOKEN_JETPAY_PROJECT_ID and PANTOKEN_JETPAY_SECRET_KEY";
    let bare = server().await;
    let project = server_with(|server| server.jetpay = Some(options())).await;
    for (server, method, path, settings) in [
        (&bare, "POST", "merchant", names),
        (&bare, "POST", "callbacks", names),
        (&bare, "PUT", "payouts/p-1", names),
        (&bare, "GET", "payouts/p-1", names),
        (&bare, "GET", "deposits/p-1", names),
        (&bare, "GET", "deposits", names),
        (&project, "POST", "merchant", "PANTOKEN_JETPAY_ACCOUNTS_URL"),
        (&project, "PUT", "payouts/p-1", "PANTOKEN_JETPAY_GATE_URL"),
    ] {
        let key = format!("Bearer {}", crate::support::API_KEY);
        let headers = [
            ("authorization", key.as_str()),
            ("content-type", "application/json"),
        ];
        let path = format!("/v1/jetpay/{path}");
        let answer = server.call(method, &path, &headers, "{}").await;
        answer.is_problem(404, "PROVIDER_NOT_CONFIGURED", None);
        assert!(answer.text.contains(settings), "{path} {}", answer.text);
    }
}

#[tokio::test]
async fn only_listed_networks_call() {
    let server = server_with(|server| {
        let senders = Senders::parse("192.0.2.0/24").unwrap();
        server.jetpay = Some(options().with_senders(Some(senders)));
        server.trusted_proxies = TrustedProxies::parse("10.0.0.0/8").unwrap();
    })
    .await;
    let body = signed(json!({"project_id": PROJECT, "recurring": {"id": 1}})).to_string();
    for (peer, forwarded, is_taken) in [
        ("192.0.2.1:1", None, true),
        ("198.51.100.1:1", None, false),
        ("198.51.100.1:1", Some("192.0.2.1"), false),
        ("10.0.0.1:1", Some("192.0.2.1"), true),
    ] {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(forwarded.map(|address| ("x-forwarded-for", address)));
        let path = "/v1/jetpay/callbacks";
        let answer = server.call_from(peer, "POST", path, &headers, &body).await;
        match is_taken {
            true => assert_eq!(answer.status, 200, "{peer} {forwarded:?}"),
            false => answer.is_problem(403, "SENDER_REFUSED", None),
        }
    }
}
