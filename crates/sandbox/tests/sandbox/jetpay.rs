//! The stand-in for JetPay: deposits with a merchant that answers, and payouts by the client that merchants use.

mod callbacks;
mod gate;
mod kiosk;
mod merchant;

use pantoken_core::SystemRandom;
use pantoken_core::client::{BaseUrl, Connections};
use pantoken_jetpay::{
    Amount, Client, Currency, Error, PaymentId, PaymentStatus, PayoutAccepted, PayoutCustomer,
    PayoutRequest, Phase, ProjectId, SecretKey, StatusAnswer,
};
use pantoken_sandbox::jetpay::{NotificationUrl, Settings, router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::set_clock::SetClock;
use crate::support;

use merchant::Merchant;

const NOW: i64 = 1_795_900_000_000;

struct Sandbox {
    address: String,
    client: Client,
}

impl Sandbox {
    /// Starts a sandbox that knows no merchant.
    async fn alone() -> Self {
        Self::with(|_| {}).await
    }

    /// Starts a sandbox that asks this merchant and sends it callbacks.
    async fn of(merchant: &Merchant) -> Self {
        let url = |path: &str| NotificationUrl::parse(&format!("{}{path}", merchant.url)).ok();
        Self::with(|settings| {
            settings.merchant_url = url("/merchant");
            settings.callback_url = url("/callbacks");
        })
        .await
    }

    async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut settings = Settings {
            project_id: project_id(),
            secret_key: key(),
            merchant_name: "Shop".to_owned(),
            merchant_url: None,
            callback_url: None,
        };
        change(&mut settings);
        let clock = SetClock::at(NOW);
        let router = router(settings, SystemRandom, clock);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let gate = BaseUrl::parse(&format!("http://{address}")).unwrap();
        let client = Client::new(project_id(), key(), gate, &Connections::default()).unwrap();
        Self { address, client }
    }

    /// Calls the sandbox, and returns the status and the JSON of its answer.
    async fn call(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        support::call(&self.address, method, path, body).await
    }

    /// Calls the control API.
    async fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        support::control(&self.address, method, path, body).await
    }

    async fn set_faults(&self, faults: &Value) {
        self.control("POST", "/sandbox/faults", faults).await;
    }

    async fn move_clock(&self, milliseconds: i64) {
        let by = json!({"milliseconds": milliseconds});
        self.control("POST", "/sandbox/clock", &by).await;
    }

    async fn deposit(&self, customer: &str, outcome: &str) -> Value {
        let deposit = json!({"customer_id": customer, "amount": 200_000, "outcome": outcome});
        self.control("POST", "/sandbox/deposit", &deposit).await
    }

    /// Waits until the first deposit has this state.
    async fn deposit_becomes(&self, state: &str) -> Value {
        loop {
            let answer = self.control("GET", "/sandbox/deposits", &Value::Null).await;
            if answer["deposits"][0]["state"] == state {
                return answer["deposits"][0].clone();
            }
            tokio::task::yield_now().await;
        }
    }

    /// Returns what was executed, as kinds with ids.
    async fn executed(&self) -> Vec<String> {
        let answer = self.control("GET", "/sandbox/executed", &Value::Null).await;
        let executed = answer["executed"].as_array().unwrap().iter();
        let kind_and_id = |it: &Value| {
            let text = |name: &str| it[name].as_str().unwrap().to_owned();
            format!("{} {}", text("kind"), text("id"))
        };
        executed.map(kind_and_id).collect()
    }

    async fn pay_out(&self, id: &str, account: &str) -> Result<PayoutAccepted, Error> {
        self.client.pay_out(&payout(id, account)).await
    }

    /// Asks for the status of a payment that is known.
    async fn status(&self, id: &str) -> pantoken_jetpay::Payment {
        match self.client.status(&payment_id(id)).await.unwrap() {
            StatusAnswer::Known(payment) => *payment,
            other => panic!("{other:?}"),
        }
    }
}

fn project_id() -> ProjectId {
    ProjectId::new(35).unwrap()
}

fn key() -> SecretKey {
    SecretKey::parse("secret").unwrap()
}

fn payment_id(id: &str) -> PaymentId {
    PaymentId::parse(id).unwrap()
}

