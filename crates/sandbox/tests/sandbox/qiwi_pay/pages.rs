//! The pages of qiwi-pay: the form, the issuer's page and the status.

use std::fmt::Write;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use pantoken_core::{Origin, SystemRandom, percent};
use pantoken_qiwi_pay::{FormRequest, MerchantSite, Operation, OrderId, Site};
use pantoken_sandbox::qiwi_pay::{Settings, router};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::{amount, key};
use crate::set_clock::SetClock;
use crate::support::{get, page_data, post_form, post_json, send};

const CARD: &str = "4111111111111111";
const NOW: i64 = 1_795_900_000_000;
const CONFIRMED: &str = "Y29uZmlybWVk%2B%2F%3D%3D";
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors *";

fn sandbox() -> Router {
    let settings = Settings {
        merchant_site: MerchantSite::new(555),
        secret_key: key(),
        notification_url: None,
        public_origin: Origin::parse("http://127.0.0.1:3023").unwrap(),
    };
    router(settings, SystemRandom, SetClock::at(NOW))
}

fn request(order: &str) -> FormRequest {
    let request = FormRequest::new(Operation::Sale, amount("9.50"));
    let mut request = request.with_order(OrderId::parse(order).unwrap());
    request.success_url = Some("https://shop.example/paid".to_owned());
    request.decline_url = Some("https://shop.example/declined".to_owned());
    request
}

/// Returns the fields of a form as a browser sends them.
fn fields(request: &FormRequest) -> String {
    let site = Site::new(MerchantSite::new(555), key());
    request.sign(&site).unwrap().to_query()
}

/// Opens a form, and returns its token.
async fn open(sandbox: &Router, request: &FormRequest) -> String {
    let reply = post_form(sandbox, "/paypage/initial", &fields(request)).await;
    assert_eq!(reply.status, StatusCode::FOUND, "{}", reply.body);
    let location = reply.headers["location"].to_str().unwrap();
    location.strip_prefix("/?token=").unwrap().to_owned()
}

async fn type_card(sandbox: &Router, token: &str, expiry: &str, holder: &str) -> Value {
    let body =
        json!({"token": token, "pan": CARD, "expiry": expiry, "cvv2": "123", "card_name": holder});
    post_json(sandbox, "/form/card", &body).await.json()
}

async fn status(sandbox: &Router, token: &str) -> Value {
    page_data(
        &get(sandbox, &format!("/status?token={token}&lang=en"))
            .await
            .body,
    )
}

async fn move_clock(sandbox: &Router, milliseconds: u32) {
    let body = json!({"milliseconds": milliseconds});
    post_json(sandbox, "/sandbox/clock", &body).await;
}

async fn executed(sandbox: &Router) -> Value {
    get(sandbox, "/sandbox/executed").await.json()["executed"].take()
}

#[tokio::test]
async fn a_form_shows_its_order_in_both_languages() {
    let sandbox = sandbox();
    let mut request = request("o-<b>1</b>");
    request.details.product_name = Some("Two <b>tea</b>pots".to_owned());
    let token = open(&sandbox, &request).await;
    for (lang, title) in [("ru", "Оплата заказа"), ("en", "Pay for your order")] {
        let page = get(&sandbox, &format!("/?token={token}&lang={lang}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(&format!("<html lang=\"{lang}\">")));
        assert!(page.body.contains(&format!("<h1>{title}</h1>")));
        assert!(!page.body.contains("<b>"));
        let data = page_data(&page.body);
        assert_eq!(data["state"], "ready");
        assert_eq!(data["amount"], "9.50");
        assert_eq!(data["order"], "o-<b>1</b>");
        assert_eq!(data["product"], "Two <b>tea</b>pots");
        assert_eq!(data["back"], "https://shop.example/declined");
    }
    // Without a language in the address, the browser's counts.
    for (accepted, lang) in [("en-GB,en;q=0.9", "en"), ("ru", "ru"), ("fr", "ru")] {
        let request = Request::get(format!("/?token={token}")).header("accept-language", accepted);
        let page = send(&sandbox, request.body(Body::empty()).unwrap()).await;
        assert!(page.body.contains(&format!("<html lang=\"{lang}\">")));
    }
    // A redirect opens the form, too.
    let reply = get(&sandbox, &format!("/paypage/initial?{}", fields(&request))).await;
    assert_eq!(reply.status, StatusCode::FOUND);
}

