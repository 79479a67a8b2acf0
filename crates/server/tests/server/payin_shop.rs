//! A shop's server with payin, and the sandbox in the provider's place.

use std::future::pending;

use hmac::{Hmac, KeyInit, Mac};
use pantoken_core::{Origin, SystemRandom};
use pantoken_payin::{ApiKey, NotificationKey, SiteId};
use pantoken_server::{Outgoing, PayinOptions, reconcile_operations};
use pantoken_store::{DeliveryState, Message, Outbox};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;

use crate::support::{API_KEY, Answer, Server, SetClock, server_with};
use crate::wait;

pub(crate) const NOTIFICATION_KEY: &str = "notification-key-of-tests";
pub(crate) const CUSTOMER: &str = "customer-7";

pub(crate) struct Shop {
    pub(crate) server: Server,
    pub(crate) sandbox: String,
    pub(crate) sandbox_clock: SetClock,
    http: reqwest::Client,
}

/// Starts a server whose provider is at this address.
pub(crate) async fn server_of(provider: &str) -> Server {
    server_with(|options| options.payin = Some(options_of(provider))).await
}

/// The settings of payin, if the provider is at this address.
pub(crate) fn options_of(provider: &str) -> PayinOptions {
    let base_url = format!("http://{provider}/partner/payin/v1/sites");
    let options = PayinOptions::new(
        SiteId::parse("site-01").unwrap(),
        ApiKey::parse("api-key-of-the-site").unwrap(),
        NotificationKey::parse(NOTIFICATION_KEY).unwrap(),
        Some(&base_url),
        false,
        &Outgoing::default(),
    );
    options.unwrap()
}

