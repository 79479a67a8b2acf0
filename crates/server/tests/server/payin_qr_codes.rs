//! QR codes of the faster payments system through the server: scanned, paid with a token, refused and expired.

use serde_json::{Value, json};

use crate::payin_shop::{CUSTOMER, Shop, notify, shop, signature};
use crate::support::Answer;
use crate::wait;

/// The only sum that the sandbox pays.
fn dynamic() -> Value {
    json!({"type": "dynamic", "amount": {"value": "200.00", "currency": "RUB"}})
}

impl Shop {
    /// The customer scans a code with the app of a bank.
    async fn scan(&self, qr_code_uid: &str, agrees: bool) {
        let path = format!("qr-codes/{qr_code_uid}/scan");
        self.control(&path, Some(json!({"agrees": agrees}))).await;
    }

    /// Returns the id of a token that the customer agreed to with the app of a bank.
    async fn qr_token(&self) -> Value {
        let body =
            json!({"type": "token", "customer": CUSTOMER, "purpose": "Orders", "ttlMinutes": 10});
        let created = self.put("qr-codes/q-token", &body).await;
        assert_eq!(created.status, 200, "{}", created.text);
        self.scan("q-token", true).await;
        let code = wait::until_some("the token", async || {
            self.server.clock.advance_seconds(1);
            let code = self.get("qr-codes/q-token").await.json();
            (code["token"] != Value::Null).then_some(code)
        })
        .await;
        code["token"]["tokenId"].clone()
    }

    async fn pay_with_token(&self, qr_code_uid: &str, token_id: &Value) -> Answer {
        let body = json!({"customer": CUSTOMER, "tokenId": token_id});
        self.put(&format!("qr-codes/{qr_code_uid}/payments"), &body)
            .await
    }

