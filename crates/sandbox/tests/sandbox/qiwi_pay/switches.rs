//! How a site can be set up, and what the stand-in then does with documents, safe deals and cards.

use pantoken_qiwi_pay::{
    Amount, AviaData, AviaSignature, CaptureRequest, ChequeType, DealParts, Notification,
    Operation, PaymentMethod, PaymentSubject, Position, Receipt, ReturnRequest, Segment, Tax,
    TaxSystem, Ticket, Transaction, TxnStatus,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Sandbox, amount, code, key, payment};

const HOUR: i64 = 3_600_000;

impl Sandbox {
    /// Holds a deal of 10.00.
    async fn deal(
        &self,
        order: &str,
        parts: &str,
    ) -> Result<Transaction, pantoken_qiwi_pay::Error> {
        let mut request = payment(order, Operation::Auth, "1234");
        request.details.cf2 = Some(parts.to_owned());
        self.client.pay(&request).await
    }

    async fn last_executed(&self) -> Value {
        let mut answer = self.call("/sandbox/executed", None).await;
        answer["executed"].as_array_mut().unwrap().pop().unwrap()
    }
}

#[tokio::test]
async fn a_notification_writes_its_amount_in_each_style() {
    let sandbox = Sandbox::start().await;
    sandbox.set(&json!({"largestAmount": "2000.00"})).await;
    for (index, (style, sum, written)) in [
        ("text", "1856.00", r#""amount":"1856.00""#),
        ("number", "1856.00", r#""amount":1856.00,"#),
        ("short-number", "1856.00", r#""amount":1856,"#),
        ("short-number", "9.50", r#""amount":9.5,"#),
        (
            "short-number-signed-in-full",
            "1856.00",
            r#""amount":1856,"#,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        sandbox.set(&json!({"notificationAmount": style})).await;
        let mut request = payment(&format!("o-{index}"), Operation::Sale, "1234");
        request.amount = amount(sum);
        sandbox.client.pay(&request).await.unwrap();
        let sent = sandbox.sent().await.pop().unwrap();
        let body = sent["body"].as_str().unwrap();
        assert!(body.contains(written), "{style}: {body}");
        let notification = Notification::verify(&key(), body.as_bytes()).unwrap();
        assert_eq!(notification.amount, amount(sum).value(), "{style}");
    }
}

#[tokio::test]
async fn a_deal_is_held_for_five_days_and_then_captured_or_cancelled() {
    for (after, executed) in [
        ("captured", ["auth 10.00", "capture 10.00"]),
        ("cancelled", ["auth 10.00", "reversal 10.00"]),
    ] {
        let sandbox = Sandbox::start().await;
        sandbox.set(&json!({"safeDeals": after})).await;
        let held = sandbox.deal("o-1", "7.00;3.00").await.unwrap();
        sandbox.wait(119 * HOUR).await;
        let status = sandbox.status(held.txn_id).await.remove(0).status;
        assert_eq!(status, TxnStatus::Authorized, "{after}");
        assert_eq!(sandbox.executed().await, ["auth 10.00"]);
        sandbox.wait(HOUR).await;
        while sandbox.executed().await.len() < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(sandbox.executed().await, executed);
    }
}

#[tokio::test]
async fn the_parts_of_a_deal_add_up_at_each_step() {
    let sandbox = Sandbox::start().await;
    sandbox.set(&json!({"safeDeals": "captured"})).await;
    assert_eq!(code(sandbox.deal("o-1", "7.00;2.99").await), 8019);
    assert_eq!(code(sandbox.deal("o-1", "my own text").await), 8019);
    let held = sandbox.deal("o-1", "7.00;3.00").await.unwrap();
    let mut part = ReturnRequest::reversal(held.txn_id, Some(amount("4.00")));
    assert_eq!(code(sandbox.client.give_back(&part).await), 8019);
    part.deal = Some(DealParts::parse("3.00;1.00", &amount("4.00")).unwrap());
    sandbox.client.give_back(&part).await.unwrap();
    assert_eq!(sandbox.last_executed().await["cf2"], "3.00;1.00");
    // A payment without parts is none.
    sandbox.pay("o-2", Operation::Sale, "1234").await.unwrap();
}

#[tokio::test]
async fn a_deal_for_a_wallet_names_it_twice_and_is_not_refunded() {
    let sandbox = Sandbox::start().await;
    sandbox.set(&json!({"safeDeals": "captured"})).await;
    let mut request = payment("o-1", Operation::Auth, "1234");
    request.details.cf1 = Some("79111111111".to_owned());
    request.details.cf2 = Some("7.00;3.00".to_owned());
    let held = sandbox.client.pay(&request).await.unwrap();
    let mut capture = CaptureRequest::new(held.txn_id);
    assert_eq!(code(sandbox.client.capture(&capture).await), 8019);
    capture.cf1 = Some("79111111111".to_owned());
    sandbox.client.capture(&capture).await.unwrap();
    let mut refund = ReturnRequest::refund(held.txn_id, None);
    refund.deal = Some(DealParts::parse("7.00;3.00", &amount("10.00")).unwrap());
    assert_eq!(code(sandbox.client.give_back(&refund).await), 8026);
}

#[tokio::test]
async fn a_card_is_locked_while_a_payment_with_it_is_under_way() {
    let sandbox = Sandbox::start().await;
    let begin = |order: &str| {
        let mut request = payment(order, Operation::Sale, "1234");
        request.card_name = Some("unknown name".to_owned());
        request
    };
    // Unless the site locks cards, nothing is locked.
    sandbox.client.pay(&begin("o-1")).await.unwrap();
    sandbox.client.pay(&begin("o-2")).await.unwrap();
    sandbox.set(&json!({"cardLock": true})).await;
    assert_eq!(
        code(sandbox.pay("o-3", Operation::Sale, "1234").await),
        8057
    );
    // The others are declined after their time for 3-D Secure.
    sandbox.wait(16 * 60_000).await;
    loop {
        match sandbox.pay("o-3", Operation::Sale, "1234").await {
            Ok(paid) => break assert!(paid.status.is_completed()),
            locked => assert_eq!(code(locked), 8057),
        }
    }
}

#[tokio::test]
async fn a_site_that_is_not_activated_is_refused() {
    let sandbox = Sandbox::start().await;
    sandbox.set(&json!({"activated": false})).await;
    assert_eq!(
        code(sandbox.pay("o-1", Operation::Sale, "1234").await),
        8051
    );
    sandbox.set(&json!({"activated": true})).await;
    sandbox.pay("o-1", Operation::Sale, "1234").await.unwrap();
}

#[tokio::test]
async fn the_limits_of_test_mode_come_before_the_order() {
    let sandbox = Sandbox::start().await;
    sandbox.set(&json!({"dailyOperations": 1})).await;
    sandbox.pay("o-1", Operation::Sale, "1234").await.unwrap();
    assert_eq!(
        code(sandbox.pay("o-1", Operation::Sale, "1234").await),
        8069
    );
    sandbox.set(&json!({"dailyOperations": 2})).await;
    assert_eq!(
        code(sandbox.pay("o-1", Operation::Sale, "1234").await),
        8055
    );
}

/// The receipt that the provider publishes, whose total is 1145.88.
const PUBLISHED: &str = "eJylj0FqwzAQRfc5hdDapJacLNpV71GKUaUpUbEkxxpDTQi05CbJBUK7LPQM8o0qKTSmlKyymcV7mq8/mxkh1EPTQFdrRckdqRivSsaWvCySkytY91Dj0EKy7AR7j87EFeksConJ0Gfn7pUzQts5Normhyheaz94BDMtt85r1M76hB4iIWSTZ3TrXljUOCTFi1/adlrm3yvO57eLM4/piU5AgZedblN6rhT24Tt8hOP4dhMO43v4GnfhMxwJo1O2GAxYrA3gyqlzyz/O908vcLqSZbctLtdm/2svy/L6zvzaznE+zrY/sHaTsw==";

fn receipt(price: &str) -> (Receipt, Amount) {
    let receipt = Receipt {
        seller_id: "3123011520".to_owned(),
        cheque_type: ChequeType::Income,
        customer_contact: "foo@domain.tld".to_owned(),
        tax_system: TaxSystem::General,
        positions: vec![Position {
            quantity: Decimal::ONE,
            price: amount(price).value(),
            tax: Tax::None,
            description: "Билет".to_owned(),
            payment_method: Some(PaymentMethod::FullSettlement),
            payment_subject: Some(PaymentSubject::Service),
        }],
    };
    (receipt, amount(price))
}

#[tokio::test]
async fn a_receipt_is_of_the_sum_that_moves() {
    let sandbox = Sandbox::start().await;
    sandbox.set(&json!({"largestAmount": "2000.00"})).await;
    let published = Receipt::decode(PUBLISHED).unwrap();
    let mut request = payment("o-1", Operation::Auth, "1234");
    request.amount = amount("1145.88");
    request.receipt = Some(published.clone());
    let held = sandbox.client.pay(&request).await.unwrap();
    let cheque = sandbox.last_executed().await["cheque"].take();
    assert_eq!(Receipt::decode(cheque.as_str().unwrap()), Ok(published));

    let mut capture = CaptureRequest::new(held.txn_id);
    capture.receipt = Some(receipt("1145.87"));
    assert_eq!(code(sandbox.client.capture(&capture).await), 8019);
    capture.receipt = Some(receipt("1145.88"));
    sandbox.client.capture(&capture).await.unwrap();
    let mut refund = ReturnRequest::refund(held.txn_id, Some(amount("4.00")));
    refund.receipt = Some(receipt("4.01"));
    assert_eq!(code(sandbox.client.give_back(&refund).await), 8019);
    refund.receipt = Some(receipt("4.00"));
    sandbox.client.give_back(&refund).await.unwrap();
    let cheque = sandbox.last_executed().await["cheque"].take();
    assert_eq!(
        Receipt::decode(cheque.as_str().unwrap()).unwrap(),
        receipt("4.00").0
    );
}

fn avia(signature: AviaSignature) -> AviaData {
    let segment = Segment {
        amount: Decimal::new(1_000, 2),
        service_class: "Y".to_owned(),
        fare_basis_code: "YOW".to_owned(),
        dest_city: "LED".to_owned(),
        carrier_code: "SU".to_owned(),
        stopover_code: "O".to_owned(),
        departure_date: OffsetDateTime::UNIX_EPOCH,
        flight_number: "42".to_owned(),
    };
    let ticket = Ticket {
        number: "5552100123456".to_owned(),
        passenger_name: "IVANOV IVAN".to_owned(),
        amount: Decimal::new(1_000, 2),
        amount_total: Decimal::new(1_100, 2),
        restricted: true,
        agency_code: "12345".to_owned(),
        agency_name: "AGENCY".to_owned(),
        airport_code: "SVO".to_owned(),
        segments: vec![segment],
    };
    AviaData::new(vec![ticket], signature)
}

#[tokio::test]
async fn data_of_tickets_is_signed_or_not_as_the_site_is_set_up() {
    let sandbox = Sandbox::start().await;
    for (index, is_signed) in [false, true].into_iter().enumerate() {
        sandbox.set(&json!({"signedIndustryData": is_signed})).await;
        let (right, wrong) = match is_signed {
            true => (AviaSignature::CompactJson, AviaSignature::Omitted),
            false => (AviaSignature::Omitted, AviaSignature::CompactJson),
        };
        let mut request = payment(&format!("o-{index}"), Operation::Auth, "1234");
        request.avia = Some(avia(wrong));
        assert_eq!(code(sandbox.client.pay(&request).await), 8054);
        request.avia = Some(avia(right));
        let held = sandbox.client.pay(&request).await.unwrap();
        let executed = sandbox.last_executed().await;
        assert_eq!(
            executed["industry_data"]["tickets"][0]["number"],
            "5552100123456"
        );
        let mut capture = CaptureRequest::new(held.txn_id);
        capture.avia = Some(avia(right));
        sandbox.client.capture(&capture).await.unwrap();
    }
}