/// Starts the sandbox and the server, which asks about operations that are due.
pub(crate) async fn shop() -> Shop {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sandbox = listener.local_addr().unwrap().to_string();
    let settings = pantoken_sandbox::payin::Settings {
        site_id: SiteId::parse("site-01").unwrap(),
        api_key: ApiKey::parse("api-key-of-the-site").unwrap(),
        notification_key: NotificationKey::parse(NOTIFICATION_KEY).unwrap(),
        notification_url: None,
        payout_key: None,
        public_origin: Origin::parse(&format!("http://{sandbox}")).unwrap(),
    };
    let sandbox_clock = SetClock::start();
    let router = pantoken_sandbox::payin::router(settings, SystemRandom, sandbox_clock.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let server = server_of(&sandbox).await;
    tokio::spawn(reconcile_operations(server.app.clone(), pending()));
    Shop {
        server,
        sandbox,
        sandbox_clock,
        http: reqwest::Client::new(),
    }
}

impl Shop {
    /// Calls the control API of the sandbox.
    pub(crate) async fn control(&self, path: &str, body: Option<Value>) -> Value {
        let url = format!("http://{}/sandbox/{path}", self.sandbox);
        let request = match body {
            Some(body) => self
                .http
                .post(url)
                .header("content-type", "application/json")
                .body(body.to_string()),
            None => self.http.get(url),
        };
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default()
    }

    /// Lets the next calls that change something fail.
    pub(crate) async fn faults(&self, faults: &[&str]) {
        let faults: Vec<_> = faults.iter().map(|fault| json!({"fault": fault})).collect();
        self.control("faults", Some(json!(faults))).await;
    }

    /// Returns how often the provider executed this.
    pub(crate) async fn executed(&self, kind: &str, id: &str) -> usize {
        let executed = self.control("executed", None).await;
        let executed = executed["executed"].as_array().unwrap().iter();
        executed
            .filter(|one| one["kind"] == kind && one["id"] == id)
            .count()
    }

    pub(crate) async fn create_verification(&self) -> Answer {
        let body = json!({"customer": CUSTOMER}).to_string();
        let answer = self.server.post("/v1/payin/verifications", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer
    }

    /// The customer types a card into the form, which expires in this month.
    pub(crate) async fn type_card(&self, verification: &Answer, month: &str) {
        let id = verification.field("verificationId");
        let card = json!({
            "pan": "4256000000000078", "expiryDate": format!("{month}/30"), "cvv2": "123",
            "holderName": "CARD HOLDER",
        });
        self.control(&format!("bills/{id}/card"), Some(card)).await;
    }

    /// The customer pays a bill with a card on the form.
    pub(crate) async fn pay_bill(&self, bill_id: &str, payment_id: &str) {
        let url = format!(
            "http://{}/partner/payin/v1/sites/site-01/payments/{payment_id}",
            self.sandbox
        );
        let payment = json!({
            "billId": bill_id, "amount": {"value": "10.00", "currency": "RUB"},
            "flags": ["SALE", "BIND_PAYMENT_TOKEN"], "customer": {"account": CUSTOMER},
            "paymentMethod": {
                "type": "CARD", "pan": "4256000000000078", "expiryDate": "12/30", "cvv2": "123",
                "holderName": "CARD HOLDER",
            },
        });
        let request = self.http.put(url).bearer_auth("api-key-of-the-site");
        let request = request.header("content-type", "application/json");
        let answer = request.body(payment.to_string()).send().await.unwrap();
        assert!(
            answer.status().is_success(),
            "{}",
            answer.text().await.unwrap()
        );
    }

    pub(crate) async fn ask_for_result(&self, verification: &Answer, token: &str) -> Answer {
        let id = verification.field("verificationId");
        let path = format!("/v1/payin/verifications/{id}/result");
        let headers = [
            ("pantoken-result-token", token),
            ("content-type", "application/json"),
        ];
        self.server.call("POST", &path, &headers, "{}").await
    }

    /// Verifies a card that expires in this month, and returns its token.
    pub(crate) async fn token(&self) -> Value {
        let verification = self.create_verification().await;
        self.type_card(&verification, "12").await;
        let token = verification.field("resultToken");
        let answer = self.ask_for_result(&verification, &token).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let path = format!("verifications/{}", verification.field("verificationId"));
        self.get(&path).await.json()["token"].clone()
    }

    /// Makes a call of the shop's back end to `/v1/payin/…`.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &str) -> Answer {
        let key = format!("Bearer {API_KEY}");
        let headers = [
            ("authorization", key.as_str()),
            ("content-type", "application/json"),
        ];
        let path = format!("/v1/payin/{path}");
        self.server.call(method, &path, &headers, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, "").await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.call("PUT", path, &body.to_string()).await
    }

    /// Waits until an object is in this state. The clock advances meanwhile.
    pub(crate) async fn until_state(&self, path: &str, state: &str) -> Answer {
        wait::until_some(&format!("{path} {state}"), async || {
            self.server.clock.advance_seconds(1);
            let answer = self.get(path).await;
            (answer.json()["state"] == state).then_some(answer)
        })
        .await
    }

    /// Returns the bodies of all events of these types.
    pub(crate) async fn events(&self, kind: &str) -> Vec<Value> {
        let pending = self
            .server
            .store
            .list_deliveries(DeliveryState::Pending, None, 1000);
        let bodies = pending
            .await
            .unwrap()
            .into_iter()
            .map(|one| match one.message {
                Message::Event { body, .. } => {
                    serde_json::from_str::<Value>(body.unwrap().expose()).unwrap()
                }
                Message::Result { .. } => panic!("no session has a result"),
            });
        bodies
            .filter(|body| body["type"].as_str().unwrap().starts_with(kind))
            .collect()
    }
}

/// The body of a payment by this token.
pub(crate) fn charge(token: &Value, capture: bool) -> Value {
    json!({
        "customer": CUSTOMER,
        "tokenId": token["tokenId"],
        "amount": {"value": "10.00", "currency": "RUB"},
        "capture": capture,
    })
}

/// Signs a notification as the provider does.
pub(crate) fn signature(text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(NOTIFICATION_KEY.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// Sends a notification to the server.
pub(crate) async fn notify(shop: &Shop, body: &str, signature: &str) -> Answer {
    let headers = [
        ("signature", signature),
        ("content-type", "application/json"),
    ];
    shop.server
        .call("POST", "/v1/payin/notifications", &headers, body)
        .await
}
