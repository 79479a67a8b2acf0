//! The server is killed while it captures, reverses and refunds, and answers of qiwi-pay are lost.

use axum::Router;
use futures_util::future;
use pantoken_core::{Origin, SystemClock, SystemRandom};
use pantoken_qiwi_pay::{MerchantSite, SecretKey};
use pantoken_sandbox::qiwi_pay::{NotificationUrl, Settings, router};
use pantoken_test_support::postgres;
use reqwest::Method;
use serde_json::{Value, json};

use crate::back_end::BackEnd;
use crate::load::short_or_long;
use crate::money::{Figures, Kills, Victim, kill_during};
use crate::shop::{Addresses, FAULTS, Provider, Shop};

const QIWI_PAY: Provider = Provider {
    path: "qiwi-pay",
    sandbox,
    settings,
    faults: &FAULTS,
};

fn sandbox(addresses: &Addresses) -> Router {
    let notifications = format!("http://{}/v1/qiwi-pay/notifications", addresses.server);
    let settings = Settings {
        merchant_site: MerchantSite::parse(Settings::TEST_MERCHANT_SITE).unwrap(),
        secret_key: SecretKey::parse(Settings::TEST_SECRET_KEY).unwrap(),
        notification_url: Some(NotificationUrl::parse(&notifications).unwrap()),
        public_origin: Origin::parse(&format!("http://{}", addresses.sandbox)).unwrap(),
    };
    router(settings, SystemRandom, SystemClock::new())
}

fn settings(addresses: &Addresses) -> Vec<(&'static str, String)> {
    vec![
        (
            "PANTOKEN_QIWI_PAY_MERCHANT_SITE",
            Settings::TEST_MERCHANT_SITE.to_owned(),
        ),
        (
            "PANTOKEN_QIWI_PAY_SECRET_KEY",
            Settings::TEST_SECRET_KEY.to_owned(),
        ),
        (
            "PANTOKEN_QIWI_PAY_API_URL",
            format!("http://{}/merchant/direct", addresses.sandbox),
        ),
    ]
}

/// What is given back of a payment of 10.00: equal parts, which only their number tells apart.
const PARTS: [&str; 2] = ["5.00", "5.00"];

fn amount(value: &str) -> Value {
    json!({"value": value, "currency": "RUB"})
}

/// A customer pays a form, and returns the token of the card.
async fn card_token(shop: &Shop) -> Value {
    let back_end = &shop.back_end;
    let form = json!({"operation": "sale", "orderId": "first", "amount": amount("10.00")});
    let form = back_end.call(Method::POST, "forms", &form).await;
    let paid = json!({
        "fields": form["fields"], "pan": "4111111111111111", "expiry": "1234", "card_name": "CARD HOLDER",
    });
    shop.control("forms", Some(&paid)).await;
    let payment = back_end.get_until("payments/first", "captured").await;
    payment["cardToken"].clone()
}

/// Holds a sum, and either captures it and gives it back by refunds, or releases it by reversals. Returns the names of
/// the operations.
async fn order(back_end: &BackEnd, number: usize, card_token: &Value) -> Vec<String> {
    let (order, path) = (format!("o-{number}"), format!("payments/o-{number}"));
    let payment = json!({"operation": "auth", "amount": amount("10.00"), "cardToken": card_token});
    let held = back_end.put_until(&path, &payment, "authorized").await;
    let txn_id = held["txnId"].as_str().unwrap();
    let mut names = vec![format!("auth {order}")];
    let kind = if number.is_multiple_of(3) {
        "reversal"
    } else {
        "refund"
    };
    if kind == "refund" {
        let capture = format!("{path}/captures/c");
        back_end.put_until(&capture, &json!({}), "completed").await;
        names.push(format!("capture {txn_id}"));
        back_end.put_until(&path, &payment, "captured").await;
    }
    let parts = PARTS.iter().enumerate().map(async |(part, value)| {
        let path = format!("{path}/{kind}s/{part}");
        let body = json!({"amount": amount(value)});
        back_end.put_until(&path, &body, "completed").await;
        format!("{kind} {txn_id}")
    });
    names.extend(future::join_all(parts).await);
    names
}

/// Names what was told as what was executed: a payment by its order, and what follows by its transaction.
fn told(events: &[Value]) -> Vec<String> {
    let txn_of = |order: &Value| {
        let mut held = events.iter();
        let held = held.find(|event| {
            event["type"] == "qiwi-pay.payment.authorized" && event["orderId"] == *order
        });
        held.map_or("unknown", |event| event["txnId"].as_str().unwrap())
    };
    let name = |event: &Value| {
        let order = &event["orderId"];
        let kind = event["type"].as_str().unwrap();
        match kind.split('.').collect::<Vec<_>>()[1..] {
            ["payment", "authorized"] => Some(format!("auth {}", order.as_str().unwrap())),
            // The capture tells it as well.
            ["payment", "captured"] => None,
            [kind, "completed"] => Some(format!("{kind} {}", txn_of(order))),
            _ => panic!("{event}"),
        }
    };
    events.iter().filter_map(name).collect()
}

async fn moved(postgres: Option<postgres::Server>, times: usize) {
    let kills = Kills {
        of: Victim::Server,
        times,
        operations: short_or_long(30, 300),
    };
    let mut shop = Shop::open(&QIWI_PAY, postgres).await;
    // Test mode allows a hundred payments a day.
    let many = json!({"dailyOperations": 1_000_000});
    shop.control("settings", Some(&many)).await;
    let card_token = card_token(&shop).await;
    let back_end = shop.back_end.clone();
    let ordered = move |number| {
        let (back_end, card_token) = (back_end.clone(), card_token.clone());
        async move { order(&back_end, number, &card_token).await }
    };
    let acknowledged = kill_during(&mut shop, &QIWI_PAY, &kills, ordered).await;
    // A captured payment is told once more than its capture, and the first payment is told.
    let captures = acknowledged
        .iter()
        .filter(|name| name.starts_with("capture "))
        .count();
    let told_in_all = acknowledged.len() + captures + 1;
    shop.wait_until("webhooks", async |shop| {
        shop.back_end.told().len() >= told_in_all
    })
    .await;
    let all = shop.back_end.told();
    let executed = shop.executed().await;
    let executed = executed.iter().filter(|one| one["id"] != "first");
    let name = |one: &Value| {
        let text = |name: &str| one[name].as_str().unwrap().to_owned();
        format!("{} {}", text("kind"), text("id"))
    };
    let figures = Figures {
        acknowledged,
        executed: executed.map(name).collect(),
        told: told(&all),
    };
    let place = shop.place();
    let fault =
        format!("{kills} under captures, reversals and refunds of qiwi-pay{place}, {times} times");
    figures.check(&fault, &shop);
    assert_eq!(all.len(), told_in_all, "each captured payment is told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_while_money_is_given_back_give_it_once_and_tell_once() {
    moved(None, short_or_long(8, 100)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_while_money_is_given_back_give_it_once_and_tell_once_on_postgres() {
    if let Some(server) = postgres::Server::start_or_skip() {
        moved(Some(server), short_or_long(4, 50)).await;
    }
}
