//! The hosted pages, as a browser gets them.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use pantoken_core::{Origin, SystemRandom};
use pantoken_payin::{ApiKey, SiteId};
use pantoken_sandbox::payin::{Settings, router};
use serde_json::{Value, json};

use super::{CARD, NOW, notification_key};
use crate::set_clock::SetClock;
use crate::support::{Reply, get, page_data, post_form, post_json, send};

const ORIGIN: &str = "http://127.0.0.1:3021";
const POLICY: &str =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action";

fn sandbox() -> Router {
    let settings = Settings {
        site_id: SiteId::parse("site-01").unwrap(),
        api_key: ApiKey::parse("api-key").unwrap(),
        notification_key: notification_key(),
        notification_url: None,
        payout_key: None,
        public_origin: Origin::parse(ORIGIN).unwrap(),
    };
    router(settings, SystemRandom, SetClock::at(NOW))
}

/// Creates a bill, and returns the path of its form.
async fn bill(sandbox: &Router, id: &str, flags: &[&str]) -> String {
    let mut body = json!({
        "expirationDateTime": "2030-01-01T00:00:00+03:00",
        "comment": "Two <b>tea</b>pots",
        "customer": {"account": "customer-7"},
        "flags": flags,
    });
    if !flags.contains(&"CHECK_CARD") {
        body["amount"] = json!({"value": "9.50", "currency": "RUB"});
    }
    let path = format!("/partner/payin/v1/sites/site-01/bills/{id}");
    let request = Request::put(path)
        .header("authorization", "Bearer api-key")
        .body(Body::from(body.to_string()))
        .unwrap();
    let bill = send(sandbox, request).await.json();
    let pay_url = bill["payUrl"].as_str().unwrap();
    pay_url.strip_prefix(ORIGIN).unwrap().to_owned()
}

fn invoice(path: &str) -> &str {
    path.split_once("invoiceUid=").unwrap().1
}

async fn type_card(sandbox: &Router, path: &str, expiry: &str, code: &str) -> Reply {
    let body = json!({
        "invoiceUid": invoice(path), "pan": CARD, "expiryDate": expiry, "cvv2": code, "holderName": "",
    });
    post_json(sandbox, "/form/card", &body).await
}

async fn state(sandbox: &Router, path: &str) -> String {
    let path = format!("/form/state?invoiceUid={}", invoice(path));
    let state = get(sandbox, &path).await.json()["state"].take();
    state.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_forms_show_their_bill_in_both_languages() {
    let sandbox = sandbox();
    let payment = bill(&sandbox, "b-1", &["SALE"]).await;
    let check = bill(&sandbox, "b-2", &["CHECK_CARD"]).await;
    for (path, lang, title, amount) in [
        (&payment, "ru", "Оплата картой", json!("9.50")),
        (&payment, "en", "Pay by card", json!("9.50")),
        (&check, "ru", "Проверка карты", Value::Null),
        (&check, "en", "Verify your card", Value::Null),
    ] {
        let page = get(&sandbox, &format!("{path}&lang={lang}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(&format!("<html lang=\"{lang}\">")));
        assert!(page.body.contains(&format!("<h1>{title}</h1>")));
        let data = page_data(&page.body);
        assert_eq!(
            (&data["state"], &data["amount"]),
            (&json!("ready"), &amount)
        );
        assert_eq!(data["comment"], "Two <b>tea</b>pots");
        assert!(!page.body.contains("<b>"));
    }
    let unknown = get(&sandbox, "/form?invoiceUid=nothing").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_eq!(page_data(&unknown.body), json!({"state": "unknown"}));
}

