//! When notifications are sent: before the answer, and after it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use pantoken_qiwi_pay::{
    CaptureRequest, Notification, Operation, OrderId, PayoutRequest, PayoutTarget, StatusRequest,
    TxnStatus,
};
use pantoken_sandbox::qiwi_pay::NotificationUrl;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};

use super::{Sandbox, amount, key, payment};

/// A merchant that answers notifications when the test lets it.
struct Receiver {
    url: NotificationUrl,
    received: mpsc::UnboundedReceiver<Notification>,
    may_answer: Arc<Semaphore>,
}

type Shared = (mpsc::UnboundedSender<Notification>, Arc<Semaphore>);

async fn take(State((received, may_answer)): State<Shared>, body: Bytes) {
    let notification = Notification::verify(&key(), &body).unwrap();
    received.send(notification).unwrap();
    may_answer.acquire().await.unwrap().forget();
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (sender, received) = mpsc::unbounded_channel();
        let may_answer = Arc::new(Semaphore::new(0));
        let shared: Shared = (sender, may_answer.clone());
        let router = Router::new().route("/", post(take)).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            url: NotificationUrl::parse(&url).unwrap(),
            received,
            may_answer,
        }
    }

    async fn next(&mut self) -> Notification {
        let next = tokio::time::timeout(Duration::from_secs(20), self.received.recv());
        next.await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_payment_is_told_before_it_is_answered_and_the_rest_after_it() {
    let mut receiver = Receiver::start().await;
    let sandbox = Sandbox::notifying(Some(receiver.url.clone())).await;
    let client = sandbox.client.clone();
    let request = payment("o-1", Operation::Auth, "1234");
    let paying = tokio::spawn(async move { client.pay(&request).await });
    let told = receiver.next().await;
    assert_eq!(told.status, TxnStatus::Authorized);
    // The merchant has not answered the notification, so the payment is not answered either.
    assert!(!paying.is_finished());
    receiver.may_answer.add_permits(1);
    let held = paying.await.unwrap().unwrap();
    assert_eq!(held.txn_id, told.txn_id);

    // A capture is answered although the merchant does not answer the notification.
    let capture = CaptureRequest::new(held.txn_id);
    let captured = sandbox.client.capture(&capture).await.unwrap();
    let told = receiver.next().await;
    assert_eq!((told.txn_id, told.status), (held.txn_id, captured.status));
    receiver.may_answer.add_permits(1);

    // So is a payout.
    let card = PayoutTarget::CardToken(held.card_token.unwrap());
    let order = OrderId::parse("p-1").unwrap();
    let payout = PayoutRequest::new(order, amount("1.00"), card);
    let paid = sandbox.client.pay_out(&payout).await.unwrap();
    assert_eq!(receiver.next().await.txn_id, paid.txn_id);
    receiver.may_answer.add_permits(1);
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_stop_its_payment() {
    let mut receiver = Receiver::start().await;
    let sandbox = Sandbox::notifying(Some(receiver.url.clone())).await;
    let client = sandbox.client.clone();
    let request = payment("o-1", Operation::Sale, "1234");
    let paying = tokio::spawn(async move { client.pay(&request).await });
    receiver.next().await;
    paying.abort();
    receiver.may_answer.add_permits(1);
    assert_eq!(sandbox.executed().await, ["sale 10.00"]);

    // Nor while the bank thinks.
    let client = sandbox.client.clone();
    let request = payment("o-2", Operation::Sale, "0334");
    let paying = tokio::spawn(async move { client.pay(&request).await });
    let status = StatusRequest::Order(OrderId::parse("o-2").unwrap());
    let begun = loop {
        match sandbox.client.status(&status).await {
            Ok(mut transactions) => break transactions.remove(0),
            Err(_) => tokio::task::yield_now().await,
        }
    };
    paying.abort();
    sandbox.wait(3_000).await;
    assert_eq!(receiver.next().await.txn_id, begun.txn_id);
    receiver.may_answer.add_permits(1);
}