fn payout(id: &str, account: &str) -> PayoutRequest {
    let customer = PayoutCustomer {
        id: "12345".to_owned(),
        ip_address: "198.51.100.47".parse().unwrap(),
        first_name: "Әсел".to_owned(),
        last_name: "Doe".to_owned(),
        email: "johndoe@example.com".to_owned(),
    };
    let amount = Amount::from_minor_units(10_000, Currency::KZT).unwrap();
    PayoutRequest::new(payment_id(id), customer, account, amount).unwrap()
}

#[tokio::test]
async fn a_deposit_is_verified_checked_created_and_told() {
    let mut merchant = Merchant::start().await;
    let sandbox = Sandbox::of(&merchant).await;
    for (index, channel, method) in [
        (1, "kiosk", "Qiwi Kz Kiosk"),
        (2, "wallet", "Qiwi Kz Terminal"),
    ] {
        let new = json!({"customer_id": "user-7", "amount": 200_000, "channel": channel});
        let deposit = sandbox.control("POST", "/sandbox/deposit", &new).await;
        assert_eq!(deposit["state"], "created");
        let id = format!("deposit-{index}");
        assert_eq!(deposit["paymentId"], json!(id));
        assert_eq!(merchant.next_question().await, "verify user-7");
        assert_eq!(
            merchant.next_question().await,
            "check_deposit user-7 200000 KZT qiwi-kz"
        );
        let payment = merchant.next_payment().await;
        assert_eq!(payment.id, id);
        assert_eq!(payment.phase(), Phase::Succeeded);
        assert_eq!(payment.sum.as_ref().unwrap().minor_units(), 200_000);
        assert_eq!(payment.method.as_deref(), Some(method));
        assert_eq!(payment.account_number.as_deref(), Some("user-7"));
        assert_eq!(payment.customer_id.as_deref(), Some("user-7"));
        assert_eq!(sandbox.status(&id).await.phase(), Phase::Succeeded);
    }
    assert_eq!(
        sandbox.executed().await,
        ["deposit deposit-1", "deposit deposit-2"]
    );
}

#[tokio::test]
async fn a_customer_is_known_by_the_id_that_the_merchant_adds() {
    let mut merchant = Merchant::start().await;
    let answer = json!({"code": 0, "currency": "KZT", "additional_customer_id": "id-9"});
    merchant.answer(200, &answer);
    let sandbox = Sandbox::of(&merchant).await;
    sandbox.deposit("user-7", "success").await;
    let payment = merchant.next_payment().await;
    assert_eq!(payment.account_number.as_deref(), Some("user-7"));
    assert_eq!(payment.customer_id.as_deref(), Some("id-9"));
}

