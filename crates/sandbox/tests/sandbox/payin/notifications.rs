//! Notifications that are sent, and what goes wrong with them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use pantoken_payin::{
    BillId, BillRequest, CaptureId, CaptureRequest, Notification, NotificationError,
    NotificationKind, OperationStatus, RefundId, RefundRequest,
};
use serde_json::{Value, json};
use time::macros::datetime;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::{CARD, Sandbox, amount, notification_key, payment_id, token_payment};

type Received = Result<Notification, NotificationError>;

/// A merchant that answers notifications as it is told, and otherwise 200.
struct Receiver {
    url: String,
    answers: Arc<Mutex<VecDeque<u16>>>,
    received: mpsc::UnboundedReceiver<Received>,
}

#[derive(Clone)]
struct Shared {
    answers: Arc<Mutex<VecDeque<u16>>>,
    received: mpsc::UnboundedSender<Received>,
}

async fn take(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()));
    let received = Notification::verify(&notification_key(), headers, &body);
    shared.received.send(received).unwrap();
    let answer = shared.answers.lock().unwrap().pop_front();
    StatusCode::from_u16(answer.unwrap_or(200)).unwrap()
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let answers: Arc<Mutex<VecDeque<u16>>> = Arc::default();
        let (sender, received) = mpsc::unbounded_channel();
        let shared = Shared {
            answers: answers.clone(),
            received: sender,
        };
        let router = Router::new().route("/", post(take)).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            url,
            answers,
            received,
        }
    }

    fn answer(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    async fn next(&mut self) -> Received {
        let next = tokio::time::timeout(Duration::from_secs(20), self.received.recv());
        next.await.unwrap().unwrap()
    }

    async fn next_key(&mut self) -> String {
        self.next().await.unwrap().deduplication_key()
    }
}

impl Sandbox {
    /// Pays 10.00 without capturing it.
    async fn hold(&self, id: &str) {
        let token = self.token().await;
        let request = token_payment(id, &token, "10.00").hold();
        self.client.payments().create(request).await.unwrap();
    }

    /// Returns the notification of this index once it is sent no more, or so many attempts were made.
    async fn sent(&self, index: usize, attempts: usize) -> Value {
        loop {
            let path = "/sandbox/notifications";
            let answer = self.control("GET", path, &Value::Null).await;
            let sent = &answer["notifications"][index];
            let made = sent["attempts"].as_array().map_or(0, Vec::len);
            if made >= attempts || sent["isPending"] == false {
                return sent.clone();
            }
            tokio::task::yield_now().await;
        }
    }

    async fn set_faults(&self, faults: &Value) {
        self.control("POST", "/sandbox/faults", faults).await;
    }

    async fn move_clock(&self, milliseconds: i64) {
        let by = json!({"milliseconds": milliseconds});
        self.control("POST", "/sandbox/clock", &by).await;
    }
}

