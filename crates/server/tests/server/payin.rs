//! payin through the server: cards are verified, tokens are charged, and the provider's word counts alone.

use pantoken_server::PublicSessionLimits;
use serde_json::{Value, json};

use crate::payin_shop::{
    CUSTOMER, NOTIFICATION_KEY, charge, notify, options_of, server_of, shop, signature,
};
use crate::support::{API_KEY, PAGE, SESSION_SECONDS, server, server_with};
use crate::wait;

#[tokio::test]
async fn a_card_is_verified_charged_given_back_and_forgotten() {
    let shop = shop().await;
    let token = shop.token().await;
    assert_eq!(token["name"].as_str().unwrap().len(), 16, "{token}");
    let told = shop.events("payin.verification.").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["type"], "payin.verification.verified");
    assert_eq!(told[0]["token"], token);
    assert_eq!(told[0]["live"], false);

    let tokens = format!("customers/{CUSTOMER}/tokens");
    assert_eq!(shop.get(&tokens).await.json()["tokens"], json!([token]));

    let paid = shop.put("payments/p-1", &charge(&token, true)).await;
    assert_eq!(paid.status, 200, "{}", paid.text);
    assert_eq!(paid.field("state"), "captured");
    assert_eq!(
        paid.json()["capturedAmount"],
        json!({"value": "10.00", "currency": "RUB"})
    );
    let told = shop.events("payin.payment.").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["paymentId"], "p-1");
    assert_eq!(told[0]["state"], "captured");
    assert!(
        !told[0]
            .to_string()
            .contains(token["paymentToken"].as_str().unwrap())
    );

    let amount = json!({"amount": {"value": "4.00", "currency": "RUB"}});
    let refunded = shop.put("payments/p-1/refunds/r-1", &amount).await;
    assert_eq!(
        (refunded.status.as_u16(), refunded.field("state")),
        (200, "completed".to_owned())
    );
    let payment = shop.get("payments/p-1").await.json();
    assert_eq!(payment["refundedAmount"]["value"], "4.00");
    let above = json!({"amount": {"value": "6.01", "currency": "RUB"}});
    let refused = shop.put("payments/p-1/refunds/r-2", &above).await;
    refused.is_problem(409, "AMOUNT_ABOVE_REST", None);
    let rest = json!({"amount": {"value": "6.00", "currency": "RUB"}});
    assert_eq!(
        shop.put("payments/p-1/refunds/r-3", &rest).await.status,
        200
    );
    assert_eq!(shop.get("payments/p-1").await.field("state"), "refunded");
    assert_eq!(shop.events("payin.refund.completed").await.len(), 2);
    assert_eq!(
        shop.get("payments/p-1/refunds/r-1").await.field("refundId"),
        "r-1"
    );

    let path = format!("{tokens}/{}", token["tokenId"].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(shop.call("DELETE", &path, "").await.status, 204);
    }
    assert_eq!(shop.get(&tokens).await.json()["tokens"], json!([]));
    assert_eq!(shop.events("payin.token.deleted").await.len(), 1);
    assert_eq!(shop.executed("token-deletion", CUSTOMER).await, 1);
    let gone = shop.put("payments/p-2", &charge(&token, true)).await;
    gone.is_problem(404, "TOKEN_NOT_FOUND", None);
    // The earlier payment is the same as ever.
    assert_eq!(
        shop.put("payments/p-1", &charge(&token, true)).await.status,
        200
    );
    let another = shop.put("payments/p-1", &charge(&token, false)).await;
    another.is_problem(409, "OPERATION_CONFLICT", None);
}