#[tokio::test]
async fn a_customer_whom_the_merchant_does_not_confirm_is_refused() {
    let merchant = Merchant::start().await;
    let sandbox = Sandbox::of(&merchant).await;
    for (status, answer, reason) in [
        (200, json!({"code": 404, "message": "no"}), "NO_ACCOUNT"),
        (404, json!({"code": 404, "message": "no"}), "NO_ACCOUNT"),
        (
            200,
            json!({"code": 500, "message": "no"}),
            "MERCHANT_FAILED",
        ),
        (200, json!({"code": 7}), "MERCHANT_FAILED"),
        (200, json!({"code": 0}), "MERCHANT_FAILED"),
        (
            200,
            json!({"code": 0, "currency": "tenge"}),
            "MERCHANT_FAILED",
        ),
        (500, json!("down"), "MERCHANT_FAILED"),
    ] {
        merchant.answer(status, &answer);
        let deposit = sandbox.deposit("user-7", "success").await;
        let told = (&deposit["state"], &deposit["reason"]);
        assert_eq!(told, (&json!("refused"), &json!(reason)), "{answer}");
    }
    let deposit = Sandbox::alone().await.deposit("user-7", "success").await;
    assert_eq!(deposit["reason"], "MERCHANT_FAILED");
    assert_eq!(sandbox.executed().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_merchant_who_gives_no_id_is_asked_again_and_then_the_deposit_is_stuck() {
    for gives_in in [true, false] {
        let merchant = Merchant::start().await;
        let sandbox = Sandbox::of(&merchant).await;
        merchant.answer(200, &json!({"code": 0, "currency": "KZT"}));
        merchant.answer(200, &json!({"code": 500, "message": "later"}));
        let deposit = sandbox.deposit("user-7", "success").await;
        assert_eq!(deposit["state"], "retrying");
        assert_eq!(deposit["answer"]["message"], "later");
        if gives_in {
            sandbox.move_clock(10_000).await;
            let deposit = sandbox.deposit_becomes("created").await;
            assert!(deposit["paymentId"].is_string(), "{deposit}");
            continue;
        }
        for (wait, answer) in [
            (10_000, json!({"code": 0})),
            (60_000, json!({"code": 0, "payment_id": "a;b"})),
            (300_000, json!("down")),
        ] {
            merchant.answer(200, &answer);
            sandbox.move_clock(wait).await;
            merchant.has_answered_all().await;
        }
        sandbox.deposit_becomes("stuck").await;
        assert_eq!(sandbox.executed().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn an_id_that_was_used_before_makes_no_second_payment() {
    let merchant = Merchant::start().await;
    let sandbox = Sandbox::of(&merchant).await;
    for id in ["Same", "sAME"] {
        merchant.answer(200, &json!({"code": 0, "currency": "KZT"}));
        merchant.answer(200, &json!({"code": 0, "payment_id": id}));
        sandbox.deposit("user-7", "success").await;
    }
    let deposits = sandbox
        .control("GET", "/sandbox/deposits", &Value::Null)
        .await;
    assert_eq!(deposits["deposits"][1]["answer"]["code"], "3041");
    assert_eq!(sandbox.executed().await, ["deposit Same"]);
}

#[tokio::test]
async fn a_payout_becomes_what_its_account_says() {
    let mut merchant = Merchant::start().await;
    let sandbox = Sandbox::of(&merchant).await;
    for (ending, told, last) in [
        ("00", &["success"][..], Phase::Succeeded),
        ("01", &["decline"], Phase::Failed),
        ("03", &["processing", "success"], Phase::Succeeded),
        ("04", &["decline", "success"], Phase::Succeeded),
        ("05", &["success", "decline"], Phase::Succeeded),
        ("06", &["success", "reversed"], Phase::Returned),
        ("07", &["error"], Phase::Failed),
        ("08", &["on hold"], Phase::Unknown),
    ] {
        let id = format!("p-{ending}");
        sandbox
            .pay_out(&id, &format!("770000000{ending}"))
            .await
            .unwrap();
        let status = sandbox.status(&id).await.status;
        assert_eq!(status, PaymentStatus::Processing, "{ending}");
        for expected in told {
            sandbox.move_clock(1_000).await;
            let payment = merchant.next_payment().await;
            assert_eq!(payment.id, id);
            assert_eq!(payment.status.as_str(), *expected, "{ending}");
            assert_eq!(payment.account_number, None);
        }
        let payment = sandbox.status(&id).await;
        assert_eq!(payment.phase(), last, "{ending}: {payment:?}");
    }
}

#[tokio::test]
async fn a_test_decides_what_becomes_of_a_payment() {
    let mut merchant = Merchant::start().await;
    let sandbox = Sandbox::of(&merchant).await;
    sandbox.pay_out("p-1", "77000000002").await.unwrap();
    sandbox.move_clock(1_000_000).await;
    let status = sandbox.status("p-1").await.status;
    assert_eq!(status, PaymentStatus::Processing);
    let decision = json!({"outcome": "decline"});
    sandbox
        .control("POST", "/sandbox/payments/P-1", &decision)
        .await;
    assert_eq!(merchant.next_payment().await.phase(), Phase::Failed);
    let payment = sandbox.status("p-1").await;
    assert_eq!(payment.reason(), Some(("20000", Some("General decline"))));

    let processing = json!({"payoutMilliseconds": 0});
    sandbox
        .control("POST", "/sandbox/settings", &processing)
        .await;
    sandbox.pay_out("p-2", "77000000000").await.unwrap();
    assert_eq!(merchant.next_payment().await.id, "p-2");
}
