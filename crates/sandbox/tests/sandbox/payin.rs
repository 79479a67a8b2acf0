//! The stand-in for payin, called by the client that merchants use.

mod notifications;
mod pages;
mod payouts;
mod qr_codes;

use pantoken_core::{Origin, SystemRandom};
use pantoken_payin::{
    Amount, ApiKey, BillId, BillRequest, BillStatus, CaptureId, CaptureRequest,
    CardCheckCompletion, CardCheckRequest, CardCheckStatus, CardData, CardMethod, Client, Error,
    ErrorCode, Hint, IssuedToken, Notification, NotificationKey, OperationStatus, Outcome, Pares,
    Payment, PaymentCompletion, PaymentId, PaymentRequest, RefundId, RefundRequest, RequestUid,
    SiteId, ThreeDsStatus, TokenDeletion, TokenMethod, TokenRemoval,
};
use pantoken_sandbox::payin::{NotificationUrl, Settings, router};
use serde_json::{Value, json};
use time::macros::datetime;
use tokio::net::TcpListener;

use crate::set_clock::SetClock;
use crate::support;

const NOW: i64 = 1_795_900_000_000;
const CARD: &str = "4256000000000078";

struct Sandbox {
    address: String,
    client: Client,
    clock: SetClock,
}

impl Sandbox {
    async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Starts a sandbox that sends its notifications to this address.
    async fn notifying(url: &str) -> Self {
        let url = NotificationUrl::parse(url).unwrap();
        Self::with(|settings| settings.notification_url = Some(url)).await
    }

    async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut settings = Settings {
            site_id: SiteId::parse("site-01").unwrap(),
            api_key: ApiKey::parse("api-key").unwrap(),
            notification_key: notification_key(),
            notification_url: None,
            payout_key: None,
            public_origin: Origin::parse(&format!("http://{address}")).unwrap(),
        };
        change(&mut settings);
        let clock = SetClock::at(NOW);
        let router = router(settings, SystemRandom, clock.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = client(&address, "api-key");
        Self {
            address,
            client,
            clock,
        }
    }

    /// Calls the control API, and returns the JSON of its answer.
    async fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        support::control(&self.address, method, path, body).await
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

    /// Returns the notifications, after their signatures were verified.
    async fn notifications(&self) -> Vec<Notification> {
        let path = "/sandbox/notifications";
        let answer = self.control("GET", path, &Value::Null).await;
        let sent = answer["notifications"].as_array().unwrap().iter();
        let verified = sent.map(|sent| {
            let signature = sent["signature"].as_str().unwrap().as_bytes();
            let body = sent["body"].as_str().unwrap().as_bytes();
            Notification::verify(&notification_key(), [("Signature", signature)], body).unwrap()
        });
        verified.collect()
    }

    /// Verifies a card by form, and returns its token for the customer `customer-7`.
    async fn token(&self) -> IssuedToken {
        let bill_id = BillId::parse("check-1").unwrap();
        let request = BillRequest::card_check(bill_id.clone(), datetime!(2030-01-01 0:00 +3));
        let request = request.issue_token("customer-7");
        let bill = self.client.bills().create(request).await.unwrap();
        assert!(
            bill.pay_url
                .unwrap()
                .contains("/validation/card?invoiceUid=")
        );
        let uid = RequestUid::from(&bill_id);
        let check = self.client.card_checks().get(&uid).await.unwrap();
        assert_eq!(check.status, CardCheckStatus::Init);
        let card = json!({"pan": CARD, "expiryDate": "12/34", "cvv2": "123"});
        let path = "/sandbox/bills/check-1/card";
        self.control("POST", path, &card).await;
        let check = self.client.card_checks().get(&uid).await.unwrap();
        assert!(check.is_verified());
        check.token.unwrap()
    }

    async fn pay_with_card(&self, id: &str, expiry: &str, code: &str) -> Payment {
        let card = CardData::parse(CARD, expiry).unwrap();
        let card = CardMethod::new(card.with_security_code(code).unwrap());
        let request = PaymentRequest::with_card(payment_id(id), amount("10.00"), card);
        self.client.payments().create(request).await.unwrap()
    }
}