#[tokio::test]
async fn a_held_sum_is_captured_once_or_given_back() {
    let shop = shop().await;
    let token = shop.token().await;
    let held = shop.put("payments/p-1", &charge(&token, false)).await;
    assert_eq!(
        (held.status.as_u16(), held.field("state")),
        (200, "authorized".to_owned())
    );
    let captured = shop.put("payments/p-1/captures/c-1", &json!({})).await;
    assert_eq!(
        (captured.status.as_u16(), captured.field("state")),
        (200, "completed".to_owned())
    );
    assert_eq!(shop.get("payments/p-1").await.field("state"), "captured");
    let again = shop.put("payments/p-1/captures/c-1", &json!({})).await;
    assert_eq!(again.status, 200);
    let second = shop.put("payments/p-1/captures/c-2", &json!({})).await;
    second.is_problem(409, "OPERATION_IMPOSSIBLE", None);
    let kinds: Vec<_> = shop.events("payin.payment.").await;
    let kinds: Vec<_> = kinds
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["payin.payment.authorized", "payin.payment.captured"]
    );

    shop.put("payments/p-2", &charge(&token, false)).await;
    let whole = json!({"amount": {"value": "10.00", "currency": "RUB"}});
    assert_eq!(
        shop.put("payments/p-2/refunds/r-1", &whole).await.status,
        200
    );
    assert_eq!(shop.get("payments/p-2").await.field("state"), "reversed");
}

#[tokio::test]
async fn an_id_stands_for_one_payment() {
    let shop = shop().await;
    let token = shop.token().await;
    let body = charge(&token, true);
    let calls = (0..8).map(|_| shop.put("payments/p-1", &body));
    for answer in futures_util::future::join_all(calls).await {
        assert!(
            matches!(answer.status.as_u16(), 200 | 202),
            "{}",
            answer.text
        );
    }
    assert_eq!(shop.executed("payment", "p-1").await, 1);
    let another = shop.put("payments/p-1", &charge(&token, false)).await;
    another.is_problem(409, "OPERATION_CONFLICT", None);
    let mut default = charge(&token, true);
    default.as_object_mut().unwrap().remove("capture");
    assert_eq!(shop.put("payments/p-1", &default).await.status, 200);
}

#[tokio::test]
async fn a_token_is_charged_for_its_own_customer_alone() {
    let shop = shop().await;
    let token = shop.token().await;
    for by_token in [
        json!({"tokenId": token["tokenId"]}),
        json!({"paymentToken": token["paymentToken"]}),
    ] {
        let mut body = charge(&token, true);
        let fields = body.as_object_mut().unwrap();
        fields.remove("tokenId");
        fields.extend(by_token.as_object().unwrap().clone());
        fields.insert("customer".to_owned(), json!("customer-8"));
        let answer = shop.put("payments/p-1", &body).await;
        answer.is_problem(404, "TOKEN_NOT_FOUND", None);
    }
    assert_eq!(shop.executed("payment", "p-1").await, 0);
    let other = shop.get("customers/customer-8/tokens").await;
    assert_eq!(other.json()["tokens"], json!([]));
}