#[tokio::test]
async fn a_form_that_was_changed_or_is_wrong_is_refused_with_the_providers_code() {
    let sandbox = sandbox();
    let signed = fields(&request("o-1"));
    let mut unsafe_url = String::new();
    percent::encode_into(&mut unsafe_url, "https://shop.example/paid");
    for (fields, code) in [
        (signed.replace("amount=9.50", "amount=0.50"), 8054),
        (format!("{signed}&cf1=added"), 8054),
        (signed.replace("opcode=1", "opcode="), 8018),
        (signed.replace("opcode=1", "opcode=x"), 8018),
        (signed.replace(&unsafe_url, "javascript%3Aalert(1)"), 8019),
        (
            signed.replace("merchant_site=555", "merchant_site=556"),
            8021,
        ),
        (format!("{signed}&email={}", "a".repeat(65)), 8019),
        (
            format!("{signed}&order_expire=2030-01-01T00:00:00.000Z"),
            8019,
        ),
        ("opcode=1".to_owned(), 8019),
    ] {
        let reply = post_form(&sandbox, "/paypage/initial", &fields).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{fields}");
        let data = page_data(&reply.body);
        assert_eq!(data["refusal"]["error_code"], code, "{fields}");
    }
    let json = post_json(&sandbox, "/paypage/initial", &json!({})).await;
    assert_eq!(page_data(&json.body)["refusal"]["error_code"], 8018);
    for path in ["/", "/?token=nothing", "/status?token=nothing"] {
        let unknown = get(&sandbox, path).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_status_leads_to_the_shop() {
    let sandbox = sandbox();
    for (order, expiry, state, back) in [
        ("o-1", "1234", "paid", "https://shop.example/paid"),
        ("o-2", "0234", "declined", "https://shop.example/declined"),
    ] {
        let token = open(&sandbox, &request(order)).await;
        let answer = type_card(&sandbox, &token, expiry, "").await;
        assert!(answer["txn_id"].is_u64(), "{answer}");
        let status = status(&sandbox, &token).await;
        assert_eq!(
            (&status["state"], &status["back"]),
            (&json!(state), &json!(back))
        );
    }
    let mut held = FormRequest::new(Operation::Auth, amount("9.50"));
    held.success_url = None;
    let token = open(&sandbox, &held).await;
    type_card(&sandbox, &token, "1234", "").await;
    let status = status(&sandbox, &token).await;
    assert_eq!(
        (&status["state"], &status["back"]),
        (&json!("held"), &Value::Null)
    );
}

#[tokio::test]
async fn a_declined_payment_can_be_tried_again_until_the_order_is_paid() {
    let sandbox = sandbox();
    let token = open(&sandbox, &request("o-1")).await;
    for (expiry, state, is_payable) in [("0234", "declined", true), ("1234", "paid", false)] {
        type_card(&sandbox, &token, expiry, "").await;
        let status = status(&sandbox, &token).await;
        assert_eq!(
            (&status["state"], &status["isPayable"]),
            (&json!(state), &json!(is_payable))
        );
    }
    let again = type_card(&sandbox, &token, "1234", "").await;
    assert_eq!(again["error_code"], 8055);
    // Nor can the order be paid by another form.
    let reply = post_form(&sandbox, "/paypage/initial", &fields(&request("o-1"))).await;
    assert_eq!(page_data(&reply.body)["refusal"]["error_code"], 8055);
    let executed = executed(&sandbox).await;
    assert_eq!(
        executed,
        json!([{"kind": "sale", "id": "o-1", "amount": "9.50"}])
    );
}

#[tokio::test]
async fn what_is_mistyped_is_named_at_once() {
    let sandbox = sandbox();
    let token = open(&sandbox, &request("o-1")).await;
    let body = json!({"token": token, "pan": "411111111111", "expiry": "0124", "cvv2": "12"});
    let reply = post_json(&sandbox, "/form/card", &body).await;
    let errors = reply.json()["errors"].take();
    assert_eq!(
        errors,
        json!([
            {"field": "pan", "message": "length of [pan] cannot be less than 13"},
            {"field": "expiry", "message": "card expired"},
            {"field": "cvv2", "message": "length of [cvv2] cannot be less than 3"},
        ])
    );
    let body = json!({"token": token, "pan": CARD, "expiry": "1234"});
    let reply = post_json(&sandbox, "/form/card", &body).await;
    assert_eq!(reply.json()["errors"][0]["field"], "cvv2");
    assert_eq!(executed(&sandbox).await, json!([]));
}

#[tokio::test]
async fn the_issuers_page_leads_to_the_status() {
    for (answer, expected) in [(CONFIRMED, "paid"), ("failed", "declined")] {
        let sandbox = sandbox();
        let token = open(&sandbox, &request("o-1")).await;
        let typed = type_card(&sandbox, &token, "1234", "Unknown Name").await;
        let pareq = typed["pareq"].as_str().unwrap();
        assert_eq!(typed["acs_url"], "http://127.0.0.1:3023/acs");
        assert_eq!(status(&sandbox, &token).await["state"], "three-ds");
        let form = page_data(&get(&sandbox, &format!("/?token={token}")).await.body);
        assert_eq!(form["pareq"], pareq);

        let mut question = "MD=a%2Bb&TermUrl=https%3A%2F%2Fshop.example%2F3ds&PaReq=".to_owned();
        percent::encode_into(&mut question, pareq);
        let page = post_form(&sandbox, "/acs?lang=en", &question).await;
        assert_eq!(page.status, StatusCode::OK);
        let acs = page_data(&page.body)["acs"].take();
        let expected_acs =
            json!({"termUrl": "https://shop.example/3ds", "md": "a+b", "amount": "9.50"});
        assert_eq!(acs, expected_acs);
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("form-action 'self' https: "), "{policy}");

        // A plus sign that became a space is no answer.
        let spoilt = format!("MD={token}&PaRes=Y29uZmlybWVk+/%3D%3D");
        let reply = post_form(&sandbox, "/form/3ds", &spoilt).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);

        for _ in 0..2 {
            let fields = format!("MD={token}&PaRes={answer}");
            let reply = post_form(&sandbox, "/form/3ds?lang=en", &fields).await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER);
            let location = format!("/status?token={token}&lang=en");
            assert_eq!(reply.headers["location"], location);
            assert_eq!(status(&sandbox, &token).await["state"], expected);
        }
    }
}