fn client(address: &str, api_key: &str) -> Client {
    let site_id = SiteId::parse("site-01").unwrap();
    Client::builder(site_id, ApiKey::parse(api_key).unwrap())
        .base_url(&format!("http://{address}/partner/payin/v1/sites"))
        .build()
        .unwrap()
}

fn notification_key() -> NotificationKey {
    NotificationKey::parse("notification-key").unwrap()
}

fn payment_id(id: &str) -> PaymentId {
    PaymentId::parse(id).unwrap()
}

fn amount(value: &str) -> Amount {
    Amount::parse(value, "RUB").unwrap()
}

fn token_payment(id: &str, token: &IssuedToken, value: &str) -> PaymentRequest {
    let method = TokenMethod::new(token.token.clone());
    PaymentRequest::with_token(payment_id(id), amount(value), method, "customer-7")
}

#[tokio::test]
async fn a_card_is_verified_charged_refunded_and_its_token_deleted() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.token().await;
    assert_eq!(token.name.as_deref(), Some("425600******0078"));
    let payments = sandbox.client.payments();
    let request = token_payment("p-1", &token, "10.00");
    for _ in 0..3 {
        let payment = payments.create(&request).await.unwrap();
        assert_eq!(payment.status.value, OperationStatus::Completed);
        assert_eq!(payment.captured_amount, Some(payment.amount));
    }
    let refund_id = RefundId::parse("r-1").unwrap();
    let refund = RefundRequest::new(payment_id("p-1"), refund_id, amount("4.00"));
    for _ in 0..2 {
        sandbox.client.refunds().create(&refund).await.unwrap();
    }
    let refund_id = RefundId::parse("r-2").unwrap();
    let above = RefundRequest::new(payment_id("p-1"), refund_id, amount("6.01"));
    let error = sandbox.client.refunds().create(above).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Refused);
    let payment = payments.get(&payment_id("p-1")).await.unwrap();
    let refunded = payment.refunded_amount.unwrap();
    assert_eq!(refunded.minor_units(), Some(400));

    let deletion = TokenDeletion::new("customer-7", token.token.clone());
    let tokens = sandbox.client.tokens();
    assert_eq!(tokens.delete(&deletion).await, Ok(TokenRemoval::Deleted));
    assert_eq!(tokens.delete(&deletion).await, Ok(TokenRemoval::WasGone));
    let again = token_payment("p-2", &token, "1.00");
    let error = payments.create(again).await.unwrap_err();
    assert!(
        error
            .api_error()
            .unwrap()
            .cause()
            .contains_key("paymentToken")
    );
    assert_eq!(
        sandbox.executed().await,
        [
            "bill check-1",
            "check check-1",
            "payment p-1",
            "refund r-1",
            "token-deletion customer-7",
        ]
    );
    let kinds: Vec<_> = sandbox
        .notifications()
        .await
        .iter()
        .map(Notification::deduplication_key)
        .collect();
    assert_eq!(
        kinds,
        [
            "CHECK_CARD|check-1|SUCCESS",
            "PAYMENT|p-1|SUCCESS",
            "REFUND|r-1|SUCCESS"
        ]
    );
}

#[tokio::test]
async fn a_hold_is_captured_once_or_reversed() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.token().await;
    let payments = sandbox.client.payments();
    let request = token_payment("p-1", &token, "5.00").hold();
    let payment = payments.create(request).await.unwrap();
    assert_eq!(payment.captured_amount.unwrap().minor_units(), Some(0));
    let capture = |id: &str| CaptureRequest::new(payment_id("p-1"), CaptureId::parse(id).unwrap());
    let captures = sandbox.client.captures();
    for _ in 0..2 {
        let capture = captures.create(capture("c-1")).await.unwrap();
        assert_eq!(capture.amount, amount("5.00"));
    }
    let error = captures.create(capture("c-2")).await.unwrap_err();
    let code = error.api_error().unwrap().code().clone();
    assert_eq!(code, ErrorCode::IncorrectMethodInvocation);
    let unknown = CaptureId::parse("c-2").unwrap();
    let error = captures
        .get(&payment_id("p-1"), &unknown)
        .await
        .unwrap_err();
    assert!(error.is_not_found());

    let request = token_payment("p-2", &token, "5.00").hold();
    payments.create(request).await.unwrap();
    let refund_id = RefundId::parse("r-1").unwrap();
    let reversal = RefundRequest::new(payment_id("p-2"), refund_id, amount("5.00"));
    let reversal = sandbox.client.refunds().create(reversal).await.unwrap();
    assert_eq!(reversal.flags, [pantoken_payin::Flag::Reversal]);
}

