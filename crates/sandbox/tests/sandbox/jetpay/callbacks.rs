//! Callbacks that are sent, and what is unusual in them.

use pantoken_jetpay::{
    Body, CallbackContent, CallbackError, LineOrder, NumberText, Phase, SignatureError,
};
use serde_json::{Value, json};

use super::merchant::Merchant;
use super::{Sandbox, payout};

impl Sandbox {
    /// Returns the callback of this index once it is sent no more, or so many attempts were made.
    async fn sent(&self, index: usize, attempts: usize) -> Value {
        loop {
            let answer = self
                .control("GET", "/sandbox/callbacks", &Value::Null)
                .await;
            let sent = &answer["callbacks"][index];
            let made = sent["attempts"].as_array().map_or(0, Vec::len);
            if made >= attempts || sent["isPending"] == false {
                return sent.clone();
            }
            tokio::task::yield_now().await;
        }
    }

    /// Makes a deposit whose callback has this fault.
    async fn deposit_with(&self, fault: &str) {
        self.set_faults(&json!([{"fault": fault}])).await;
        self.deposit("user-7", "success").await;
    }
}

#[tokio::test]
async fn a_callback_is_sent_until_it_is_answered_200() {
    let mut merchant = Merchant::start().await;
    let sandbox = Sandbox::of(&merchant).await;
    merchant.answer_callbacks(&[500, 302, 204, 404, 503, 400, 500]);
    sandbox.deposit("user-7", "success").await;
    for (attempt, wait) in [10_000, 10_000, 10_000, 10_000, 10_000, 10_000, 84_000]
        .into_iter()
        .enumerate()
    {
        assert_eq!(merchant.next_payment().await.id, "deposit-1");
        let sent = sandbox.sent(0, attempt + 1).await;
        assert_eq!(sent["isPending"], true, "{attempt}: {sent}");
        sandbox.move_clock(wait - 1).await;
        assert!(merchant.has_heard_nothing(), "{attempt}");
        sandbox.move_clock(1).await;
    }
    merchant.next_payment().await;
    let sent = sandbox.sent(0, usize::MAX).await;
    let statuses = sent["attempts"].as_array().unwrap().iter();
    let statuses: Vec<_> = statuses.map(|it| it["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [500, 302, 204, 404, 503, 400, 500, 200]);
}

#[tokio::test]
async fn a_callback_is_doubled_reordered_late_or_lost() {
    let mut merchant = Merchant::start().await;
    let sandbox = Sandbox::of(&merchant).await;
    let repeated = json!([{"fault": "callback-repeated", "times": 2}]);
    sandbox.set_faults(&repeated).await;
    sandbox.deposit("user-7", "success").await;
    for _ in 0..2 {
        assert_eq!(merchant.next_payment().await.id, "deposit-1");
    }
    sandbox.deposit_with("callback-lost").await;
    assert_eq!(sandbox.sent(1, 1).await["attempts"], json!([]));
    sandbox.deposit_with("callback-reordered").await;
    sandbox.deposit("user-7", "success").await;
    assert_eq!(merchant.next_payment().await.id, "deposit-4");
    assert_eq!(merchant.next_payment().await.id, "deposit-3");
    let late = json!([{"fault": "callback-late", "milliseconds": 1_000}]);
    sandbox.set_faults(&late).await;
    sandbox.deposit("user-7", "success").await;
    sandbox.deposit("user-7", "success").await;
    assert_eq!(merchant.next_payment().await.id, "deposit-6");
    assert!(merchant.has_heard_nothing());
    sandbox.move_clock(1_000).await;
    assert_eq!(merchant.next_payment().await.id, "deposit-5");
}

#[tokio::test]
async fn what_is_unusual_in_a_callback_is_signed() {
    let mut merchant = Merchant::start().await;
    let sandbox = Sandbox::of(&merchant).await;

    sandbox.deposit_with("callback-wrong-signature").await;
    let (refused, _) = merchant.next_callback().await;
    let wrong = CallbackError::Signature(SignatureError::Wrong);
    assert_eq!(refused.unwrap_err(), wrong);

    sandbox.deposit_with("callback-signature-in-general").await;
    assert_eq!(merchant.next_payment().await.phase(), Phase::Succeeded);

    sandbox.deposit_with("callback-signature-with-blanks").await;
    let (_, text) = merchant.next_callback().await;
    let mut body: Value = serde_json::from_str(&text).unwrap();
    let signature = body["signature"].as_str().unwrap();
    assert!(!signature.contains('+'), "{text}");
    body["signature"] = json!(signature.replace(' ', "+"));
    let body = Body::parse(body.to_string().as_bytes()).unwrap();
    assert!(super::key().verify(&body).is_ok(), "{text}");

    sandbox.deposit_with("callback-sorted-by-bytes").await;
    let (callback, _) = merchant.next_callback().await;
    assert_eq!(callback.unwrap().variant.order, LineOrder::Bytes);

    sandbox.deposit_with("callback-float-sum").await;
    let (callback, text) = merchant.next_callback().await;
    let callback = callback.unwrap();
    assert_eq!(callback.variant.numbers, NumberText::Php);
    let CallbackContent::Payment(payment) = callback.content else {
        panic!("{text}");
    };
    assert!(text.contains("200000.0"), "{text}");
    assert_eq!(payment.sum.unwrap().minor_units(), 200_000);

    sandbox.deposit_with("callback-without-account").await;
    assert_eq!(merchant.next_payment().await.account_number, None);
    sandbox.deposit_with("callback-without-customer").await;
    assert_eq!(merchant.next_payment().await.customer_id, None);
    sandbox.deposit_with("callback-without-sum").await;
    assert_eq!(merchant.next_payment().await.sum, None);
    sandbox.deposit_with("callback-other-sum").await;
    let sum = merchant.next_payment().await.sum.unwrap();
    assert_eq!(sum.minor_units(), 400_000);
    sandbox.deposit_with("callback-other-currency").await;
    let sum = merchant.next_payment().await.sum.unwrap();
    assert_eq!(sum.currency().as_str(), "RUB");

    sandbox.deposit_with("callback-without-operation").await;
    let (refused, _) = merchant.next_callback().await;
    assert!(matches!(refused, Err(CallbackError::Unreadable(_))));

    sandbox.deposit_with("callback-unknown-payment").await;
    let id = merchant.next_payment().await.id;
    assert!(id.starts_with("unknown-deposit-"), "{id}");

    sandbox.deposit_with("callback-unknown-decline").await;
    let both = [merchant.next_payment().await, merchant.next_payment().await];
    let mut phases = both.map(|payment| (payment.id.starts_with("unknown-"), payment.phase()));
    phases.sort_by_key(|(is_unknown, _)| *is_unknown);
    assert_eq!(phases, [(false, Phase::Succeeded), (true, Phase::Failed)]);

    sandbox.deposit_with("callback-many-operations").await;
    assert_eq!(merchant.next_payment().await.operations.len(), 13);

    for (fault, written, read) in [
        (
            "callback-kazakh-letters",
            r"\u04d8сел Қонаева",
            "Әсел Қонаева",
        ),
        (
            "callback-escaped-slashes",
            r"https:\/\/shop.example",
            "https://shop.example",
        ),
    ] {
        sandbox.deposit_with(fault).await;
        let (callback, text) = merchant.next_callback().await;
        assert!(text.contains(written), "{text}");
        let CallbackContent::Payment(payment) = callback.unwrap().content else {
            panic!("{text}");
        };
        assert!(payment.description.unwrap().starts_with(read));
    }
}

#[tokio::test]
async fn any_body_can_be_sent_with_a_signature_that_holds() {
    let mut merchant = Merchant::start().await;
    let sandbox = Sandbox::of(&merchant).await;
    let body = json!({"project_id": 35, "recurring": {"id": 321}});
    sandbox.control("POST", "/sandbox/callbacks", &body).await;
    let (callback, _) = merchant.next_callback().await;
    assert_eq!(callback.unwrap().content, CallbackContent::Other);
}

#[tokio::test]
async fn a_payout_chooses_where_and_when_its_callbacks_go() {
    let mut merchant = Merchant::start().await;
    let sandbox = Sandbox::with(|_| {}).await;
    let with_options = async |id: &str, account: &str, general: Value, callback: Value| {
        let bytes = payout(id, account).to_json(super::project_id(), &super::key());
        let mut body: Value = serde_json::from_slice(&bytes.unwrap()).unwrap();
        for (name, url) in general.as_object().unwrap() {
            body["general"][name] = url.clone();
        }
        body["callback"] = callback;
        let (status, answer) = sandbox.pay_out_signed(body).await;
        assert_eq!(status, 200, "{answer}");
        sandbox.move_clock(1_000).await;
    };
    let other = format!("{}/other", merchant.url);
    let options = json!({
        "merchant_callback_url": "http://127.0.0.1:1/nowhere", "merchant_decline_callback_url": other,
    });
    with_options("p-1", "01", options, Value::Null).await;
    assert_eq!(merchant.next_payment().await.id, "p-1");
    let everything = json!({"merchant_callback_url": other});
    with_options(
        "p-2",
        "00",
        everything.clone(),
        json!({"force_disable": true}),
    )
    .await;
    with_options("p-3", "00", everything, json!({"delay": 600})).await;
    assert_eq!(sandbox.status("p-2").await.phase(), Phase::Succeeded);
    assert!(merchant.has_heard_nothing());
    sandbox.move_clock(600_000).await;
    assert_eq!(merchant.next_payment().await.id, "p-3");
}
