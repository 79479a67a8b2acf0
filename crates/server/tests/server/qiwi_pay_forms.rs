//! qiwi-pay's forms through the server: what is signed, and what of the provider's word counts.

use serde_json::{Value, json};

use crate::qiwi_pay_shop::{form, shop, shop_without_api, signed, site, transaction};
use crate::support::{API_KEY, server};
use crate::wait;

#[tokio::test]
async fn a_form_is_signed_and_the_same_order_gives_the_same_form() {
    let shop = shop_without_api().await;
    let mut body = form("order-1");
    body["customer"] = "customer-7".into();
    body["productName"] = "Оплата тура ".into();
    body["cf1"] = "one".into();
    body["successUrl"] = "https://shop.example/thanks?a=1&b=2".into();
    body["expiresAt"] = "2026-01-31T12:00:00+03:00".into();
    let made = shop.form(&body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let json = made.json();
    assert_eq!(
        (&json["form"], &json["method"]),
        (&json!("qiwi-pay"), &json!("POST"))
    );
    assert_eq!(json["requestId"], "order-1");
    assert_eq!(json["formUrl"], "https://pay.qiwi.com/paypage/initial");
    let fields = json["fields"].as_object().unwrap();
    let expected = [
        ("amount", "10.00"),
        ("cf1", "one"),
        ("currency", "643"),
        ("merchant_site", "555"),
        ("merchant_uid", "customer-7"),
        ("opcode", "1"),
        ("order_expire", "2026-01-31T09:00:00+00:00"),
        ("order_id", "order-1"),
        ("product_name", "Оплата тура "),
        ("success_url", "https://shop.example/thanks?a=1&b=2"),
    ];
    for (name, value) in expected {
        assert_eq!(fields[name], value, "{name}");
    }
    assert_eq!(fields.len(), expected.len() + 1);
    let texts = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
    assert!(
        site()
            .key()
            .verifies(texts, fields["sign"].as_str().unwrap())
    );

    assert_eq!(shop.form(&body).await.json(), json);
    body["cf1"] = "two".into();
    shop.form(&body)
        .await
        .is_problem(409, "OPERATION_CONFLICT", None);
    let payment = shop.get("payments/order-1").await.json();
    assert_eq!(payment["state"], "created");
    assert_eq!(payment["capturedAmount"]["value"], "0.00");
}

#[tokio::test]
async fn a_receipt_is_encoded_and_must_add_up() {
    let shop = shop_without_api().await;
    let position = json!({"quantity": "1", "price": "10.00", "tax": 6, "description": "Билет",
        "paymentMethod": 4, "paymentSubject": 4});
    let receipt = json!({"sellerId": "0123011520", "chequeType": 1, "customerContact": "buyer@shop.example",
        "taxSystem": 1, "positions": [position]});
    let mut body = form("order-1");
    body["receipt"] = receipt.clone();
    let made = shop.form(&body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let cheque = made.json()["fields"]["merchant_cheque"]
        .as_str()
        .unwrap()
        .to_owned();
    let decoded = pantoken_qiwi_pay::Receipt::decode(&cheque).unwrap();
    assert_eq!(decoded.seller_id, "0123011520");

    let refused = async |change: &dyn Fn(&mut Value), field: &str| {
        let mut body = form("order-2");
        body["receipt"] = receipt.clone();
        change(&mut body["receipt"]);
        shop.form(&body)
            .await
            .is_problem(400, "INVALID_FIELD", Some(field));
    };
    refused(&|it| it["positions"][0]["price"] = "9.99".into(), "receipt").await;
    refused(&|it| it["sellerId"] = "123".into(), "receipt.sellerId").await;
    refused(&|it| it["chequeType"] = json!(1.0), "receipt.chequeType").await;
    refused(&|it| it["chequeType"] = json!("1"), "receipt.chequeType").await;
    refused(&|it| it["taxSystem"] = json!(6), "receipt.taxSystem").await;
    refused(
        &|it| it["positions"][0]["quantity"] = "1e0".into(),
        "receipt.positions.quantity",
    )
    .await;
    refused(
        &|it| it["positions"][0]["tax"] = json!(8),
        "receipt.positions.tax",
    )
    .await;
    refused(&|it| it["positions"] = json!([]), "receipt.positions").await;
    let mut body = form("order-2");
    body["receipt"] = receipt.clone();
    body["receipt"]["positions"][0]["price"] = json!(10.0);
    shop.form(&body)
        .await
        .is_problem(400, "INVALID_FIELD", Some("receipt.positions.price"));
}

#[tokio::test]
async fn what_cannot_be_signed_or_must_not_be_sent_is_refused() {
    let shop = shop_without_api().await;
    for (field, value) in [
        ("cf1", json!("a|b")),
        ("productName", json!("a|b")),
        ("productName", json!("a".repeat(26))),
        ("successUrl", json!("javascript:alert(1)")),
        ("successUrl", json!("http://shop.example/")),
        ("declineUrl", json!("//shop.example/")),
        ("callbackUrl", json!("ftp://shop.example/")),
        ("customer", json!("a|b")),
        ("cardToken", json!("a b")),
        ("operation", json!("capture")),
        ("expiresAt", json!("2019-05-05T08:44:07")),
        ("email", json!(7)),
        ("orderId", json!("a/b")),
        ("orderId", json!("txn/1")),
    ] {
        let mut body = form("order-1");
        body[field] = value;
        shop.form(&body)
            .await
            .is_problem(400, "INVALID_FIELD", Some(field));
    }
    for value in ["10", "10.0", "10.000", "0.00", "01.00", "1e1", "-1.00"] {
        let mut body = form("order-1");
        body["amount"]["value"] = value.into();
        shop.form(&body)
            .await
            .is_problem(400, "INVALID_FIELD", Some("amount.value"));
    }
    let mut body = form("order-1");
    body["cf2"] = "4111 1111 1111 1111".into();
    shop.form(&body)
        .await
        .is_problem(400, "CARD_NUMBER_REFUSED", Some("cf2"));
    let mut body = form("order-1");
    body["currency"] = "RUB".into();
    shop.form(&body)
        .await
        .is_problem(400, "UNKNOWN_FIELD", Some("currency"));
}

#[tokio::test]
async fn without_the_api_a_signed_notification_with_the_forms_amount_counts() {
    let shop = shop_without_api().await;
    shop.form(&form("order-1")).await;
    let sale = transaction("order-1", &json!({}));
    for _ in 0..3 {
        assert_eq!(shop.notify(&sale).await.status, 200);
    }
    let reconciled = transaction("order-1", &json!({"txn_status": 4}));
    assert_eq!(shop.notify(&reconciled).await.status, 200);
    let payment = shop
        .until_state("payments/order-1", "captured")
        .await
        .json();
    assert_eq!(payment["txnId"], "7001");
    assert_eq!(payment["cardToken"], "card-token-1");
    assert_eq!(payment["card"]["maskedPan"], "411111******1111");
    assert_eq!(payment["capturedAmount"]["value"], "10.00");
    let refund = transaction(
        "order-1",
        &json!({"txn_id": 7002, "txn_type": 3, "amount": 4}),
    );
    assert_eq!(shop.notify(&refund).await.status, 200);
    wait::until_some("the refund", async || {
        shop.server.clock.advance_seconds(1);
        let payment = shop.get("payments/order-1").await.json();
        (payment["refundedAmount"]["value"] == "4.00").then_some(())
    })
    .await;
    assert_eq!(shop.event_kinds().await, ["qiwi-pay.payment.captured"]);
    let told = &shop.events("qiwi-pay.payment.captured").await[0];
    assert_eq!(
        (&told["orderId"], &told["live"]),
        (&json!("order-1"), &json!(false))
    );
}

#[tokio::test]
async fn notifications_in_another_order_and_as_a_form_make_the_same_payment() {
    let shop = shop_without_api().await;
    let mut body = form("order-1");
    body["operation"] = "auth".into();
    shop.form(&body).await;
    let captured = signed(&transaction(
        "order-1",
        &json!({"txn_type": 2, "txn_status": 3}),
    ));
    let mut text = String::new();
    for (name, value) in captured.as_object().unwrap() {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        text += &format!("{name}={}&", value.replace('+', "%2B").replace('*', "%2A"));
    }
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let answer = shop
        .server
        .call("POST", "/v1/qiwi-pay/notifications", &headers, &text)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    shop.until_state("payments/order-1", "captured").await;
    let held = transaction("order-1", &json!({"txn_type": 2, "txn_status": 2}));
    assert_eq!(shop.notify(&held).await.status, 200);
    shop.until_state("payments/order-1", "captured").await;
    assert_eq!(shop.event_kinds().await, ["qiwi-pay.payment.captured"]);
}

#[tokio::test]
async fn a_decline_may_be_followed_by_success_and_both_are_told() {
    let shop = shop_without_api().await;
    shop.form(&form("order-1")).await;
    let declined = json!({"txn_status": 1, "error_code": 8160});
    shop.notify(&transaction("order-1", &declined)).await;
    let payment = shop.until_state("payments/order-1", "declined").await;
    assert_eq!(payment.field("reason"), "8160");
    shop.notify(&transaction("order-1", &json!({"txn_id": 7002})))
        .await;
    shop.until_state("payments/order-1", "captured").await;
    let kinds = ["qiwi-pay.payment.declined", "qiwi-pay.payment.captured"];
    assert_eq!(shop.event_kinds().await, kinds);
}

#[tokio::test]
async fn a_second_success_or_another_amount_is_for_a_person() {
    let shop = shop_without_api().await;
    for order in ["order-1", "order-2", "order-3"] {
        shop.form(&form(order)).await;
    }
    shop.notify(&transaction("order-1", &json!({}))).await;
    shop.until_state("payments/order-1", "captured").await;
    shop.notify(&transaction("order-1", &json!({"txn_id": 7002})))
        .await;
    let twice = shop.until_state("payments/order-1", "attention").await;
    assert_eq!(twice.field("reason"), "PAID_TWICE");
    assert_eq!(twice.json()["capturedAmount"]["value"], "10.00");
    assert_eq!(twice.field("txnId"), "7001");
    let changes = [
        ("order-2", json!({"txn_id": 7003, "amount": "1.00"})),
        ("order-3", json!({"txn_id": 7004, "currency": 398})),
    ];
    for (order, changes) in changes {
        shop.notify(&transaction(order, &changes)).await;
        let payment = shop
            .until_state(&format!("payments/{order}"), "attention")
            .await;
        assert_eq!(payment.field("reason"), "AMOUNT_MISMATCH");
        assert_eq!(payment.json()["capturedAmount"]["value"], "0.00");
    }
    let told = shop.events("qiwi-pay.payment.attention").await;
    let reasons: Vec<_> = told
        .iter()
        .map(|event| event["reason"].as_str().unwrap())
        .collect();
    assert_eq!(
        reasons,
        ["PAID_TWICE", "AMOUNT_MISMATCH", "AMOUNT_MISMATCH"]
    );
}

#[tokio::test]
async fn a_transaction_pays_one_order() {
    let shop = shop_without_api().await;
    shop.form(&form("order-1")).await;
    shop.form(&form("order-2")).await;
    shop.notify(&transaction("order-1", &json!({}))).await;
    shop.until_state("payments/order-1", "captured").await;
    // The order is not signed, so whoever relays the next notification of the sale can change it.
    shop.notify(&transaction("order-2", &json!({"txn_status": 4})))
        .await;
    let told = shop.until_event("qiwi-pay.payment.attention").await;
    assert_eq!(told["reason"], "TRANSACTION_OF_ANOTHER_ORDER");
    assert_eq!(shop.get("payments/order-2").await.field("state"), "created");
}

#[tokio::test]
async fn a_success_of_an_unknown_order_is_told_to_a_person() {
    let shop = shop_without_api().await;
    for _ in 0..2 {
        assert_eq!(
            shop.notify(&transaction("order-9", &json!({})))
                .await
                .status,
            200
        );
    }
    let told = shop.until_event("qiwi-pay.payment.attention").await;
    assert_eq!(
        (&told["reason"], &told["orderId"]),
        (&json!("UNKNOWN_PAYMENT"), &json!("order-9"))
    );
    assert_eq!(
        (&told["state"], &told["txnId"]),
        (&json!("attention"), &json!("7001"))
    );
    assert_eq!(told["capturedAmount"]["value"], "10.00");
    let declined = json!({"txn_id": 7002, "txn_status": 1, "error_code": 8160});
    assert_eq!(
        shop.notify(&transaction("order-9", &declined)).await.status,
        200
    );
    assert_eq!(shop.events("qiwi-pay.").await.len(), 1);
    // The order that is created later is another matter.
    assert_eq!(shop.form(&form("order-9")).await.status, 201);
}

#[tokio::test]
async fn a_notification_without_a_right_signature_is_refused() {
    let shop = shop_without_api().await;
    shop.form(&form("order-1")).await;
    let send = async |body: &str| {
        let headers = [("content-type", "application/json")];
        shop.server
            .call("POST", "/v1/qiwi-pay/notifications", &headers, body)
            .await
    };
    let mut wrong = signed(&transaction("order-1", &json!({})));
    wrong["amount"] = "1.00".into();
    send(&wrong.to_string())
        .await
        .is_problem(403, "NOTIFICATION_REFUSED", None);
    let unsigned = transaction("order-1", &json!({})).to_string();
    send(&unsigned)
        .await
        .is_problem(403, "NOTIFICATION_REFUSED", None);
    for body in ["", "{", "[]"] {
        send(body).await.is_problem(400, "MALFORMED_JSON", None);
    }
    assert_eq!(shop.get("payments/order-1").await.field("state"), "created");
}

#[tokio::test]
async fn with_the_api_a_notification_is_only_a_hint() {
    let shop = shop().await;
    shop.form(&form("order-1")).await;
    // The provider knows nothing of it.
    shop.notify(&transaction("order-1", &json!({}))).await;
    wait::until_some("a question", async || (shop.calls(30) > 0).then_some(())).await;
    assert_eq!(shop.get("payments/order-1").await.field("state"), "created");
    let sale = shop.pays("order-1", &json!({}));
    shop.notify(&sale).await;
    shop.until_state("payments/order-1", "captured").await;
    assert_eq!(shop.event_kinds().await, ["qiwi-pay.payment.captured"]);
}

#[tokio::test]
async fn a_lost_notification_is_made_up_for_by_asking_from_five_minutes_on() {
    let shop = shop().await;
    shop.form(&form("order-1")).await;
    shop.pays("order-1", &json!({}));
    shop.server.clock.advance_seconds(295);
    let stored = shop.get("payments/order-1").await;
    assert_eq!(
        (stored.field("state"), shop.calls(30)),
        ("created".to_owned(), 0)
    );
    shop.until_state("payments/order-1", "captured").await;
    assert!(shop.calls(30) > 0);
}

#[tokio::test]
async fn a_server_without_qiwi_pay_names_the_settings() {
    let server = server().await;
    let key = format!("Bearer {API_KEY}");
    let headers = [
        ("authorization", key.as_str()),
        ("content-type", "application/json"),
    ];
    for (method, path) in [
        ("POST", "forms"),
        ("GET", "payments/order-1"),
        ("PUT", "payments/order-1"),
        ("POST", "notifications"),
    ] {
        let answer = server
            .call(method, &format!("/v1/qiwi-pay/{path}"), &headers, "{}")
            .await;
        answer.is_problem(404, "PROVIDER_NOT_CONFIGURED", None);
        assert!(
            answer.text.contains("PANTOKEN_QIWI_PAY_MERCHANT_SITE"),
            "{}",
            answer.text
        );
    }
    let shop = shop_without_api().await;
    let answer = shop.put("payments/order-1", &json!({})).await;
    answer.is_problem(404, "PROVIDER_NOT_CONFIGURED", None);
    assert!(
        answer
            .text
            .contains("PANTOKEN_QIWI_PAY_CLIENT_CERTIFICATE_FILE"),
        "{}",
        answer.text
    );
}
