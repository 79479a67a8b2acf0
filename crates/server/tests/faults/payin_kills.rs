//! The server or Postgres is killed while tokens are charged, and answers of payin are lost.

use axum::Router;
use pantoken_core::{Origin, SystemClock, SystemRandom};
use pantoken_payin::{ApiKey, NotificationKey, SiteId};
use pantoken_sandbox::payin::{NotificationUrl, Settings, router};
use pantoken_test_support::postgres;
use reqwest::Method;
use serde_json::{Value, json};

use crate::load::short_or_long;
use crate::money::{Figures, Kills, Victim, kill_during};
use crate::shop::{Addresses, FAULTS, Provider, Shop};

const PAYIN: Provider = Provider {
    path: "payin",
    sandbox,
    settings,
    faults: &FAULTS,
};

fn sandbox(addresses: &Addresses) -> Router {
    let notifications = format!("http://{}/v1/payin/notifications", addresses.server);
    let settings = Settings {
        site_id: SiteId::parse(Settings::TEST_SITE_ID).unwrap(),
        api_key: ApiKey::parse(Settings::TEST_API_KEY).unwrap(),
        notification_key: NotificationKey::parse(Settings::TEST_NOTIFICATION_KEY).unwrap(),
        notification_url: Some(NotificationUrl::parse(&notifications).unwrap()),
        payout_key: None,
        public_origin: Origin::parse(&format!("http://{}", addresses.sandbox)).unwrap(),
    };
    router(settings, SystemRandom, SystemClock::new())
}

fn settings(addresses: &Addresses) -> Vec<(&'static str, String)> {
    let base = format!("http://{}/partner/payin/v1/sites", addresses.sandbox);
    vec![
        ("PANTOKEN_PAYIN_SITE_ID", Settings::TEST_SITE_ID.to_owned()),
        ("PANTOKEN_PAYIN_API_KEY", Settings::TEST_API_KEY.to_owned()),
        (
            "PANTOKEN_PAYIN_NOTIFICATION_KEY",
            Settings::TEST_NOTIFICATION_KEY.to_owned(),
        ),
        ("PANTOKEN_PAYIN_BASE_URL", base),
    ]
}

/// Verifies a card, and returns the id of its token.
async fn token(shop: &Shop) -> Value {
    let back_end = &shop.back_end;
    let created = back_end
        .call(
            Method::POST,
            "verifications",
            &json!({"customer": "customer-7"}),
        )
        .await;
    let id = created["verificationId"].as_str().unwrap();
    let card = json!({
        "pan": "4256000000000078", "expiryDate": "12/30", "cvv2": "123", "holderName": "CARD HOLDER",
    });
    shop.control(&format!("bills/{id}/card"), Some(&card)).await;
    let path = format!("verifications/{id}");
    let verified = back_end.get_until(&path, "verified").await;
    verified["token"]["tokenId"].clone()
}

async fn charged(mut shop: Shop, kills: Kills) {
    let token_id = token(&shop).await;
    let body = json!({
        "customer": "customer-7", "tokenId": token_id, "amount": {"value": "1.00", "currency": "RUB"},
    });
    let back_end = shop.back_end.clone();
    let charge = move |number| {
        let (back_end, body, id) = (back_end.clone(), body.clone(), format!("p-{number}"));
        async move {
            let path = format!("payments/{id}");
            back_end.put_until(&path, &body, "captured").await;
            vec![id]
        }
    };
    let acknowledged = kill_during(&mut shop, &PAYIN, &kills, charge).await;
    // One event is the verification's.
    let told = acknowledged.len() + 1;
    shop.wait_until("webhooks", async |shop| shop.back_end.told().len() >= told)
        .await;
    let executed = shop.executed().await;
    let executed = executed.iter().filter(|one| one["kind"] == "payment");
    let events = shop.back_end.told();
    let captured = events
        .iter()
        .filter(|event| event["type"] == "payin.payment.captured");
    let figures = Figures {
        acknowledged,
        executed: executed
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect(),
        told: captured
            .map(|event| event["paymentId"].as_str().unwrap().to_owned())
            .collect(),
    };
    let place = shop.place();
    let fault = format!(
        "{kills} under payments of payin{place}, {} times",
        kills.times
    );
    figures.check(&fault, &shop);
    assert_eq!(events.len(), told, "nothing else was told");
}

fn kills(of: Victim, short: usize, long: usize) -> Kills {
    Kills {
        of,
        times: short_or_long(short, long),
        operations: short_or_long(15, 300),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_while_tokens_are_charged_charge_once_and_tell_once() {
    let shop = Shop::open(&PAYIN, None).await;
    charged(shop, kills(Victim::Server, 6, 200)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_while_tokens_are_charged_charge_once_and_tell_once_on_postgres() {
    let Some(server) = postgres::Server::start_or_skip() else {
        return;
    };
    let shop = Shop::open(&PAYIN, Some(server)).await;
    charged(shop, kills(Victim::Server, 3, 50)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn crashes_of_postgres_while_tokens_are_charged_charge_once_and_tell_once() {
    let Some(server) = postgres::Server::start_or_skip() else {
        return;
    };
    let shop = Shop::open(&PAYIN, Some(server)).await;
    charged(shop, kills(Victim::Postgres, 3, 50)).await;
}
