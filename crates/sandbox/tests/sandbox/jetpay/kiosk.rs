//! The page that plays a kiosk, as a browser gets it.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use pantoken_core::{SystemClock, SystemRandom};
use pantoken_sandbox::jetpay::{NotificationUrl, Settings, router};
use serde_json::{Value, json};

use super::merchant::Merchant;
use super::{key, project_id};
use crate::support::{get, send};

fn sandbox(merchant: Option<&Merchant>) -> Router {
    let url = |path: &str| {
        let url = format!("{}{path}", merchant?.url);
        NotificationUrl::parse(&url).ok()
    };
    let settings = Settings {
        project_id: project_id(),
        secret_key: key(),
        merchant_name: "Shop <b>7</b>".to_owned(),
        merchant_url: url("/merchant"),
        callback_url: url("/callbacks"),
    };
    router(settings, SystemRandom, SystemClock::new())
}

async fn post(sandbox: &Router, path: &str, body: &Value) -> Value {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()));
    send(sandbox, request.unwrap()).await.json()
}

#[tokio::test]
async fn the_kiosk_speaks_three_languages_and_allows_its_own_files_alone() {
    let sandbox = sandbox(None);
    for (path, tag, title) in [
        ("/", "ru", "Терминал оплаты"),
        ("/?lang=ru", "ru", "Терминал оплаты"),
        ("/?lang=kz", "kk", "Төлем терминалы"),
        ("/?lang=en", "en", "Payment kiosk"),
        ("/?lang=xx", "ru", "Терминал оплаты"),
    ] {
        let page = get(&sandbox, path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(&format!("<html lang=\"{tag}\">")));
        assert!(page.body.contains(&format!("<h1>{title}</h1>")));
        assert!(!page.body.contains("<b>"));
        for inline in ["<style", " style=", "<script>", " onclick=", "javascript:"] {
            assert!(!page.body.contains(inline), "{inline}");
        }
    }
    for path in [
        "/",
        "/assets/form.css",
        "/assets/kiosk.css",
        "/assets/kiosk.js",
    ] {
        let reply = get(&sandbox, path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        let policy = reply.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
        assert_eq!(reply.headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn a_person_deposits_money_at_the_kiosk() {
    let mut merchant = Merchant::start().await;
    let sandbox = sandbox(Some(&merchant));
    let customer = json!({"customerId": "user-7"});
    let account = post(&sandbox, "/kiosk/verify", &customer).await;
    assert_eq!(account["state"], "confirmed");
    assert_eq!(merchant.next_question().await, "verify user-7");
    let cash = json!({"customerId": "user-7", "currency": account["currency"], "amount": 70_000});
    let deposit = post(&sandbox, "/kiosk/deposit", &cash).await;
    assert_eq!(deposit["state"], "created");
    assert_eq!(deposit["receipt"], "10000001");
    let payment = merchant.next_payment().await;
    assert_eq!(payment.sum.unwrap().minor_units(), 70_000);
    assert_eq!(payment.method.as_deref(), Some("Qiwi Kz Kiosk"));
}

#[tokio::test]
async fn the_kiosk_says_why_it_takes_no_money() {
    let merchant = Merchant::start().await;
    let customer = json!({"customerId": "user-7"});
    merchant.answer(200, &json!({"code": 404, "message": "no such account"}));
    let refused = post(&sandbox(Some(&merchant)), "/kiosk/verify", &customer).await;
    assert_eq!(refused["reason"], "NO_ACCOUNT");
    assert_eq!(refused["answer"]["message"], "no such account");
    let refused = post(&sandbox(None), "/kiosk/verify", &customer).await;
    assert_eq!(refused["reason"], "MERCHANT_FAILED");
    for amount in [0, -1, 50_000_001] {
        let cash = json!({"customerId": "user-7", "currency": "KZT", "amount": amount});
        let refused = post(&sandbox(Some(&merchant)), "/kiosk/deposit", &cash).await;
        assert_eq!(refused["state"], "refused", "{amount}");
    }
}
