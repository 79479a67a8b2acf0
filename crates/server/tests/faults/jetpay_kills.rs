//! The server is killed while it takes deposits and pays out, and answers of Gate are lost.

use axum::Router;
use futures_util::future;
use pantoken_core::{SystemClock, SystemRandom};
use pantoken_jetpay::{ProjectId, SecretKey};
use pantoken_sandbox::jetpay::{NotificationUrl, Settings, router};
use pantoken_test_support::postgres;
use serde_json::{Value, json};

use crate::back_end::{BackEnd, PAUSE};
use crate::load::short_or_long;
use crate::money::{Figures, Kills, Victim, kill_during};
use crate::shop::{Addresses, Provider, Shop};

const JETPAY: Provider = Provider {
    path: "jetpay",
    sandbox,
    settings,
    faults: &[
        "drop-answer",
        "half",
        "empty500",
        "html",
        "error500",
        "unavailable",
        "callback-repeated",
        "callback-signature-in-general",
        "status-no-details",
        "status-absent",
        "drop-answer",
    ],
};

fn sandbox(addresses: &Addresses) -> Router {
    let url = |path: &str| {
        let url = format!("http://{}/v1/jetpay/{path}", addresses.server);
        Some(NotificationUrl::parse(&url).unwrap())
    };
    let settings = Settings {
        project_id: ProjectId::parse(Settings::TEST_PROJECT_ID).unwrap(),
        secret_key: SecretKey::parse(Settings::TEST_SECRET_KEY).unwrap(),
        merchant_name: Settings::TEST_MERCHANT_NAME.to_owned(),
        merchant_url: url("merchant"),
        callback_url: url("callbacks"),
    };
    router(settings, SystemRandom, SystemClock::new())
}

fn settings(addresses: &Addresses) -> Vec<(&'static str, String)> {
    vec![
        (
            "PANTOKEN_JETPAY_PROJECT_ID",
            Settings::TEST_PROJECT_ID.to_owned(),
        ),
        (
            "PANTOKEN_JETPAY_SECRET_KEY",
            Settings::TEST_SECRET_KEY.to_owned(),
        ),
        (
            "PANTOKEN_JETPAY_GATE_URL",
            format!("http://{}", addresses.sandbox),
        ),
        (
            "PANTOKEN_JETPAY_ACCOUNTS_URL",
            format!("http://{}/accounts", addresses.back_end),
        ),
    ]
}

async fn pay_out(back_end: &BackEnd, id: &str) {
    let body = json!({
        "customer": {
            "id": "12345", "ipAddress": "198.51.100.47", "firstName": "John", "lastName": "Doe",
            "email": "johndoe@example.com",
        },
        "account": "9182221133", "amount": 100,
    });
    let path = format!("payouts/{id}");
    back_end.put_until(&path, &body, "paid").await;
}

/// A customer deposits money. One whose account cannot be found tries again.
async fn deposit(back_end: &BackEnd) {
    let deposit = json!({"customerId": "customer-7", "amount": 2000});
    loop {
        let taken = back_end.control("deposit", Some(&deposit)).await;
        if taken["state"] != "refused" {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Returns the names of the deposits whose payment the platform has created, once it asks for no more ids. It asks four
/// times: a customer whose deposit has none by then is for a person at the platform, and nothing was executed.
async fn deposits(shop: &Shop) -> Option<Vec<String>> {
    let all = shop.control("deposits", None).await;
    let mut created = Vec::new();
    for deposit in all["deposits"].as_array().unwrap() {
        match deposit["state"].as_str().unwrap() {
            "created" => created.push(format!(
                "deposit {}",
                deposit["paymentId"].as_str().unwrap()
            )),
            "stuck" => {}
            _ => return None,
        }
    }
    Some(created)
}

fn name(kind: &Value, id: &Value) -> String {
    let (kind, id) = (kind.as_str().unwrap(), id.as_str().unwrap());
    let kind = kind.trim_start_matches("jetpay.").trim_end_matches(".paid");
    format!("{kind} {id}")
}

async fn moved(postgres: Option<postgres::Server>, times: usize) {
    let kills = Kills {
        of: Victim::Server,
        times,
        operations: short_or_long(20, 300),
    };
    let mut shop = Shop::open(&JETPAY, postgres).await;
    let at_once = json!({"payoutMilliseconds": 0});
    shop.control("settings", Some(&at_once)).await;
    let back_end = shop.back_end.clone();
    let both = move |number| {
        let (back_end, id) = (back_end.clone(), format!("p-{number}"));
        async move {
            future::join(pay_out(&back_end, &id), deposit(&back_end)).await;
            vec![format!("payout {id}")]
        }
    };
    let mut acknowledged = kill_during(&mut shop, &JETPAY, &kills, both).await;
    shop.wait_until("ids of deposits", async |shop| {
        deposits(shop).await.is_some()
    })
    .await;
    acknowledged.extend(deposits(&shop).await.unwrap());
    shop.wait_until("webhooks", async |shop| {
        shop.back_end.told().len() >= acknowledged.len()
    })
    .await;
    let executed = shop.executed().await;
    let told = shop.back_end.told();
    let figures = Figures {
        acknowledged,
        executed: executed
            .iter()
            .map(|one| name(&one["kind"], &one["id"]))
            .collect(),
        told: told
            .iter()
            .map(|event| name(&event["type"], &event["paymentId"]))
            .collect(),
    };
    let place = shop.place();
    let fault = format!("{kills} under deposits and payouts of jetpay{place}, {times} times");
    figures.check(&fault, &shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_while_money_moves_move_it_once_and_tell_once() {
    moved(None, short_or_long(5, 100)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_while_money_moves_move_it_once_and_tell_once_on_postgres() {
    if let Some(server) = postgres::Server::start_or_skip() {
        moved(Some(server), short_or_long(3, 50)).await;
    }
}