#[tokio::test]
async fn the_month_of_a_test_card_decides() {
    let sandbox = Sandbox::start().await;
    let declined = sandbox.pay_with_card("p-02", "02/34", "123").await;
    assert_eq!(declined.status.value, OperationStatus::Declined);
    for (id, expiry) in [("p-03", "03/34"), ("p-04", "04/34")] {
        let payment = sandbox.pay_with_card(id, expiry, "123").await;
        assert_eq!(payment.status.value, OperationStatus::Waiting, "{expiry}");
    }
    sandbox.clock.advance(3_000);
    for (id, expected) in [
        ("p-03", OperationStatus::Completed),
        ("p-04", OperationStatus::Declined),
    ] {
        let payment = sandbox
            .client
            .payments()
            .get(&payment_id(id))
            .await
            .unwrap();
        assert_eq!(payment.status.value, expected, "{id}");
    }
}

#[tokio::test]
async fn a_security_code_of_849_asks_for_3d_secure() {
    let sandbox = Sandbox::start().await;
    let payment = sandbox.pay_with_card("p-1", "12/34", "849").await;
    assert!(payment.three_ds.is_some());
    let completion = PaymentCompletion {
        payment_id: payment_id("p-1"),
        pares: Pares::new("passed"),
    };
    let payment = sandbox
        .client
        .payments()
        .complete(completion)
        .await
        .unwrap();
    assert_eq!(payment.status.value, OperationStatus::Completed);

    let request_uid = RequestUid::parse("check").unwrap();
    let card = CardData::parse(CARD, "12/34").unwrap();
    let card = card.with_security_code("849").unwrap();
    let request = CardCheckRequest::new(request_uid.clone(), card).issue_token("customer-7");
    let checks = sandbox.client.card_checks();
    let check = checks.create(request).await.unwrap();
    assert_eq!(check.status, CardCheckStatus::Waiting3ds);
    let completion = CardCheckCompletion {
        request_uid,
        pares: Pares::new("failed"),
    };
    let check = checks.complete(completion).await.unwrap();
    assert_eq!(check.three_ds_status, Some(ThreeDsStatus::NotPassed));
    assert!(!check.is_verified());
    assert_eq!(check.token, None);
}

#[tokio::test]
async fn a_call_that_a_fault_hides_was_executed_once() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.token().await;
    let payments = sandbox.client.payments();
    for (index, fault) in [
        "drop-answer",
        "empty500",
        "error500",
        "html",
        "nothing",
        "other-amount",
        "half",
        "unavailable",
    ]
    .into_iter()
    .enumerate()
    {
        let faults = json!([{"fault": fault}]);
        sandbox.control("POST", "/sandbox/faults", &faults).await;
        let id = format!("p-{index}");
        let request = token_payment(&id, &token, "1.00");
        let error = payments.create(&request).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{fault}: {error}");
        let asked = payments.get(&payment_id(&id)).await;
        let was_executed = fault != "unavailable";
        assert_eq!(asked.is_ok(), was_executed, "{fault}");
        let payment = payments.create(&request).await.unwrap();
        assert_eq!(payment.status.value, OperationStatus::Completed);
        let executed = sandbox.executed().await;
        let times = executed.iter().filter(|it| **it == format!("payment {id}"));
        assert_eq!(times.count(), 1, "{fault}");
    }
}

