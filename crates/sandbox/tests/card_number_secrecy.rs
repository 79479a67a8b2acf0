//! This test has a process of its own, because logging is configured for a whole process.

// Helpers fail by panicking, as tests do.
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "sandbox/support.rs"]
mod support;

use std::sync::Mutex;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use pantoken_core::{Origin, SystemClock, SystemRandom};
use pantoken_payin::{ApiKey, NotificationKey, SiteId};
use pantoken_qiwi_pay::{Amount, FormRequest, MerchantSite, Operation, SecretKey, Site};
use pantoken_sandbox::{payin, qiwi_pay};
use serde_json::{Value, json};
use support::{CARD, TOKEN, get, iframe_url, path, sandbox, save, save_body, send};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

/// The log.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[tokio::test]
async fn the_card_number_is_in_no_answer_and_no_log() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(|| LOG.make_writer())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let sandbox = sandbox();
    let good = save_body(&iframe_url("7"), CARD);
    let mut answers = Vec::new();
    for body in [
        good.clone(),
        good.clone(),
        changed(&good, "agentSign", json!(CARD)),
        changed(&good, "agentId", json!(CARD)),
        changed(&good, "agentCallbackUrl", json!(CARD)),
        changed(&good, "requestId", json!(4_111_111_111_111_111_i64)),
        changed(&good, CARD, json!(CARD)),
        json!(CARD),
    ] {
        answers.push(save(&sandbox, &body).await.body);
    }
    let form = path(&iframe_url("8"));
    for query in [
        format!("{form}&{CARD}={CARD}"),
        form.replace("agent-01", CARD),
        form.replace("language=ru", &format!("language={CARD}")),
        form.replace("requestId=8", &format!("requestId={CARD}")),
    ] {
        let page = get(&sandbox, &query).await.body;
        // The page lists the usual test numbers, which were not sent.
        answers.push(page.replace(&format!("data-pan=\"{CARD}\""), ""));
    }

    answers.extend(payin_answers().await);
    answers.extend(qiwi_pay_answers().await);
    for answer in answers {
        assert!(!answer.contains(CARD), "{answer}");
    }
    let log = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("card saved") && log.contains("card refused"),
        "{log}"
    );
    assert!(log.contains("form refused"), "{log}");
    assert!(!log.contains(CARD), "{log}");
    assert!(!log.contains(TOKEN), "{log}");
}

/// Sends the number to the stand-in for payin wherever a browser or a merchant could, and returns the answers.
async fn payin_answers() -> Vec<String> {
    let settings = payin::Settings {
        site_id: SiteId::parse("site-01").unwrap(),
        api_key: ApiKey::parse("api-key").unwrap(),
        notification_key: NotificationKey::parse("notification-key").unwrap(),
        notification_url: None,
        payout_key: None,
        public_origin: Origin::parse("http://127.0.0.1:3021").unwrap(),
    };
    let sandbox = payin::router(settings, SystemRandom, SystemClock::new());
    let api = "/partner/payin/v1/sites/site-01";
    let amount = json!({"value": "2.00", "currency": "RUB"});
    let bill = json!({"amount": amount, "expirationDateTime": "2099-01-01T00:00:00+03:00"});
    let bill = call(&sandbox, "PUT", &format!("{api}/bills/b-1"), &bill).await;
    let bill: Value = serde_json::from_str(&bill).unwrap();
    let card = json!({
        "invoiceUid": bill["invoiceUid"], "pan": CARD, "expiryDate": "12/34", "cvv2": "123",
    });
    let mut answers = Vec::new();
    for name in ["expiryDate", "cvv2", "holderName", "invoiceUid", "none"] {
        let body = changed(&card, name, json!(CARD));
        answers.push(call(&sandbox, "POST", "/form/card", &body).await);
    }
    let method = changed(&card, "type", json!("CARD"));
    let payment = json!({"amount": amount, "paymentMethod": method});
    answers.push(call(&sandbox, "PUT", &format!("{api}/payments/p-1"), &payment).await);
    let check = json!({"cardData": card});
    let path = format!("{api}/validation/card/requests/c-1");
    answers.push(call(&sandbox, "PUT", &path, &check).await);
    let receiver = json!({"type": "CARD", "pan": CARD});
    let payout = json!({"amount": amount, "receiverData": receiver});
    let path = format!("{api}/payments/p-1/payouts/o-1");
    answers.push(call(&sandbox, "PUT", &path, &payout).await);
    for path in [
        &format!("/form?invoiceUid={CARD}"),
        &format!("{api}/payments/p-1"),
        "/sandbox/executed",
        "/sandbox/notifications",
    ] {
        answers.push(call(&sandbox, "GET", path, &Value::Null).await);
    }
    assert!(answers.iter().any(|it| it.contains("411111******1111")));
    answers
}

/// Pays with the card by a form and through the API of the stand-in for qiwi-pay, and returns the answers.
async fn qiwi_pay_answers() -> Vec<String> {
    let key = SecretKey::parse("secret").unwrap();
    let site = Site::new(MerchantSite::new(555), key.clone());
    let settings = qiwi_pay::Settings {
        merchant_site: site.id(),
        secret_key: key.clone(),
        notification_url: None,
        public_origin: Origin::parse("http://127.0.0.1:3023").unwrap(),
    };
    let sandbox = qiwi_pay::router(settings, SystemRandom, SystemClock::new());
    let form = FormRequest::new(Operation::Sale, Amount::parse("2.00", "RUB").unwrap());
    let path = format!("/paypage/initial?{}", form.sign(&site).unwrap().to_query());
    let opened = get(&sandbox, &path).await;
    let form = opened.headers["location"].to_str().unwrap();
    let token = form.strip_prefix("/?token=").unwrap();
    let card = json!({"token": token, "pan": CARD, "expiry": "1234", "cvv2": "123"});
    let mut answers = Vec::new();
    for name in ["expiry", "cvv2", "token", "none"] {
        let body = changed(&card, name, json!(CARD));
        answers.push(call(&sandbox, "POST", "/form/card", &body).await);
    }
    let mut direct = json!({
        "opcode": 1, "merchant_site": 555, "amount": "2.00", "currency": 643, "pan": CARD, "expiry": "1234",
    });
    for field in [
        None,
        Some("pares"),
        Some("expiry"),
        Some("cvv2"),
        Some("card_token"),
    ] {
        if let Some(field) = field {
            direct[field] = json!(CARD);
        }
        let texts = direct.as_object().unwrap().iter().map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), text)
        });
        let texts: Vec<_> = texts.collect();
        let texts = texts
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        let sign = key.sign(texts);
        let body = changed(&direct, "sign", json!(sign));
        answers.push(call(&sandbox, "POST", "/merchant/direct", &body).await);
    }
    for path in [
        form,
        &format!("/status?token={token}"),
        &format!("/paypage/initial?pan={CARD}"),
        &format!("/status?token={CARD}"),
        "/sandbox/executed",
        "/sandbox/notifications",
    ] {
        answers.push(call(&sandbox, "GET", path, &Value::Null).await);
    }
    assert!(answers.iter().any(|it| it.contains("411111******1111")));
    answers
}

async fn call(sandbox: &Router, method: &str, path: &str, body: &Value) -> String {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", "Bearer api-key")
        .header("content-type", "application/json")
        .header("x-digital-sign", "unchecked")
        .body(Body::from(body.to_string()))
        .unwrap();
    send(sandbox, request).await.body
}

fn changed(body: &Value, name: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[name] = value;
    body
}