#[tokio::test]
async fn bad_input_is_refused_by_name_before_anything_is_recorded() {
    let shop = shop().await;
    let token = json!({"tokenId": "tok_1"});
    let with = |name: &str, value: Value| {
        let mut body = charge(&token, true);
        body[name] = value;
        body
    };
    let amount = |value: Value, currency: &str| {
        with("amount", json!({"value": value, "currency": currency}))
    };
    for (body, field) in [
        (amount(json!("10.0"), "RUB"), "amount.value"),
        (amount(json!("10"), "RUB"), "amount.value"),
        (amount(json!("10.000"), "RUB"), "amount.value"),
        (amount(json!("1e3"), "RUB"), "amount.value"),
        (amount(json!("-1.00"), "RUB"), "amount.value"),
        (amount(json!("0.00"), "RUB"), "amount.value"),
        (amount(json!("01.00"), "RUB"), "amount.value"),
        (amount(json!("1000000.00"), "RUB"), "amount.value"),
        (amount(json!(10.0), "RUB"), "amount.value"),
        (amount(json!("10.00"), "rub"), "amount.currency"),
        (with("amount", json!("10.00")), "amount"),
        (with("customer", json!("c".repeat(65))), "customer"),
        (with("customer", json!("")), "customer"),
        (with("capture", json!("true")), "capture"),
        (with("comment", json!("c".repeat(256))), "comment"),
        (with("paymentToken", json!("token")), "paymentToken"),
    ] {
        let answer = shop.put("payments/p-1", &body).await;
        answer.is_problem(400, "INVALID_FIELD", Some(field));
    }
    let card = with("comment", json!("4111 1111 1111 1111"));
    let answer = shop.put("payments/p-1", &card).await;
    answer.is_problem(400, "CARD_NUMBER_REFUSED", Some("comment"));
    for (id, code) in [
        ("4111111111111111", "CARD_NUMBER_REFUSED"),
        ("a%7Cb", "INVALID_FIELD"),
        ("a%20b", "INVALID_FIELD"),
        ("a%2Fb", "INVALID_FIELD"),
        (&"a".repeat(201), "INVALID_FIELD"),
    ] {
        let answer = shop
            .put(&format!("payments/{id}"), &charge(&token, true))
            .await;
        answer.is_problem(400, code, Some("paymentId"));
    }
    let unknown = shop.put("payments/p-1", &charge(&token, true)).await;
    unknown.is_problem(404, "TOKEN_NOT_FOUND", None);
    shop.get("payments/p-1")
        .await
        .is_problem(404, "OPERATION_NOT_FOUND", None);
    let refund = json!({"amount": {"value": "1.00", "currency": "RUB"}});
    let answer = shop.put("payments/p-1/refunds/r-1", &refund).await;
    answer.is_problem(404, "OPERATION_NOT_FOUND", None);
}

#[tokio::test]
async fn the_page_learns_what_the_provider_says_and_decides_nothing() {
    let shop = shop().await;
    let verification = shop.create_verification().await;
    assert_eq!(verification.field("form"), "payin");
    assert_eq!(
        verification.field("requestId"),
        verification.field("verificationId")
    );
    assert_eq!(
        verification.field("formOrigin"),
        format!("http://{}", shop.sandbox)
    );
    assert!(verification.field("formUrl").contains("lang=ru"));
    let token = verification.field("resultToken");
    let open = shop.ask_for_result(&verification, &token).await;
    assert_eq!(
        (open.status.as_u16(), open.field("state")),
        (202, "created".to_owned())
    );
    let refused = shop.ask_for_result(&verification, &"a".repeat(43)).await;
    refused.is_problem(403, "RESULT_TOKEN_INVALID", None);

    shop.type_card(&verification, "02").await;
    let answer = shop.ask_for_result(&verification, &token).await;
    assert_eq!(
        (answer.status.as_u16(), answer.field("state")),
        (200, "refused".to_owned())
    );
    let told = shop.events("payin.").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["type"], "payin.verification.refused");
    assert_eq!(told[0]["token"], Value::Null);
}

#[tokio::test]
async fn a_card_whose_check_takes_a_while_is_asked_about() {
    let shop = shop().await;
    let verification = shop.create_verification().await;
    shop.type_card(&verification, "03").await;
    let token = verification.field("resultToken");
    let open = shop.ask_for_result(&verification, &token).await;
    assert_eq!(open.status, 202);
    shop.sandbox_clock.advance_seconds(3);
    let path = format!("verifications/{}", verification.field("verificationId"));
    shop.until_state(&path, "verified").await;
    assert_eq!(shop.events("payin.verification.verified").await.len(), 1);
}