    async fn kinds(&self) -> Vec<String> {
        let told = self.events("payin.").await;
        told.iter()
            .map(|event| event["type"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[tokio::test]
async fn a_qr_code_is_scanned_and_its_payment_is_given_back() {
    let shop = shop().await;
    let mut body = dynamic();
    body["customer"] = json!(CUSTOMER);
    body["issueToken"] = json!(true);
    body["purpose"] = json!("Order 7");
    body["returnUrl"] = json!("https://shop.kz/paid");
    let created = shop.put("qr-codes/q-1", &body).await;
    assert_eq!(
        (created.status.as_u16(), created.field("state")),
        (200, "created".to_owned())
    );
    assert!(created.field("payload").starts_with("http"));
    assert_eq!(created.field("qrCodeUid"), "q-1");
    // A field left out equals its default.
    body["ttlMinutes"] = json!(72 * 60);
    assert_eq!(shop.put("qr-codes/q-1", &body).await.status, 200);
    body["amount"]["value"] = json!("201.00");
    let other = shop.put("qr-codes/q-1", &body).await;
    other.is_problem(409, "OPERATION_CONFLICT", None);

    shop.scan("q-1", true).await;
    let paid = shop.until_state("qr-codes/q-1", "paid").await.json();
    let payment_id = paid["payment"]["paymentId"].as_str().unwrap();
    assert_eq!(paid["payment"]["amount"]["value"], "200.00");
    assert_eq!(
        shop.kinds().await,
        ["payin.qr-code.paid", "payin.token.created"]
    );
    let told = shop.events("payin.").await;
    assert_eq!(
        (&told[0]["token"], &told[1]["tokenId"]),
        (&Value::Null, &paid["token"]["tokenId"])
    );
    let tokens = shop.get(&format!("customers/{CUSTOMER}/tokens")).await;
    assert_eq!(tokens.json()["tokens"], json!([paid["token"]]));

    let refund = json!({"amount": {"value": "50.00", "currency": "RUB"}});
    let path = format!("payments/{payment_id}/refunds/r-1");
    let refund = shop.put(&path, &refund).await;
    assert_eq!(
        (refund.status.as_u16(), refund.field("state")),
        (200, "completed".to_owned())
    );
    assert_eq!(shop.executed("qr-code", "q-1").await, 1);
}

#[tokio::test]
async fn a_qr_code_is_paid_with_a_token_once_whatever_is_lost() {
    let shop = shop().await;
    let token_id = shop.qr_token().await;
    assert_eq!(shop.kinds().await, ["payin.token.created"]);
    for fault in [
        "drop-answer",
        "empty500",
        "error500",
        "unavailable",
        "html",
        "half",
    ] {
        let path = format!("qr-codes/{fault}");
        shop.faults(&[fault]).await;
        let open = shop.put(&path, &dynamic()).await;
        assert_eq!(
            (open.status.as_u16(), open.json()["payload"].clone()),
            (202, Value::Null),
            "{fault}"
        );
        // Whoever repeats it gets the same code.
        let again = wait::until_some("the code", async || {
            let again = shop.put(&path, &dynamic()).await;
            (again.status == 200).then_some(again)
        })
        .await;
        assert_eq!(again.field("state"), "created");
        shop.faults(&[fault]).await;
        let open = shop.pay_with_token(fault, &token_id).await;
        assert_eq!(
            (open.status.as_u16(), open.field("state")),
            (202, "pending".to_owned()),
            "{fault}"
        );
        let paid = shop.until_state(&path, "paid").await.json();
        let again = shop.pay_with_token(fault, &token_id).await;
        assert_eq!((again.status.as_u16(), again.json()), (200, paid.clone()));
        let payment_id = paid["payment"]["paymentId"].as_str().unwrap();
        assert_eq!(shop.executed("payment", payment_id).await, 1, "{fault}");
        assert_eq!(shop.executed("qr-code", fault).await, 1, "{fault}");
        let payment = shop.get(&format!("payments/{payment_id}")).await;
        assert_eq!(
            (payment.field("customer"), payment.field("state")),
            (CUSTOMER.to_owned(), "captured".to_owned())
        );
    }
    let all = shop.control("executed", None).await;
    let payments = all["executed"].as_array().unwrap().iter();
    assert_eq!(payments.filter(|one| one["kind"] == "payment").count(), 6);
    assert_eq!(shop.events("payin.qr-code.paid").await.len(), 6);
    assert!(shop.events("payin.qr-code.attention").await.is_empty());
}

#[tokio::test]
async fn a_token_of_a_bank_account_is_deleted_here_alone() {
    let shop = shop().await;
    let token_id = shop.qr_token().await;
    let tokens = format!("customers/{CUSTOMER}/tokens");
    let listed = shop.get(&tokens).await.json();
    assert_eq!(listed["tokens"][0]["paymentMethod"], "sbp");
    // The provider would not answer, but it is not asked: it can only delete the tokens of cards.
    shop.faults(&["unavailable"]).await;
    let path = format!("{tokens}/{}", token_id.as_str().unwrap());
    assert_eq!(shop.call("DELETE", &path, "").await.status, 204);
    shop.faults(&[]).await;
    assert_eq!(shop.get(&tokens).await.json()["tokens"], json!([]));
    assert_eq!(shop.events("payin.token.deleted").await.len(), 1);
    shop.put("qr-codes/q-1", &dynamic()).await;
    let gone = shop.pay_with_token("q-1", &token_id).await;
    gone.is_problem(404, "TOKEN_NOT_FOUND", None);
}

#[tokio::test]
async fn a_qr_code_is_paid_with_its_customers_own_token() {
    let shop = shop().await;
    let token_id = shop.qr_token().await;
    let mut body = dynamic();
    body["customer"] = json!("customer-8");
    shop.put("qr-codes/q-1", &body).await;
    shop.put("qr-codes/q-2", &dynamic()).await;
    let pay = async |path: &str, customer: &str, token_id: &Value| {
        let body = json!({"customer": customer, "tokenId": token_id});
        shop.put(&format!("qr-codes/{path}/payments"), &body).await
    };
    let others = pay("q-1", "customer-8", &token_id).await;
    others.is_problem(404, "TOKEN_NOT_FOUND", None);
    let others = pay("q-1", CUSTOMER, &token_id).await;
    others.is_problem(400, "INVALID_FIELD", Some("customer"));
    let unknown = pay("q-2", CUSTOMER, &json!("tok_1")).await;
    unknown.is_problem(404, "TOKEN_NOT_FOUND", None);
    let no_code = pay("q-9", CUSTOMER, &token_id).await;
    no_code.is_problem(404, "OPERATION_NOT_FOUND", None);
    let for_token = pay("q-token", CUSTOMER, &token_id).await;
    for_token.is_problem(409, "OPERATION_IMPOSSIBLE", None);
    let missing = json!({"customer": CUSTOMER});
    let missing = shop.put("qr-codes/q-2/payments", &missing).await;
    missing.is_problem(400, "MISSING_FIELD", Some("tokenId"));

    let calls = (0..8).map(|_| pay("q-2", CUSTOMER, &token_id));
    for answer in futures_util::future::join_all(calls).await {
        assert!(
            matches!(answer.status.as_u16(), 200 | 202),
            "{}",
            answer.text
        );
    }
    let other = pay("q-2", CUSTOMER, &json!("tok_1")).await;
    other.is_problem(409, "OPERATION_CONFLICT", None);
    shop.until_state("qr-codes/q-2", "paid").await;
    assert_eq!(shop.events("payin.qr-code.paid").await.len(), 1);
}

#[tokio::test]
async fn a_qr_code_ends_declined_or_expired() {
    let shop = shop().await;
    let token = json!({"type": "token", "customer": CUSTOMER});
    shop.put("qr-codes/rejected", &token).await;
    shop.scan("rejected", false).await;
    let rejected = shop.until_state("qr-codes/rejected", "declined").await;
    assert_eq!(rejected.field("reason"), "REJECTED");
    assert_eq!(
        shop.kinds().await,
        ["payin.qr-code.declined", "payin.token.rejected"]
    );
    let told = shop.events("payin.token.rejected").await;
    assert_eq!(told[0]["qrCodeUid"], "rejected");

    // The sandbox declines any other sum.
    let other = json!({"type": "dynamic", "amount": {"value": "10.00", "currency": "RUB"}});
    shop.put("qr-codes/declined", &other).await;
    shop.scan("declined", true).await;
    shop.until_state("qr-codes/declined", "declined").await;

    let mut short = dynamic();
    short["ttlMinutes"] = json!(10);
    shop.put("qr-codes/expired", &short).await;
    shop.sandbox_clock.advance_seconds(600);
    shop.until_state("qr-codes/expired", "expired").await;
    assert_eq!(shop.events("payin.qr-code.expired").await.len(), 1);
}

#[tokio::test]
async fn a_notification_makes_the_server_ask_about_a_qr_code() {
    let shop = shop().await;
    // The clock of the test stands, so nothing is asked until the hint comes.
    shop.put("qr-codes/q-1", &dynamic()).await;
    shop.scan("q-1", true).await;
    let body = json!({
        "type": "PAYMENT", "version": "1",
        "payment": {
            "paymentId": "A1", "qrCodeUid": "q-1", "createdDateTime": "2025-06-01T15:00:00+03:00",
            "amount": {"value": 200, "currency": "RUB"}, "status": {"value": "SUCCESS"},
        },
    });
    let sign = signature("A1|2025-06-01T15:00:00+03:00|200.00");
    assert_eq!(notify(&shop, &body.to_string(), &sign).await.status, 200);
    let state = async |path: &str, state: &str| {
        wait::until_some(path, async || {
            (shop.get(path).await.field("state") == state).then_some(())
        })
        .await;
    };
    state("qr-codes/q-1", "paid").await;

    let token = json!({"type": "token", "customer": CUSTOMER});
    shop.put("qr-codes/q-2", &token).await;
    shop.scan("q-2", false).await;
    let body = json!({
        "type": "TOKEN", "version": "1",
        "token": {
            "merchantSiteUid": "site-01", "account": CUSTOMER,
            "status": {"value": "CREATED", "changedDateTime": "2025-06-01T15:00:00+03:00"},
            "tokenizationSource": {"type": "QR_CODE", "uid": "q-2"},
        },
    });
    let sign = signature(&format!(
        "site-01|{CUSTOMER}|CREATED|2025-06-01T15:00:00+03:00"
    ));
    assert_eq!(notify(&shop, &body.to_string(), &sign).await.status, 200);
    // The provider's answer counts.
    state("qr-codes/q-2", "declined").await;
}

#[tokio::test]
async fn what_a_qr_code_cannot_be_is_refused_by_name() {
    let shop = shop().await;
    let with = |name: &str, value: Value| {
        let mut body = dynamic();
        body[name] = value;
        body
    };
    for (body, field) in [
        (with("type", json!("DYNAMIC")), "type"),
        (
            with("amount", json!({"value": "1", "currency": "RUB"})),
            "amount.value",
        ),
        (with("customer", json!("c".repeat(65))), "customer"),
        (with("issueToken", json!("true")), "issueToken"),
        (with("purpose", json!("p".repeat(141))), "purpose"),
        (with("purpose", json!("")), "purpose"),
        (with("ttlMinutes", json!(0)), "ttlMinutes"),
        (with("ttlMinutes", json!(129_601)), "ttlMinutes"),
        (with("ttlMinutes", json!(10.0)), "ttlMinutes"),
        (with("ttlMinutes", json!("10")), "ttlMinutes"),
        (with("ttlMinutes", json!(-1)), "ttlMinutes"),
        (
            with("returnUrl", json!("https://evil.example/")),
            "returnUrl",
        ),
        (
            with(
                "returnUrl",
                json!(format!("https://shop.kz/paid?a={}", "b".repeat(1000))),
            ),
            "returnUrl",
        ),
        (with("type", json!("token")), "amount"),
        (
            json!({"type": "token", "customer": CUSTOMER, "issueToken": false}),
            "issueToken",
        ),
    ] {
        let answer = shop.put("qr-codes/q-1", &body).await;
        answer.is_problem(400, "INVALID_FIELD", Some(field));
    }
    for (body, field) in [
        (json!({"type": "dynamic"}), "amount"),
        (json!({"type": "token"}), "customer"),
        (json!({}), "type"),
        (with("issueToken", json!(true)), "customer"),
    ] {
        let answer = shop.put("qr-codes/q-1", &body).await;
        answer.is_problem(400, "MISSING_FIELD", Some(field));
    }
    let exponent = r#"{"type":"token","customer":"customer-7","ttlMinutes":1e1}"#;
    let answer = shop.call("PUT", "qr-codes/q-1", exponent).await;
    answer.is_problem(400, "INVALID_FIELD", Some("ttlMinutes"));
    let card = with("purpose", json!("4111 1111 1111 1111"));
    let answer = shop.put("qr-codes/q-1", &card).await;
    answer.is_problem(400, "CARD_NUMBER_REFUSED", Some("purpose"));
    let answer = shop.put("qr-codes/4111111111111111", &dynamic()).await;
    answer.is_problem(400, "CARD_NUMBER_REFUSED", Some("qrCodeUid"));
    shop.get("qr-codes/q-1")
        .await
        .is_problem(404, "OPERATION_NOT_FOUND", None);
}
