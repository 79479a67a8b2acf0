//! What becomes of the money: it is held, captured, reconciled, given back and paid out.

use pantoken_qiwi_pay::{
    CaptureRequest, Operation, OrderId, PayoutRequest, PayoutTarget, ReturnRequest, Source,
    Transaction, TxnStatus, TxnType,
};
use serde_json::json;

use super::{Sandbox, amount, code, payment};

const HOUR: i64 = 3_600_000;

impl Sandbox {
    async fn hold(&self, order: &str) -> Transaction {
        self.pay(order, Operation::Auth, "1234").await.unwrap()
    }
}

#[tokio::test]
async fn a_held_sum_is_captured_after_three_days() {
    let sandbox = Sandbox::start().await;
    let held = sandbox.hold("o-1").await;
    sandbox.wait(71 * HOUR).await;
    assert_eq!(
        sandbox.status(held.txn_id).await[0].status,
        TxnStatus::Authorized
    );
    sandbox.wait(HOUR).await;
    sandbox
        .until_status(held.txn_id, TxnStatus::Reconciled)
        .await;
    assert_eq!(sandbox.executed().await, ["auth 10.00", "capture 10.00"]);
    assert_eq!(sandbox.sent().await.len(), 2);
    let again = sandbox
        .client
        .capture(&CaptureRequest::new(held.txn_id))
        .await;
    assert_eq!(code(again), 8026);
    sandbox.wait(24 * HOUR).await;
    sandbox.until_status(held.txn_id, TxnStatus::Settled).await;
    // Money that is settled can be refunded, and nobody is told that it is.
    let refund = ReturnRequest::refund(held.txn_id, None);
    sandbox.client.give_back(&refund).await.unwrap();
    assert_eq!(sandbox.sent().await.len(), 3);
}

#[tokio::test]
async fn a_sum_that_was_released_is_not_captured() {
    let sandbox = Sandbox::start().await;
    let held = sandbox.hold("o-1").await;
    let part = ReturnRequest::reversal(held.txn_id, Some(amount("4.00")));
    let child = sandbox.client.give_back(&part).await.unwrap();
    assert_ne!(child.txn_id, held.txn_id);
    assert_eq!(child.txn_type, Some(TxnType::Reversal));
    let above = ReturnRequest::reversal(held.txn_id, Some(amount("6.01")));
    assert_eq!(code(sandbox.client.give_back(&above).await), 8020);
    let refund = ReturnRequest::refund(held.txn_id, None);
    assert_eq!(code(sandbox.client.give_back(&refund).await), 8026);
    let rest = ReturnRequest::reversal(held.txn_id, None);
    sandbox.client.give_back(&rest).await.unwrap();
    let capture = sandbox
        .client
        .capture(&CaptureRequest::new(held.txn_id))
        .await;
    assert_eq!(code(capture), 8052);
    sandbox.wait(80 * HOUR).await;
    // The parent keeps its status and its amount, and its children are told beside it.
    let all = sandbox.status(held.txn_id).await;
    assert_eq!((all.len(), all[0].status), (3, TxnStatus::Authorized));
    assert_eq!(all[0].amount, Some(amount("10.00").value()));
    assert_eq!(
        sandbox.executed().await,
        ["auth 10.00", "reversal 4.00", "reversal 6.00"]
    );
    // Nothing of a reversal can be reversed.
    let child = ReturnRequest::reversal(child.txn_id, None);
    assert_eq!(code(sandbox.client.give_back(&child).await), 8027);
}

#[tokio::test]
async fn deferred_money_can_be_reversed_for_a_day() {
    let sandbox = Sandbox::start().await;
    sandbox.set(&json!({"deferred": true})).await;
    let paid = sandbox.pay("o-1", Operation::Sale, "1234").await.unwrap();
    assert_eq!(paid.status, TxnStatus::Captured);
    let refund = ReturnRequest::refund(paid.txn_id, Some(amount("1.00")));
    assert_eq!(code(sandbox.client.give_back(&refund).await), 8026);
    let reversal = ReturnRequest::reversal(paid.txn_id, Some(amount("1.00")));
    sandbox.client.give_back(&reversal).await.unwrap();
    sandbox.wait(24 * HOUR).await;
    sandbox
        .until_status(paid.txn_id, TxnStatus::Reconciled)
        .await;
    assert_eq!(code(sandbox.client.give_back(&reversal).await), 8026);
    sandbox.client.give_back(&refund).await.unwrap();
    sandbox.wait(24 * HOUR).await;
    sandbox.until_status(paid.txn_id, TxnStatus::Settled).await;
    assert_eq!(
        sandbox.executed().await,
        ["sale 10.00", "reversal 1.00", "refund 1.00"]
    );
}