#[tokio::test]
async fn a_bill_is_paid_or_expires() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.token().await;
    let bills = sandbox.client.bills();
    let bill_id = BillId::parse("b-1").unwrap();
    let expires = datetime!(2026-11-29 12:00 +3);
    let request = BillRequest::payment(bill_id.clone(), amount("1.00"), expires);
    let status = |bill: pantoken_payin::Bill| bill.status.unwrap().value;
    let bill = bills.create(&request).await.unwrap();
    assert_eq!(status(bill), BillStatus::Created);
    let mut payment = token_payment("p-1", &token, "1.00");
    payment.bill_id = Some(bill_id.clone());
    sandbox.client.payments().create(payment).await.unwrap();
    let bill = bills.get(&bill_id).await.unwrap();
    assert_eq!(bill.payments.len(), 1);
    assert_eq!(status(bill), BillStatus::Paid);

    let late_id = BillId::parse("b-2").unwrap();
    let request = BillRequest::payment(late_id, amount("1.00"), expires);
    sandbox.clock.advance(4_000_000_000);
    let bill = bills.create(&request).await.unwrap();
    assert_eq!(status(bill), BillStatus::Expired);
}

#[tokio::test]
async fn what_is_wrong_is_refused_as_the_provider_does() {
    let sandbox = Sandbox::start().await;
    let stranger = client(&sandbox.address, "wrong-key");
    let error = stranger.payments().get(&payment_id("p")).await.unwrap_err();
    let Error::Refused(answer) = &error else {
        panic!("{error:?}");
    };
    assert_eq!((answer.status, &answer.error), (401, &None));
    let error = sandbox.client.payments().get(&payment_id("p")).await;
    assert!(error.unwrap_err().is_not_found());
    let above = BillRequest::payment(
        BillId::parse("b").unwrap(),
        amount("10.01"),
        datetime!(2030-01-01 0:00 +3),
    );
    let error = sandbox.client.bills().create(above).await.unwrap_err();
    assert!(error.api_error().unwrap().cause().contains_key("amount"));
    let token = sandbox.token().await;
    let method = TokenMethod::new(token.token);
    let id = payment_id("p");
    let of_another = PaymentRequest::with_token(id, amount("1.00"), method, "customer-8");
    let error = sandbox.client.payments().create(of_another).await;
    assert_eq!(error.unwrap_err().outcome(), Outcome::Refused);
}

#[tokio::test]
async fn a_notification_says_what_the_api_says_in_its_own_words() {
    let sandbox = Sandbox::start().await;
    sandbox.pay_with_card("p-02", "02/34", "123").await;
    let notifications = sandbox.notifications().await;
    let Some(Hint::Payment(payment)) = notifications[0].hint() else {
        panic!("{notifications:?}");
    };
    assert_eq!(notifications[0].status(), "DECLINE");
    assert_eq!(payment.status.value, OperationStatus::Declined);
    assert!(payment.status.reason.is_some());
    let body = notifications[0].raw().expose();
    assert!(!body.contains(CARD));
    assert!(body.contains(r#""value":10.0"#), "{body}");
}

#[tokio::test]
async fn another_request_with_a_known_id_gets_what_is_stored_or_is_refused() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.token().await;
    let payments = sandbox.client.payments();
    let first = token_payment("p-1", &token, "1.00");
    let other = token_payment("p-1", &token, "2.00");
    payments.create(&first).await.unwrap();
    // The client finds the amount of the first request in the answer.
    let error = payments.create(&other).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    let switch = json!({"strictRepeats": true});
    sandbox.control("POST", "/sandbox/settings", &switch).await;
    let error = payments.create(&other).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Refused);
    payments.create(&first).await.unwrap();
    let executed = sandbox.executed().await;
    assert_eq!(
        executed.iter().filter(|it| **it == "payment p-1").count(),
        1
    );
}

#[tokio::test]
async fn a_paid_bill_takes_no_second_payment() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.token().await;
    let bill_id = BillId::parse("b-1").unwrap();
    let expires = datetime!(2030-01-01 0:00 +3);
    let request = BillRequest::payment(bill_id.clone(), amount("1.00"), expires);
    sandbox.client.bills().create(request).await.unwrap();
    for (id, expected) in [
        ("p-1", OperationStatus::Completed),
        ("p-2", OperationStatus::Declined),
    ] {
        let mut payment = token_payment(id, &token, "1.00");
        payment.bill_id = Some(bill_id.clone());
        let payment = sandbox.client.payments().create(payment).await.unwrap();
        assert_eq!(payment.status.value, expected, "{id}");
    }
}
