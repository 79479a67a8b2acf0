//! The stand-in for QIWI PAY's API, called by the client that merchants use.

mod money;
mod notifications;
mod pages;
mod switches;
mod three_ds;
mod tls;

use pantoken_core::{Origin, SystemClock, SystemRandom};
use pantoken_qiwi_pay::{
    Amount, CaptureRequest, CardData, Client, ClientBuilder, Error, MerchantSite, Notification,
    Operation, OrderId, PaymentRequest, ReturnRequest, SecretKey, Site, Source, StatusRequest,
    Transaction, TxnId, TxnStatus,
};
use pantoken_sandbox::qiwi_pay::{NotificationUrl, Settings, router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support;

struct Sandbox {
    address: String,
    client: Client,
}

fn key() -> SecretKey {
    SecretKey::parse("secret").unwrap()
}

fn settings(address: &str) -> Settings {
    Settings {
        merchant_site: MerchantSite::new(555),
        secret_key: key(),
        notification_url: None,
        public_origin: Origin::parse(&format!("http://{address}")).unwrap(),
    }
}

fn client() -> ClientBuilder {
    Client::builder(Site::new(MerchantSite::new(555), key()))
}

fn amount(value: &str) -> Amount {
    Amount::parse(value, "RUB").unwrap()
}

impl Sandbox {
    async fn start() -> Self {
        Self::notifying(None).await
    }

    /// Starts a sandbox that sends its notifications to this address.
    async fn notifying(url: Option<NotificationUrl>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let settings = Settings {
            notification_url: url,
            ..settings(&address)
        };
        let router = router(settings, SystemRandom, SystemClock::new());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = client().api_url(&format!("http://{address}/merchant/direct"));
        let client = client.build().unwrap();
        Self { address, client }
    }

    /// Posts JSON, or gets it if there is no body.
    async fn call(&self, path: &str, body: Option<&Value>) -> Value {
        let method = if body.is_some() { "POST" } else { "GET" };
        support::control(&self.address, method, path, body.unwrap_or(&Value::Null)).await
    }

    /// Changes how the site is set up.
    async fn set(&self, settings: &Value) {
        self.call("/sandbox/settings", Some(settings)).await;
    }

    async fn executed(&self) -> Vec<String> {
        let answer = self.call("/sandbox/executed", None).await;
        let executed = answer["executed"].as_array().unwrap().iter();
        let text = |it: &Value| {
            let text = |name: &str| it[name].as_str().unwrap().to_owned();
            format!("{} {}", text("kind"), text("amount"))
        };
        executed.map(text).collect()
    }

    async fn pay(
        &self,
        order: &str,
        operation: Operation,
        expiry: &str,
    ) -> Result<Transaction, Error> {
        self.client.pay(&payment(order, operation, expiry)).await
    }

    /// Moves the sandbox's clock on.
    async fn wait(&self, milliseconds: i64) {
        let mut rest = milliseconds;
        while rest > 0 {
            let step = rest.min(i64::from(u32::MAX));
            let body = json!({"milliseconds": step});
            self.call("/sandbox/clock", Some(&body)).await;
            rest -= step;
        }
    }

    async fn status(&self, id: TxnId) -> Vec<Transaction> {
        let request = StatusRequest::Transaction(id);
        self.client.status(&request).await.unwrap()
    }

    /// Waits until a transaction has this status.
    async fn until_status(&self, id: TxnId, status: TxnStatus) -> Transaction {
        loop {
            let transaction = self.status(id).await.remove(0);
            if transaction.status == status {
                return transaction;
            }
            tokio::task::yield_now().await;
        }
    }

    async fn sent(&self) -> Vec<Value> {
        let mut answer = self.call("/sandbox/notifications", None).await;
        let sent = answer["notifications"].take();
        sent.as_array().unwrap().clone()
    }
}

/// A payment of 10.00 by card.
fn payment(order: &str, operation: Operation, expiry: &str) -> PaymentRequest {
    let card = CardData::parse("4111111111111111", expiry).unwrap();
    let card = Source::Card(card.with_security_code("123").unwrap());
    let order = OrderId::parse(order).unwrap();
    PaymentRequest::new(operation, order, amount("10.00"), card)
}

/// Returns the code with which a call was refused.
fn code<T: std::fmt::Debug>(answer: Result<T, Error>) -> u32 {
    match answer {
        Err(Error::Refused(refused)) => refused.code.number(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_held_sum_is_captured_once_and_given_back_in_parts() {
    let sandbox = Sandbox::start().await;
    let held = sandbox.pay("o-1", Operation::Auth, "1234").await.unwrap();
    assert_eq!(held.status, TxnStatus::Authorized);
    let capture = CaptureRequest::new(held.txn_id);
    let captured = sandbox.client.capture(&capture).await.unwrap();
    assert!(captured.status.is_completed());
    assert!(matches!(
        sandbox.client.capture(&capture).await,
        Err(Error::Refused(_))
    ));
    let part = ReturnRequest::refund(held.txn_id, Some(amount("4.00")));
    sandbox.client.give_back(&part).await.unwrap();
    let above = ReturnRequest::refund(held.txn_id, Some(amount("6.01")));
    assert!(matches!(
        sandbox.client.give_back(&above).await,
        Err(Error::Refused(_))
    ));
    let rest = ReturnRequest::refund(held.txn_id, None);
    sandbox.client.give_back(&rest).await.unwrap();
    assert_eq!(
        sandbox.executed().await,
        ["auth 10.00", "capture 10.00", "refund 4.00", "refund 6.00"]
    );
}

#[tokio::test]
async fn a_token_pays_as_its_card_does() {
    let sandbox = Sandbox::start().await;
    let first = sandbox.pay("o-1", Operation::Sale, "1234").await.unwrap();
    let token = Source::CardToken(first.card_token.unwrap());
    let order = OrderId::parse("o-2").unwrap();
    let request = PaymentRequest::new(Operation::Sale, order, amount("5.00"), token);
    let second = sandbox.client.pay(&request).await.unwrap();
    assert!(second.status.is_completed());
    // An order is paid once.
    assert!(matches!(
        sandbox.client.pay(&request).await,
        Err(Error::Refused(_))
    ));
    assert!(sandbox.pay("o-3", Operation::Sale, "0234").await.is_err());
    assert_eq!(sandbox.executed().await, ["sale 10.00", "sale 5.00"]);
}

#[tokio::test]
async fn a_notification_says_what_the_answer_says() {
    let sandbox = Sandbox::start().await;
    let paid = sandbox.pay("o-1", Operation::Sale, "1234").await.unwrap();
    let sent = sandbox.call("/sandbox/notifications", None).await;
    let body = sent["notifications"][0]["body"].as_str().unwrap();
    assert!(!body.contains("4111111111111111"));
    let notification = Notification::verify(&key(), body.as_bytes()).unwrap();
    assert_eq!(
        (notification.txn_id, notification.status),
        (paid.txn_id, paid.status)
    );
    let fault = json!([{"fault": "notification-wrong-signature"}]);
    sandbox.call("/sandbox/faults", Some(&fault)).await;
    sandbox.pay("o-2", Operation::Sale, "1234").await.unwrap();
    let sent = sandbox.call("/sandbox/notifications", None).await;
    let body = sent["notifications"][1]["body"].as_str().unwrap();
    assert!(Notification::verify(&key(), body.as_bytes()).is_err());
}

#[tokio::test]
async fn a_call_that_a_fault_hides_was_executed_once() {
    let sandbox = Sandbox::start().await;
    for (index, fault) in ["drop-answer", "empty500", "html", "half"]
        .into_iter()
        .enumerate()
    {
        let faults = json!([{"fault": fault}]);
        sandbox.call("/sandbox/faults", Some(&faults)).await;
        let order = format!("o-{index}");
        let lost = sandbox.pay(&order, Operation::Sale, "1234").await;
        assert!(matches!(lost, Err(Error::Unknown(_))), "{fault}: {lost:?}");
        // The order is paid already.
        assert!(sandbox.pay(&order, Operation::Sale, "1234").await.is_err());
        assert_eq!(sandbox.executed().await.len(), index + 1, "{fault}");
    }
}