#[tokio::test]
async fn every_page_allows_its_own_files_alone_and_may_be_framed() {
    let sandbox = sandbox();
    let path = bill(&sandbox, "b-1", &[]).await;
    let page = get(&sandbox, &path).await;
    for (path, status) in [
        (path.as_str(), StatusCode::OK),
        ("/form?invoiceUid=x", StatusCode::NOT_FOUND),
        ("/assets/form.js", StatusCode::OK),
        ("/assets/fields.js", StatusCode::OK),
        ("/assets/acs.js", StatusCode::OK),
        ("/assets/card-field.js", StatusCode::OK),
        ("/assets/form.css", StatusCode::OK),
    ] {
        let reply = get(&sandbox, path).await;
        assert_eq!(reply.status, status, "{path}");
        let policy = format!("{POLICY} 'self'; base-uri 'none'; frame-ancestors *");
        assert_eq!(reply.headers["content-security-policy"], policy, "{path}");
        assert_eq!(reply.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(reply.headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(reply.headers["cache-control"], "no-store", "{path}");
    }
    for inline in ["<style", " style=", "<script>", " onclick=", "javascript:"] {
        assert!(!page.body.contains(inline), "{inline}");
    }
}

#[tokio::test]
async fn only_a_web_address_is_taken_as_the_shops() {
    let sandbox = sandbox();
    let path = bill(&sandbox, "b-1", &[]).await;
    for (url, is_taken) in [
        ("https://shop.example/paid?a=1", true),
        ("http://localhost:3019/", true),
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
        ("//evil.example", false),
    ] {
        let mut query = String::new();
        pantoken_core::percent::encode_into(&mut query, url);
        let page = get(&sandbox, &format!("{path}&successUrl={query}")).await;
        let expected = if is_taken { json!(url) } else { Value::Null };
        assert_eq!(page_data(&page.body)["successUrl"], expected);
    }
}

#[tokio::test]
async fn a_payment_that_failed_is_tried_again_until_it_succeeds() {
    let sandbox = sandbox();
    let path = bill(&sandbox, "b-1", &["SALE"]).await;
    for (expiry, expected) in [
        ("02/34", "failed"),
        ("12/34", "succeeded"),
        ("02/34", "succeeded"),
    ] {
        let answer = type_card(&sandbox, &path, expiry, "123").await;
        assert_eq!(answer.json()["state"], expected);
        assert_eq!(state(&sandbox, &path).await, expected);
    }
    let executed = get(&sandbox, "/sandbox/executed").await.json();
    assert_eq!(executed["executed"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_card_is_checked_once() {
    let sandbox = sandbox();
    let path = bill(&sandbox, "b-1", &["CHECK_CARD", "BIND_PAYMENT_TOKEN"]).await;
    for expiry in ["02/34", "12/34"] {
        let answer = type_card(&sandbox, &path, expiry, "123").await;
        assert_eq!(answer.json()["state"], "failed");
    }
}

#[tokio::test]
async fn a_slow_card_waits_for_its_outcome() {
    let sandbox = sandbox();
    let path = bill(&sandbox, "b-1", &[]).await;
    let answer = type_card(&sandbox, &path, "03/34", "123").await;
    assert_eq!(answer.json()["state"], "waiting");
    post_json(&sandbox, "/sandbox/clock", &json!({"milliseconds": 3_000})).await;
    assert_eq!(state(&sandbox, &path).await, "succeeded");
}

#[tokio::test]
async fn the_issuers_page_leads_back_with_what_it_got() {
    for (answer, flags, expected) in [
        ("Y29uZmlybWVk%2B%2F%3D%3D", &["CHECK_CARD"][..], "succeeded"),
        ("failed", &["CHECK_CARD"], "failed"),
        ("Y29uZmlybWVk%2B%2F%3D%3D", &["SALE"], "succeeded"),
        ("failed", &["SALE"], "failed"),
    ] {
        let sandbox = sandbox();
        let path = bill(&sandbox, "b-1", flags).await;
        let typed = type_card(&sandbox, &path, "12/34", "849").await.json();
        assert_eq!(typed["state"], "three-ds");
        let pareq = typed["pareq"].as_str().unwrap();
        let fields = format!("PaReq={pareq}&MD=a%2Bb&TermUrl=https%3A%2F%2Fshop.example%2F3ds");
        let page = post_form(&sandbox, "/acs?lang=en", &fields).await;
        assert_eq!(page.status, StatusCode::OK);
        let acs = page_data(&page.body)["acs"].take();
        assert_eq!(acs["termUrl"], "https://shop.example/3ds");
        assert_eq!(acs["md"], "a+b");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        let leads_to = "form-action 'self' https: http://localhost:* http://127.0.0.1:*;";
        assert!(policy.contains(leads_to), "{policy}");

        // A plus sign that became a space is no answer.
        let md = invoice(&path);
        let spoilt = format!("MD={md}&PaRes=Y29uZmlybWVk+/%3D%3D");
        let reply = post_form(&sandbox, "/form/3ds", &spoilt).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
        assert_eq!(state(&sandbox, &path).await, "three-ds");

        let fields = format!("MD={md}&PaRes={answer}");
        let target = format!("/form/3ds?invoiceUid={md}&lang=en");
        let reply = post_form(&sandbox, &target, &fields).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER);
        let location = reply.headers["location"].to_str().unwrap();
        assert_eq!(location, format!("{path}&lang=en"));
        assert_eq!(
            page_data(&get(&sandbox, location).await.body)["state"],
            expected
        );
    }
}

#[tokio::test]
async fn the_issuers_page_leads_to_no_address_that_is_none() {
    let sandbox = sandbox();
    let path = bill(&sandbox, "b-1", &[]).await;
    let typed = type_card(&sandbox, &path, "12/34", "849").await.json();
    let pareq = typed["pareq"].as_str().unwrap();
    for fields in [
        format!("PaReq={pareq}&MD=1&TermUrl=javascript:alert(1)"),
        "PaReq=nothing&MD=1&TermUrl=https://shop.example/".to_owned(),
        format!(
            "PaReq={pareq}&MD={}&TermUrl=https://shop.example/",
            "1".repeat(2_049)
        ),
    ] {
        let reply = post_form(&sandbox, "/acs", &fields).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{fields}");
    }
}

#[tokio::test]
async fn what_is_mistyped_is_named() {
    let sandbox = sandbox();
    let path = bill(&sandbox, "b-1", &[]).await;
    for (expiry, code, field) in [
        ("13/34", "123", "expiryDate"),
        ("1/234", "123", "expiryDate"),
        ("+1/34", "123", "expiryDate"),
        ("12/34", "12", "cvv2"),
    ] {
        let reply = type_card(&sandbox, &path, expiry, code).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
        assert!(reply.json()["cause"][field].is_array(), "{}", reply.body);
        assert!(!reply.body.contains(CARD));
    }
    assert_eq!(state(&sandbox, &path).await, "ready");
}

#[tokio::test]
async fn an_expired_bill_takes_no_card() {
    let sandbox = sandbox();
    let path = bill(&sandbox, "b-1", &[]).await;
    let by = json!({"milliseconds": u32::MAX});
    for _ in 0..24 {
        let request = Request::post("/sandbox/clock")
            .header("content-type", "application/json")
            .body(Body::from(by.to_string()));
        send(&sandbox, request.unwrap()).await;
    }
    let answer = type_card(&sandbox, &path, "12/34", "123").await;
    assert_eq!(answer.json()["state"], "expired");
}