#[tokio::test]
async fn a_notification_is_sent_until_it_is_answered_200() {
    let mut receiver = Receiver::start().await;
    let sandbox = Sandbox::notifying(&receiver.url).await;
    receiver.answer(&[500, 302, 204, 404, 503]);
    sandbox.pay_with_card("p-1", "12/34", "123").await;
    for (attempt, wait) in [5_000, 60_000, 300_000, 300_000, 300_000]
        .into_iter()
        .enumerate()
    {
        assert_eq!(receiver.next_key().await, "PAYMENT|p-1|SUCCESS");
        let sent = sandbox.sent(0, attempt + 1).await;
        assert_eq!(sent["isPending"], true, "{attempt}: {sent}");
        sandbox.move_clock(wait - 1).await;
        assert!(receiver.received.try_recv().is_err(), "{attempt}");
        sandbox.move_clock(1).await;
    }
    assert_eq!(receiver.next_key().await, "PAYMENT|p-1|SUCCESS");
    let sent = sandbox.sent(0, usize::MAX).await;
    let statuses = sent["attempts"].as_array().unwrap().iter();
    let statuses: Vec<_> = statuses.map(|it| it["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [500, 302, 204, 404, 503, 200]);
}

#[tokio::test]
async fn each_object_is_told_at_its_own_address_or_its_bills_or_the_sites() {
    let mut site = Receiver::start().await;
    let mut bill = Receiver::start().await;
    let mut own = Receiver::start().await;
    let sandbox = Sandbox::notifying(&site.url).await;
    let token = sandbox.token().await;
    assert_eq!(site.next_key().await, "CHECK_CARD|check-1|SUCCESS");

    let bill_id = BillId::parse("b-1").unwrap();
    let expires = datetime!(2030-01-01 0:00 +3);
    let mut request = BillRequest::payment(bill_id, amount("1.00"), expires);
    let name = "invoice_callback_url".to_owned();
    request.custom_fields.insert(name, bill.url.clone());
    sandbox.client.bills().create(request).await.unwrap();
    let card = json!({"pan": CARD, "expiryDate": "12/34", "cvv2": "123"});
    let path = "/sandbox/bills/b-1/card";
    let payment = sandbox.control("POST", path, &card).await;
    let id = payment["paymentId"].as_str().unwrap();
    assert_eq!(bill.next_key().await, format!("PAYMENT|{id}|SUCCESS"));

    let mut payment = token_payment("p-1", &token, "5.00").hold();
    payment.callback_url = Some(own.url.clone());
    sandbox.client.payments().create(payment).await.unwrap();
    assert_eq!(own.next_key().await, "PAYMENT|p-1|SUCCESS");
    let capture = CaptureRequest::new(payment_id("p-1"), CaptureId::parse("c-1").unwrap());
    sandbox.client.captures().create(capture).await.unwrap();
    assert_eq!(own.next_key().await, "CAPTURE|c-1|SUCCESS");
    let refund_id = RefundId::parse("r-1").unwrap();
    let mut refund = RefundRequest::new(payment_id("p-1"), refund_id, amount("1.00"));
    refund.callback_url = Some(site.url.clone());
    sandbox.client.refunds().create(refund).await.unwrap();
    assert_eq!(site.next_key().await, "REFUND|r-1|SUCCESS");
}

#[tokio::test]
async fn a_slow_outcome_is_told_without_being_asked_for() {
    let mut receiver = Receiver::start().await;
    let sandbox = Sandbox::notifying(&receiver.url).await;
    let payment = sandbox.pay_with_card("p-1", "04/34", "123").await;
    assert_eq!(payment.status.value, OperationStatus::Waiting);
    sandbox.move_clock(3_000).await;
    assert_eq!(receiver.next_key().await, "PAYMENT|p-1|DECLINE");
}

#[tokio::test]
async fn three_d_secure_that_nobody_finishes_is_declined() {
    let mut receiver = Receiver::start().await;
    let sandbox = Sandbox::notifying(&receiver.url).await;
    sandbox.pay_with_card("p-1", "12/34", "849").await;
    sandbox.move_clock(15 * 60 * 1_000).await;
    assert_eq!(receiver.next_key().await, "PAYMENT|p-1|DECLINE");
    let payments = sandbox.client.payments();
    let payment = payments.get(&payment_id("p-1")).await.unwrap();
    let reason = payment.status.reason.unwrap();
    assert_eq!(reason.as_str(), "PAYMENT_EXPIRED_3DS");
}

#[tokio::test]
async fn a_hold_captures_itself_after_72_hours() {
    let sandbox = Sandbox::start().await;
    sandbox.hold("p-1").await;
    let hours = 60 * 60 * 1_000;
    for (wait, captured) in [(0, 0), (71 * hours, 0), (hours, 1_000)] {
        sandbox.move_clock(wait).await;
        // The clock wakes the task that captures, which then has to run.
        let payment = loop {
            let payments = sandbox.client.payments();
            let payment = payments.get(&payment_id("p-1")).await.unwrap();
            let sum = payment.captured_amount.as_ref().unwrap().minor_units();
            if captured == 0 || sum == Some(captured) {
                break payment;
            }
        };
        let sum = payment.captured_amount.unwrap().minor_units();
        assert_eq!(sum, Some(captured), "{wait}");
    }
}

#[tokio::test]
async fn a_fault_changes_the_next_notification() {
    let mut receiver = Receiver::start().await;
    let sandbox = Sandbox::notifying(&receiver.url).await;
    let fault = |name: &str| json!([{"fault": name}]);

    sandbox.set_faults(&fault("notification-repeated")).await;
    sandbox.pay_with_card("p-1", "12/34", "123").await;
    for _ in 0..3 {
        assert_eq!(receiver.next_key().await, "PAYMENT|p-1|SUCCESS");
    }

    sandbox.set_faults(&fault("notification-lost")).await;
    sandbox.pay_with_card("p-2", "12/34", "123").await;
    let lost = sandbox.sent(1, 1).await;
    assert_eq!(lost["attempts"], json!([]));

    sandbox.set_faults(&fault("notification-reordered")).await;
    sandbox.pay_with_card("p-3", "12/34", "123").await;
    sandbox.pay_with_card("p-4", "12/34", "123").await;
    assert_eq!(receiver.next_key().await, "PAYMENT|p-4|SUCCESS");
    assert_eq!(receiver.next_key().await, "PAYMENT|p-3|SUCCESS");

    sandbox
        .set_faults(&fault("notification-wrong-signature"))
        .await;
    sandbox.pay_with_card("p-5", "12/34", "123").await;
    assert_eq!(
        receiver.next().await.err(),
        Some(NotificationError::WrongSignature)
    );

    sandbox
        .set_faults(&fault("notification-other-status"))
        .await;
    sandbox.pay_with_card("p-6", "12/34", "123").await;
    assert_eq!(receiver.next_key().await, "PAYMENT|p-6|DECLINE");

    sandbox
        .set_faults(&fault("notification-unknown-type"))
        .await;
    sandbox.pay_with_card("p-7", "12/34", "123").await;
    let kind = NotificationKind::Other("CHARGEBACK".to_owned());
    let expected = NotificationError::UnknownKind(kind);
    assert_eq!(receiver.next().await.err(), Some(expected));

    let late = json!([{"fault": "notification-late", "milliseconds": 1_000}]);
    sandbox.set_faults(&late).await;
    sandbox.pay_with_card("p-8", "12/34", "123").await;
    sandbox.pay_with_card("p-9", "12/34", "123").await;
    assert_eq!(receiver.next_key().await, "PAYMENT|p-9|SUCCESS");
    assert!(receiver.received.try_recv().is_err());
    sandbox.move_clock(1_000).await;
    assert_eq!(receiver.next_key().await, "PAYMENT|p-8|SUCCESS");
}