#[tokio::test]
async fn what_is_verified_after_its_time_is_verified_and_told() {
    let shop = shop().await;
    let verification = shop.create_verification().await;
    let (id, token) = (
        verification.field("verificationId"),
        verification.field("resultToken"),
    );
    shop.server.clock.advance_seconds(SESSION_SECONDS);
    let path = format!("verifications/{id}");
    shop.until_state(&path, "expired").await;
    let expired = shop.ask_for_result(&verification, &token).await;
    expired.is_problem(410, "SESSION_EXPIRED", None);
    shop.type_card(&verification, "12").await;
    let answer = shop.ask_for_result(&verification, &token).await;
    assert_eq!(
        (answer.status.as_u16(), answer.field("state")),
        (200, "verified".to_owned())
    );
    let kinds = shop.events("payin.verification.").await;
    let kinds: Vec<_> = kinds
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["payin.verification.expired", "payin.verification.verified"]
    );
}

#[tokio::test]
async fn the_same_key_gives_the_same_verification() {
    let shop = shop().await;
    let create = async |customer: &str| {
        let key = format!("Bearer {API_KEY}");
        let headers = [
            ("authorization", key.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", "order-7"),
        ];
        let body = json!({"customer": customer}).to_string();
        shop.server
            .call("POST", "/v1/payin/verifications", &headers, &body)
            .await
    };
    shop.faults(&["unavailable"]).await;
    create(CUSTOMER)
        .await
        .is_problem(503, "PROVIDER_UNAVAILABLE", None);
    let first = create(CUSTOMER).await;
    let second = create(CUSTOMER).await;
    assert_eq!((first.status.as_u16(), &first.text), (201, &second.text));
    assert_eq!(
        shop.executed("bill", &first.field("verificationId")).await,
        1
    );
    create("customer-8")
        .await
        .is_problem(422, "IDEMPOTENCY_KEY_REUSED", None);
}

#[tokio::test]
async fn a_browser_on_an_allowed_origin_verifies_a_card_of_a_customer_it_cannot_name() {
    let shop = shop().await;
    let create = async |origin: Option<&str>, key: Option<&str>, body: Value| {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(origin.map(|origin| ("origin", origin)));
        headers.extend(key.map(|key| ("idempotency-key", key)));
        let path = "/v1/payin/verifications";
        let body = body.to_string();
        shop.server.call("POST", path, &headers, &body).await
    };
    let own = json!({"flow": "iframe", "language": "en"});
    let created = create(Some(PAGE), None, own.clone()).await;
    assert_eq!(created.status, 201, "{}", created.text);
    assert_eq!(created.header("access-control-allow-origin"), PAGE);
    shop.type_card(&created, "12").await;
    let token = created.field("resultToken");
    let answer = shop.ask_for_result(&created, &token).await;
    assert_eq!(answer.field("state"), "verified");
    // Nobody is named, so no token is issued. The shop's back end sees the verification.
    let path = format!("verifications/{}", created.field("verificationId"));
    let seen = shop.get(&path).await.json();
    assert_eq!(seen["state"], "verified");
    assert!(
        seen["token"].is_null() && seen["customer"].is_null(),
        "{seen}"
    );

    let named = json!({"flow": "iframe", "customer": CUSTOMER});
    let refused = create(Some(PAGE), None, named).await;
    refused.is_problem(400, "INVALID_FIELD", Some("customer"));
    assert!(
        refused.text.contains("only with an API key"),
        "{}",
        refused.text
    );
    let elsewhere = create(Some("https://evil.example"), None, own.clone()).await;
    elsewhere.is_problem(403, "ORIGIN_NOT_ALLOWED", None);
    let nobody = create(None, None, own.clone()).await;
    nobody.is_problem(401, "API_KEY_REQUIRED", None);
    let guessable = create(Some(PAGE), Some("order-7"), own.clone()).await;
    guessable.is_problem(400, "INVALID_FIELD", Some("Idempotency-Key"));
    let key = "7d4e60fd-b67f-4c04-b9c7-45678901abcd";
    let first = create(Some(PAGE), Some(key), own.clone()).await;
    let again = create(Some(PAGE), Some(key), own.clone()).await;
    assert_eq!(first.json(), again.json());
    let headers = [
        ("authorization", format!("Bearer {API_KEY}")),
        ("idempotency-key", key.to_owned()),
        ("content-type", "application/json".to_owned()),
    ];
    let headers = headers
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let body = own.to_string();
    let agent = shop
        .server
        .call("POST", "/v1/payin/verifications", &headers, &body);
    assert_ne!(
        agent.await.field("verificationId"),
        first.field("verificationId")
    );
}

#[tokio::test]
async fn a_verification_by_browsers_needs_public_sessions_and_has_their_limits() {
    let limits = PublicSessionLimits {
        per_address: 1.try_into().unwrap(),
        per_origin: 100.try_into().unwrap(),
    };
    for is_public in [false, true] {
        // Nobody listens at this address.
        let server = server_with(|options| {
            options.payin = Some(options_of("127.0.0.1:9"));
            options.public_sessions = is_public;
            options.public_session_limits = limits;
        })
        .await;
        let headers = [("content-type", "application/json"), ("origin", PAGE)];
        let path = "/v1/payin/verifications";
        let first = server.call("POST", path, &headers, "{}").await;
        if !is_public {
            first.is_problem(401, "API_KEY_REQUIRED", None);
            continue;
        }
        first.is_problem(503, "PROVIDER_UNAVAILABLE", None);
        let second = server.call("POST", path, &headers, "{}").await;
        second.is_problem(429, "RATE_LIMITED", None);
    }
}

#[tokio::test]
async fn a_notification_is_a_hint_and_its_status_is_not_believed() {
    let shop = shop().await;
    let token = shop.token().await;
    // The answer is lost, and the server asks again only after a while.
    shop.faults(&["drop-answer"]).await;
    let open = shop.put("payments/p-1", &charge(&token, true)).await;
    assert_eq!(
        (open.status.as_u16(), open.field("state")),
        (202, "pending".to_owned())
    );
    // The clock of the test stands, so nothing is asked until the hint comes.
    let body = json!({
        "type": "PAYMENT", "version": "1",
        "payment": {
            "paymentId": "p-1", "createdDateTime": "2025-06-01T15:00:00+03:00",
            "amount": {"value": 10.00, "currency": "RUB"}, "status": {"value": "DECLINE"},
        },
    })
    .to_string();
    let sign = signature("p-1|2025-06-01T15:00:00+03:00|10.00");
    assert_eq!(notify(&shop, &body, &sign).await.status, 200);
    let captured = wait::until_some("the payment", async || {
        let answer = shop.get("payments/p-1").await;
        (answer.field("state") != "pending").then_some(answer)
    })
    .await;
    assert_eq!(
        captured.field("state"),
        "captured",
        "the provider's answer counts"
    );

    let wrong = notify(&shop, &body, &signature("p-1")).await;
    wrong.is_problem(403, "NOTIFICATION_REFUSED", None);
    let no_json = notify(&shop, "<html>", &sign).await;
    no_json.is_problem(400, "MALFORMED_JSON", None);
    let unknown = json!({"type": "CHARGEBACK", "version": "1", "chargeback": {}}).to_string();
    assert_eq!(notify(&shop, &unknown, &sign).await.status, 200);
    let other = body.replace("p-1", "p-9");
    let sign = signature("p-9|2025-06-01T15:00:00+03:00|10.00");
    assert_eq!(notify(&shop, &other, &sign).await.status, 200);
    for outcome in [
        "taken",
        "refused",
        "unreadable",
        "unknown_type",
        "unknown_operation",
    ] {
        let line =
            format!(r#"pantoken_notifications_total{{provider="payin",outcome="{outcome}"}}"#);
        assert_eq!(shop.server.metric(&line).await, "1", "{outcome}");
    }
    let line = r#"pantoken_operations_total{kind="payin.payment",outcome="captured"}"#;
    assert_eq!(shop.server.metric(line).await, "1");
}

/// The provider's documents show captures and refunds with and without the id of their payment.
#[tokio::test]
async fn a_notification_without_its_payment_is_a_hint_about_the_part_with_its_id() {
    let shop = shop().await;
    let token = shop.token().await;
    for payment in ["p-1", "p-2"] {
        let held = shop
            .put(&format!("payments/{payment}"), &charge(&token, false))
            .await;
        assert_eq!(held.field("state"), "authorized");
    }
    // The answers are lost, and the server asks again only after a while. Both captures have the same id.
    let path = |payment: &str| format!("payments/{payment}/captures/c-1");
    for payment in ["p-1", "p-2"] {
        shop.faults(&["drop-answer"]).await;
        let open = shop.put(&path(payment), &json!({})).await;
        assert_eq!(open.status, 202, "{}", open.text);
    }
    let body = |id: &str| {
        json!({
            "type": "CAPTURE", "version": "1",
            "capture": {
                "captureId": id, "createdDateTime": "2025-06-01T15:00:00+03:00",
                "amount": {"value": 10.00, "currency": "RUB"}, "status": {"value": "SUCCESS"},
            },
        })
        .to_string()
    };
    let sign = |id: &str| signature(&format!("{id}|2025-06-01T15:00:00+03:00|10.00"));
    assert_eq!(notify(&shop, &body("c-9"), &sign("c-9")).await.status, 200);
    // The clock of the test stands, so nothing is asked until the hint comes.
    assert_eq!(notify(&shop, &body("c-1"), &sign("c-1")).await.status, 200);
    for payment in ["p-1", "p-2"] {
        wait::until_some("the capture", async || {
            let answer = shop.get(&path(payment)).await;
            (answer.field("state") == "completed").then_some(())
        })
        .await;
        wait::until_some("the payment", async || {
            let answer = shop.get(&format!("payments/{payment}")).await;
            (answer.field("state") == "captured").then_some(())
        })
        .await;
        assert_eq!(shop.executed("capture", "c-1").await, 2);
    }
    for (outcome, count) in [("taken", "1"), ("unknown_operation", "1")] {
        let line =
            format!(r#"pantoken_notifications_total{{provider="payin",outcome="{outcome}"}}"#);
        assert_eq!(shop.server.metric(&line).await, count, "{outcome}");
    }
}

#[tokio::test]
async fn a_provider_that_is_not_configured_names_its_settings() {
    let server = server().await;
    let answer = server.post("/v1/payin/verifications", "{}").await;
    answer.is_problem(404, "PROVIDER_NOT_CONFIGURED", None);
    assert!(
        answer.text.contains("PANTOKEN_PAYIN_SITE_ID"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn a_provider_that_is_down_keeps_no_verification() {
    // Nobody listens at this port.
    let server = server_of("127.0.0.1:1").await;
    let answer = server.post("/v1/payin/verifications", "{}").await;
    answer.is_problem(503, "PROVIDER_UNAVAILABLE", None);
    assert_eq!(answer.header("retry-after"), "5");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_payin_alone_starts() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pantoken"));
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env_clear()
        .env("PANTOKEN_API_KEY", API_KEY)
        .env("PANTOKEN_PAYIN_SITE_ID", "site-01")
        .env("PANTOKEN_PAYIN_API_KEY", "api-key-of-the-site")
        .env("PANTOKEN_PAYIN_NOTIFICATION_KEY", NOTIFICATION_KEY)
        .env("PANTOKEN_PAYIN_BASE_URL", "http://127.0.0.1:1/sites")
        .current_dir(folder.path());
    let server = pantoken_test_support::Process::start(&mut command);
    let address = server.wait_for("listening on ");
    let address = address.unwrap_or_else(|| panic!("{}", server.log()));
    let call = async |method: reqwest::Method, path: &str, body: &str| {
        let request = reqwest::Client::new().request(method, format!("{address}{path}"));
        let request = request
            .bearer_auth(API_KEY)
            .header("content-type", "application/json");
        let answer = request.body(body.to_owned()).send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        (
            status,
            body["code"].as_str().unwrap_or_default().to_owned(),
            body.to_string(),
        )
    };
    let flow = r#"{"flow":"iframe"}"#;
    let (status, code, text) = call(reqwest::Method::POST, "/v1/sessions", flow).await;
    assert_eq!((status, code.as_str()), (404, "PROVIDER_NOT_CONFIGURED"));
    assert!(text.contains("PANTOKEN_FORM_HOST"), "{text}");
    let path = "/v1/payin/payments/p-1";
    let (status, code, _) = call(reqwest::Method::GET, path, "").await;
    assert_eq!((status, code.as_str()), (404, "OPERATION_NOT_FOUND"));
}

#[tokio::test]
async fn a_bill_is_paid_on_the_form_and_its_payment_is_given_back() {
    let shop = shop().await;
    let body = json!({
        "amount": {"value": "10.00", "currency": "RUB"}, "customer": CUSTOMER, "issueToken": true,
        "returnUrl": "https://shop.kz/paid", "language": "en",
    });
    let created = shop.put("bills/b-1", &body).await;
    assert_eq!(
        (created.status.as_u16(), created.field("state")),
        (200, "created".to_owned())
    );
    let pay_url = created.field("payUrl");
    assert!(
        pay_url.contains("lang=en") && pay_url.contains("successUrl=https"),
        "{pay_url}"
    );
    let mut other = body.clone();
    other["amount"]["value"] = json!("9.00");
    let other = shop.put("bills/b-1", &other).await;
    other.is_problem(409, "OPERATION_CONFLICT", None);
    let no_customer = json!({"amount": {"value": "10.00", "currency": "RUB"}, "issueToken": true});
    let no_customer = shop.put("bills/b-2", &no_customer).await;
    no_customer.is_problem(400, "MISSING_FIELD", Some("customer"));

    shop.pay_bill("b-1", "p-of-b-1").await;
    let paid = shop.until_state("bills/b-1", "paid").await.json();
    assert_eq!(paid["payments"][0]["paymentId"], "p-of-b-1");
    let told = shop.events("payin.").await;
    let kinds: Vec<_> = told
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["payin.bill.paid", "payin.token.created"]);
    assert_eq!(
        (&told[0]["token"], &told[1]["tokenId"]),
        (&Value::Null, &paid["token"]["tokenId"])
    );
    let tokens = shop.get(&format!("customers/{CUSTOMER}/tokens")).await;
    assert_eq!(tokens.json()["tokens"], json!([paid["token"]]));

    let whole = json!({"amount": {"value": "10.00", "currency": "RUB"}});
    let refund = shop.put("payments/p-of-b-1/refunds/r-1", &whole).await;
    assert_eq!(
        (refund.status.as_u16(), refund.field("state")),
        (200, "completed".to_owned())
    );
    assert_eq!(
        shop.get("payments/p-of-b-1").await.field("state"),
        "refunded"
    );
    assert_eq!(shop.executed("bill", "b-1").await, 1);
}

#[tokio::test]
async fn a_bill_whose_answer_is_lost_is_created_once_and_expires() {
    let shop = shop().await;
    let body = json!({"amount": {"value": "10.00", "currency": "RUB"}});
    shop.faults(&["drop-answer"]).await;
    let open = shop.put("bills/b-1", &body).await;
    assert_eq!(
        (open.status.as_u16(), open.json()["payUrl"].clone()),
        (202, Value::Null)
    );
    let again = wait::until_some("the bill", async || {
        let again = shop.put("bills/b-1", &body).await;
        (again.status == 200).then_some(again)
    })
    .await;
    assert!(again.field("payUrl").contains("invoiceUid="));
    assert_eq!(shop.executed("bill", "b-1").await, 1);
    shop.sandbox_clock.advance_seconds(SESSION_SECONDS);
    shop.until_state("bills/b-1", "expired").await;
    assert_eq!(shop.events("payin.bill.expired").await.len(), 1);
}