#[tokio::test]
async fn the_issuers_page_leads_to_no_address_that_is_none() {
    let sandbox = sandbox();
    let token = open(&sandbox, &request("o-1")).await;
    let typed = type_card(&sandbox, &token, "1234", "unknown name").await;
    let mut pareq = String::new();
    percent::encode_into(&mut pareq, typed["pareq"].as_str().unwrap());
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
    for md in ["nothing", "%0d%0aSet-Cookie:a=b"] {
        let reply = post_form(&sandbox, "/form/3ds", &format!("MD={md}&PaRes=failed")).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{md}");
    }
}

#[tokio::test]
async fn an_order_is_not_paid_after_its_time() {
    let sandbox = sandbox();
    let mut request = request("o-1");
    let now = OffsetDateTime::from_unix_timestamp(NOW / 1_000).unwrap();
    request.expires_at = Some(now + Duration::minutes(10));
    let token = open(&sandbox, &request).await;
    move_clock(&sandbox, 10 * 60_000).await;
    assert_eq!(status(&sandbox, &token).await["state"], "expired");
    let typed = type_card(&sandbox, &token, "1234", "").await;
    assert_eq!(typed["error_code"], 8055);
    assert_eq!(executed(&sandbox).await, json!([]));
}

#[tokio::test]
async fn every_page_allows_its_own_files_alone_and_may_be_framed() {
    let sandbox = sandbox();
    let token = open(&sandbox, &request("o-1")).await;
    let mut scripts = String::new();
    for (path, status) in [
        (format!("/?token={token}").as_str(), StatusCode::OK),
        (&format!("/status?token={token}"), StatusCode::OK),
        ("/paypage/initial", StatusCode::BAD_REQUEST),
        ("/?token=x", StatusCode::NOT_FOUND),
        ("/assets/form.js", StatusCode::OK),
        ("/assets/status.js", StatusCode::OK),
        ("/assets/refused.js", StatusCode::OK),
        ("/assets/ask.js", StatusCode::OK),
        ("/assets/acs.js", StatusCode::OK),
        ("/assets/fields.js", StatusCode::OK),
        ("/assets/card-fields.js", StatusCode::OK),
        ("/assets/card-field.js", StatusCode::OK),
        ("/assets/card-number.js", StatusCode::OK),
        ("/assets/form.css", StatusCode::OK),
    ] {
        let reply = get(&sandbox, path).await;
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(reply.headers["content-security-policy"], POLICY, "{path}");
        assert_eq!(reply.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(reply.headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(reply.headers["cache-control"], "no-store", "{path}");
        write!(scripts, "{}", reply.body).unwrap();
    }
    for inline in ["<style", " style=", "<script>", " onclick=", "javascript:"] {
        assert!(!scripts.contains(inline), "{inline}");
    }
}
