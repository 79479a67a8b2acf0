//! Payouts and their digital signature.

use pantoken_payin::{
    ApiKey, CardNumber, Client, DigitalSigner, Notification, OperationStatus, Outcome, PayoutId,
    PayoutReceiver, PayoutRequest, SiteId,
};
use pantoken_sandbox::payin::PayoutKey;
use serde_json::json;

use super::{CARD, Sandbox, amount, payment_id};

const PRIVATE_KEY: &[u8] =
    include_bytes!("../../../../providers/payin/tests/golden/digital-signature-key.pem");
const PUBLIC_KEY: &[u8] = include_bytes!("payout-key.pem");
const OTHER_PUBLIC_KEY: &[u8] = include_bytes!("other-payout-key.pem");

fn id(text: &str) -> PayoutId {
    PayoutId::parse(text).unwrap()
}

fn request(payout: &str, value: &str) -> PayoutRequest {
    let receiver = PayoutReceiver::Card {
        pan: CardNumber::parse(CARD).unwrap(),
        first_name: None,
        last_name: None,
    };
    PayoutRequest::new(payment_id("p-1"), id(payout), amount(value), receiver)
}

/// Starts a sandbox with this key, and a client that signs with the private one.
async fn start(public_key: &[u8]) -> (Sandbox, Client) {
    let key = PayoutKey::from_pem(public_key).unwrap();
    let sandbox = Sandbox::with(|settings| settings.payout_key = Some(key)).await;
    let site_id = SiteId::parse("site-01").unwrap();
    let client = Client::builder(site_id, ApiKey::parse("api-key").unwrap())
        .base_url(&format!(
            "http://{}/partner/payin/v1/sites",
            sandbox.address
        ))
        .digital_signer(DigitalSigner::from_pem(PRIVATE_KEY).unwrap())
        .build()
        .unwrap();
    (sandbox, client)
}

#[tokio::test]
async fn the_amount_of_a_payout_decides() {
    let (sandbox, client) = start(PUBLIC_KEY).await;
    let payouts = client.payouts();
    for (payout, value, first, last) in [
        (
            "o-1",
            "2.00",
            OperationStatus::Waiting,
            OperationStatus::Completed,
        ),
        (
            "o-2",
            "200.00",
            OperationStatus::Waiting,
            OperationStatus::Completed,
        ),
        (
            "o-3",
            "5.00",
            OperationStatus::Declined,
            OperationStatus::Declined,
        ),
        (
            "o-4",
            "510.00",
            OperationStatus::Waiting,
            OperationStatus::Declined,
        ),
    ] {
        let request = request(payout, value);
        let created = payouts.create(&request).await.unwrap();
        assert_eq!(created.status.value, first, "{value}");
        assert!(created.raw.expose().contains("425600******0078"));
        let asked = payouts.get(&payment_id("p-1"), &id(payout)).await.unwrap();
        assert_eq!(asked.status.value, last, "{value}");
        payouts.create(&request).await.unwrap();
    }
    let executed = sandbox.executed().await;
    let expected = ["payout o-1", "payout o-2", "payout o-3", "payout o-4"];
    assert_eq!(executed, expected);
    let notifications = sandbox.notifications().await;
    let told: Vec<_> = notifications
        .iter()
        .map(Notification::deduplication_key)
        .collect();
    let expected = [
        "PAYOUT|o-1|SUCCESS",
        "PAYOUT|o-2|SUCCESS",
        "PAYOUT|o-3|DECLINED",
        "PAYOUT|o-4|DECLINED",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_payout_that_is_signed_by_somebody_else_is_refused() {
    let (sandbox, client) = start(OTHER_PUBLIC_KEY).await;
    let error = client
        .payouts()
        .create(request("o-1", "2.00"))
        .await
        .unwrap_err();
    assert_eq!(error.outcome(), Outcome::Refused);
    assert!(
        error
            .api_error()
            .unwrap()
            .cause()
            .contains_key("X-Digital-Sign")
    );
    assert!(sandbox.executed().await.is_empty());
}

#[tokio::test]
async fn a_payout_of_two_steps_waits_for_the_second() {
    let (sandbox, client) = start(PUBLIC_KEY).await;
    let payouts = client.payouts();
    let switch = json!({"twoStepPayouts": true});
    sandbox.control("POST", "/sandbox/settings", &switch).await;
    let created = payouts.create(request("o-1", "2.00")).await.unwrap();
    assert_eq!(created.status.value, OperationStatus::Init);
    let asked = payouts.get(&payment_id("p-1"), &id("o-1")).await.unwrap();
    assert_eq!(asked.status.value, OperationStatus::Init);
    let confirmed = payouts
        .complete(&payment_id("p-1"), &id("o-1"))
        .await
        .unwrap();
    assert_eq!(confirmed.status.value, OperationStatus::Waiting);
    let asked = payouts.get(&payment_id("p-1"), &id("o-1")).await.unwrap();
    assert_eq!(asked.status.value, OperationStatus::Completed);
}

#[test]
fn only_a_public_key_of_2048_bits_is_taken() {
    for pem in [b"no PEM".as_slice(), PRIVATE_KEY, b""] {
        assert!(PayoutKey::from_pem(pem).is_err());
    }
}
