//! 3-D Secure of payments through the API.

use pantoken_qiwi_pay::{Error, Finish3dsRequest, Operation, Transaction, TxnStatus};

use super::{Sandbox, code, payment};

const CONFIRMED: &str = "Y29uZmlybWVk+/==";
const MINUTE: i64 = 60_000;

impl Sandbox {
    /// Begins a payment that asks for 3-D Secure.
    async fn begin(&self, order: &str, operation: Operation, expiry: &str) -> Transaction {
        let mut request = payment(order, operation, expiry);
        request.card_name = Some("unknown name".to_owned());
        let begun = self.client.pay(&request).await.unwrap();
        assert_eq!(begun.status, TxnStatus::Init);
        begun
    }

    async fn finish(&self, begun: &Transaction, pares: &str) -> Result<Transaction, Error> {
        let request = Finish3dsRequest::new(begun.txn_id, pares);
        self.client.finish_3ds(&request).await
    }
}

#[tokio::test]
async fn a_payment_waits_for_the_customer() {
    let sandbox = Sandbox::start().await;
    for (order, operation, status) in [
        ("o-1", Operation::Sale, TxnStatus::Reconciled),
        ("o-2", Operation::Auth, TxnStatus::Authorized),
    ] {
        let begun = sandbox.begin(order, operation, "1234").await;
        let three_ds = begun.three_ds.clone().unwrap();
        assert_eq!(three_ds.acs_url, format!("http://{}/acs", sandbox.address));
        assert!(three_ds.pareq.contains('+') && three_ds.pareq.ends_with('='));
        // The order is being paid.
        let again = sandbox.pay(order, operation, "1234").await;
        assert_eq!(code(again), 8056);
        let finished = sandbox.finish(&begun, CONFIRMED).await.unwrap();
        assert_eq!((finished.txn_id, finished.status), (begun.txn_id, status));
        assert!(finished.card_token.is_some());
        assert_eq!(code(sandbox.finish(&begun, CONFIRMED).await), 8026);
    }
    assert_eq!(sandbox.executed().await, ["sale 10.00", "auth 10.00"]);
}

#[tokio::test]
async fn a_customer_who_is_not_authenticated_does_not_pay() {
    let sandbox = Sandbox::start().await;
    for (order, expiry, pares, expected) in [
        ("o-1", "1234", "failed", 8151),
        ("o-2", "0234", CONFIRMED, 8160),
    ] {
        let begun = sandbox.begin(order, Operation::Sale, expiry).await;
        assert_eq!(code(sandbox.finish(&begun, pares).await), expected);
        let status = sandbox.status(begun.txn_id).await.remove(0).status;
        assert_eq!(status, TxnStatus::Declined);
    }
    assert!(sandbox.executed().await.is_empty());
}

#[tokio::test]
async fn a_payment_that_nobody_authenticates_in_time_is_declined_and_told() {
    let sandbox = Sandbox::start().await;
    let begun = sandbox.begin("o-1", Operation::Sale, "1234").await;
    sandbox.wait(15 * MINUTE + 1_000).await;
    sandbox
        .until_status(begun.txn_id, TxnStatus::Declined)
        .await;
    assert_eq!(code(sandbox.finish(&begun, CONFIRMED).await), 8023);
    let sent = sandbox.sent().await;
    assert!(
        sent[0]["body"]
            .as_str()
            .unwrap()
            .contains("\"error_code\":8023")
    );
    // The order can be paid now.
    sandbox.pay("o-1", Operation::Sale, "1234").await.unwrap();
    assert_eq!(sandbox.executed().await, ["sale 10.00"]);
}