#[tokio::test]
async fn a_payout_takes_no_more_than_its_deal_has() {
    let sandbox = Sandbox::start().await;
    let held = sandbox.hold("o-1").await;
    let card = PayoutTarget::CardToken(held.card_token.clone().unwrap());
    let payout = |order: &str, sum: &str| {
        let order = OrderId::parse(order).unwrap();
        let mut request = PayoutRequest::new(order, amount(sum), card.clone());
        request.deal_txn_id = Some(held.txn_id);
        request
    };
    let early = sandbox.client.pay_out(&payout("p-1", "3.00")).await;
    assert_eq!(code(early), 8026);
    let captured = sandbox
        .client
        .capture(&CaptureRequest::new(held.txn_id))
        .await;
    captured.unwrap();
    let paid = sandbox
        .client
        .pay_out(&payout("p-2", "7.00"))
        .await
        .unwrap();
    assert_eq!(paid.txn_type, Some(TxnType::Payout));
    assert!(paid.status.is_completed());
    let above = sandbox.client.pay_out(&payout("p-3", "3.01")).await;
    assert_eq!(code(above), 8060);
    let refund = ReturnRequest::refund(held.txn_id, None);
    assert_eq!(code(sandbox.client.give_back(&refund).await), 8026);
    // The payout is told with the deal, and by its own number.
    assert_eq!(sandbox.status(held.txn_id).await.len(), 2);
    let own = sandbox.status(paid.txn_id).await;
    assert_eq!((own.len(), own[0].order_id.as_deref()), (1, Some("p-2")));
    let mut unknown = payout("p-4", "1.00");
    unknown.deal_txn_id = Some(pantoken_qiwi_pay::TxnId::new(1));
    assert_eq!(code(sandbox.client.pay_out(&unknown).await), 8022);
    assert_eq!(
        sandbox.executed().await,
        ["auth 10.00", "capture 10.00", "payout 7.00"]
    );
}

#[tokio::test]
async fn test_mode_has_limits() {
    let sandbox = Sandbox::start().await;
    sandbox.set(&json!({"dailyOperations": 2})).await;
    let mut large = payment("o-1", Operation::Sale, "1234");
    large.amount = amount("10.01");
    assert_eq!(code(sandbox.client.pay(&large).await), 8070);
    // What is above the limit of the amount does not count, and what the bank declines does.
    assert_eq!(
        code(sandbox.pay("o-1", Operation::Sale, "0234").await),
        8160
    );
    sandbox.pay("o-1", Operation::Sale, "1234").await.unwrap();
    assert_eq!(
        code(sandbox.pay("o-2", Operation::Sale, "1234").await),
        8069
    );
    sandbox.wait(24 * HOUR).await;
    sandbox.pay("o-2", Operation::Sale, "1234").await.unwrap();
    large.amount = pantoken_qiwi_pay::Amount::parse("10.00", "USD").unwrap();
    assert_eq!(code(sandbox.client.pay(&large).await), 8059);
}

#[tokio::test]
async fn a_site_can_be_set_up_without_tokens_and_with_few_operations() {
    let sandbox = Sandbox::start().await;
    sandbox.set(&json!({"tokens": false})).await;
    let paid = sandbox.pay("o-1", Operation::Sale, "1234").await.unwrap();
    assert_eq!(paid.card_token, None);
    sandbox
        .set(&json!({"tokens": true, "opcodes": [1, 30]}))
        .await;
    let paid = sandbox.pay("o-2", Operation::Sale, "1234").await.unwrap();
    let token = Source::CardToken(paid.card_token.unwrap());
    let refund = ReturnRequest::refund(paid.txn_id, None);
    assert_eq!(code(sandbox.client.give_back(&refund).await), 8025);
    let mut by_token = payment("o-3", Operation::Sale, "1234");
    by_token.source = token;
    assert!(sandbox.client.pay(&by_token).await.is_ok());
}
