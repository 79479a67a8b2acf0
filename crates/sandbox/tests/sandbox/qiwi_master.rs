//! The stand-in for QIWI Master, called by the client that owners of wallets use.

use std::sync::Arc;

use pantoken_core::{Clock, SystemRandom, is_card_number};
use pantoken_qiwi_master::{
    CardName, CardPayment, CardStatus, CardType, Client, DetailsStatus, Error, ErrorKind, NextStep,
    Order, PackagePurchase, PaymentId, PaymentIds, Roubles, StatementPeriod, Token, Transaction,
    TransactionStatus, Wallet, new_cards,
};
use pantoken_sandbox::qiwi_master::{Settings, router};
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use uuid::Uuid;

const NOW: i64 = 1_795_900_000_000;

/// A clock that stands still. The sandbox's own clock is moved by its control API.
struct Still;

impl Clock for Still {
    fn now(&self) -> i64 {
        NOW
    }
}

struct Sandbox {
    address: String,
    client: Client,
    ids: Arc<PaymentIds>,
}

impl Sandbox {
    async fn start() -> Self {
        let wallet = Wallet::parse(Settings::TEST_WALLET).unwrap();
        let token = Token::parse(Settings::TEST_TOKEN).unwrap();
        let settings = Settings {
            wallet: wallet.clone(),
            token: token.clone(),
            balance: Settings::TEST_BALANCE,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = router(settings, SystemRandom, Still);
        tokio::spawn(axum::serve(listener, router).into_future());
        let builder = Client::builder(wallet, token).base_url(&address);
        Self {
            client: builder.build().unwrap(),
            address,
            ids: Arc::default(),
        }
    }

    fn next_id(&self) -> PaymentId {
        self.ids.next(&Still)
    }

    async fn control(&self, path: &str, body: &Value) {
        let url = format!("{}/sandbox/{path}", self.address);
        let http = reqwest::Client::new();
        let answer = http.post(url).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}");
    }

    async fn executed(&self) -> Value {
        let url = format!("{}/sandbox/executed", self.address);
        let answer = reqwest::get(url).await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    fn package(&self) -> PackagePurchase {
        PackagePurchase::new(self.next_id(), Roubles::new(2999.into()).unwrap())
    }

    /// Buys the package, and waits on the sandbox's clock until it is paid.
    async fn with_package() -> Self {
        let sandbox = Self::start().await;
        let info = sandbox
            .client
            .buy_package(&sandbox.package())
            .await
            .unwrap();
        let waiting = sandbox.client.transaction(&info).await.unwrap();
        assert_eq!(waiting.status, TransactionStatus::Waiting);
        sandbox
            .control("clock", &json!({"milliseconds": 2_000}))
            .await;
        let paid = sandbox.client.transaction(&info).await.unwrap();
        assert_eq!(paid.status, TransactionStatus::Success);
        sandbox
    }

    async fn order(&self) -> Order {
        let draft = self.client.create_order(&CardType::Prepaid).await.unwrap();
        assert_eq!(draft.next_step(), NextStep::Submit);
        self.client.submit_order(&draft.id).await.unwrap()
    }

    /// Uses up the free cards, and orders one that has to be paid for.
    async fn order_to_pay(&self) -> Order {
        for _ in 0..5 {
            let free = self.order().await;
            assert!(matches!(free.next_step(), NextStep::Issued(Some(_))));
        }
        let order = self.order().await;
        assert!(matches!(order.next_step(), NextStep::Pay(_)));
        order
    }

    async fn pay(&self, payment: &CardPayment) -> Transaction {
        let info = self.client.pay_card(payment).await.unwrap();
        self.control("clock", &json!({"milliseconds": 2_000})).await;
        self.client.transaction(&info).await.unwrap()
    }
}

#[tokio::test]
async fn five_cards_are_free_and_the_sixth_is_paid_for() {
    let sandbox = Sandbox::with_package().await;
    let order = sandbox.order_to_pay().await;
    let before = sandbox.client.cards().await.unwrap();
    let payment = CardPayment::of(&order, sandbox.next_id()).unwrap();
    let paid = sandbox.pay(&payment).await;
    assert_eq!(paid.status, TransactionStatus::Success);
    let after = sandbox.client.cards().await.unwrap();
    let new = new_cards(&before, &after);
    assert_eq!((before.len(), new.len()), (5, 1));
    assert_eq!(new[0].status, CardStatus::Active);
    assert_eq!(sandbox.executed().await["balance"], "6902.00");
}

#[tokio::test]
async fn a_repeated_payment_is_executed_once() {
    let sandbox = Sandbox::with_package().await;
    let order = sandbox.order_to_pay().await;
    let payment = CardPayment::of(&order, sandbox.next_id()).unwrap();
    sandbox
        .control("faults", &json!([{"fault": "drop-answer"}]))
        .await;
    let lost = sandbox.client.pay_card(&payment).await.unwrap_err();
    assert!(matches!(lost, Error::Unknown(_)), "{lost}");
    let paid = sandbox.pay(&payment).await;
    assert_eq!(paid.status, TransactionStatus::Success);
    assert_eq!(sandbox.client.cards().await.unwrap().len(), 6);
    assert_eq!(sandbox.executed().await["balance"], "6902.00");
    // The order is paid for, so another payment of it is refused.
    let again = CardPayment::of(&order, sandbox.next_id()).unwrap();
    let refused = sandbox.client.pay_card(&again).await.unwrap_err();
    assert_eq!(refused.kind(), Some(ErrorKind::Invalid));
}

#[tokio::test]
async fn a_payment_with_an_older_id_or_another_sum_is_refused() {
    let sandbox = Sandbox::start().await;
    let cheap = PackagePurchase::new(sandbox.next_id(), Roubles::new(1.into()).unwrap());
    let refused = sandbox.client.buy_package(&cheap).await.unwrap_err();
    assert!(refused.to_string().contains("QWPRC-241"), "{refused}");
    sandbox
        .client
        .buy_package(&sandbox.package())
        .await
        .unwrap();
    let old = PackagePurchase::new(PaymentId::new(1), Roubles::new(2999.into()).unwrap());
    let refused = sandbox.client.buy_package(&old).await.unwrap_err();
    assert!(refused.to_string().contains("QWPRC-1021"), "{refused}");
    // While one purchase of the package is under way, there is no second.
    let refused = sandbox
        .client
        .buy_package(&sandbox.package())
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("QWPRC-300"), "{refused}");
}

#[tokio::test]
async fn an_empty_wallet_pays_nothing() {
    let sandbox = Sandbox::with_package().await;
    let order = sandbox.order_to_pay().await;
    sandbox
        .control("settings", &json!({"balance": "98.99"}))
        .await;
    let payment = CardPayment::of(&order, sandbox.next_id()).unwrap();
    let failed = sandbox.pay(&payment).await;
    assert_eq!(failed.status, TransactionStatus::Failed);
    assert_eq!(failed.error_code.as_deref(), Some("220"));
    assert_eq!(sandbox.executed().await["balance"], "98.99");
    // With money, the same order can be paid for.
    sandbox
        .control("settings", &json!({"balance": "99.00"}))
        .await;
    let payment = CardPayment::of(&order, sandbox.next_id()).unwrap();
    let paid = sandbox.pay(&payment).await;
    assert_eq!(paid.status, TransactionStatus::Success);
}

#[tokio::test]
async fn a_card_is_shown_blocked_unblocked_and_renamed() {
    let sandbox = Sandbox::with_package().await;
    let NextStep::Issued(Some(card)) = sandbox.order().await.next_step() else {
        panic!("no card");
    };
    let client = &sandbox.client;
    let details = client
        .card_details(&card, &Uuid::from_u128(7))
        .await
        .unwrap();
    assert!(is_card_number(details.shown().unwrap().expose_pan()));
    client.block(&card).await.unwrap();
    client.block(&card).await.unwrap();
    let details = client
        .card_details(&card, &Uuid::from_u128(8))
        .await
        .unwrap();
    assert_eq!(details.status, DetailsStatus::Fail);
    assert!(details.shown().is_none());
    assert_eq!(client.cards().await.unwrap()[0].status, CardStatus::Blocked);
    client.unblock(&card).await.unwrap();
    let refused = client.unblock(&card).await.unwrap_err();
    assert_eq!(refused.kind(), Some(ErrorKind::Action));
    client
        .rename(&card, &CardName::parse("Реклама").unwrap())
        .await
        .unwrap();
    let cards = client.cards().await.unwrap();
    assert_eq!(cards[0].name.as_deref(), Some("Реклама"));
    let last = cards[0].masked_pan.as_deref().unwrap();
    assert!(details.shown().is_none() && last.starts_with("****") && last.len() == 8);
}

#[tokio::test]
async fn a_card_that_was_blocked_for_long_stays_blocked() {
    let sandbox = Sandbox::with_package().await;
    let NextStep::Issued(Some(card)) = sandbox.order().await.next_step() else {
        panic!("no card");
    };
    sandbox.client.block(&card).await.unwrap();
    // A clock moves by 49 days at most in one step.
    for _ in 0..2 {
        sandbox
            .control("clock", &json!({"milliseconds": 46 * 24 * 3_600_000_u64}))
            .await;
    }
    let refused = sandbox.client.unblock(&card).await.unwrap_err();
    assert_eq!(refused.kind(), Some(ErrorKind::Action));
}

#[tokio::test]
async fn a_statement_is_a_file_for_a_card_of_the_wallet() {
    let sandbox = Sandbox::with_package().await;
    let NextStep::Issued(Some(card)) = sandbox.order().await.next_step() else {
        panic!("no card");
    };
    let till = OffsetDateTime::from_unix_timestamp(NOW / 1_000).unwrap();
    let period = StatementPeriod::new(till - time::Duration::days(90), till).unwrap();
    let statement = sandbox.client.statement(&card, &period).await.unwrap();
    assert!(statement.as_bytes().ends_with(b"%%EOF\n"));
}

#[tokio::test]
async fn a_call_needs_the_token_its_permission_and_the_package() {
    let sandbox = Sandbox::start().await;
    let refused = sandbox
        .client
        .create_order(&CardType::Debit)
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), Some(ErrorKind::Permission));
    sandbox
        .control("settings", &json!({"permissions": ["history"]}))
        .await;
    let refused = sandbox.client.cards().await.unwrap_err();
    assert_eq!(refused.kind(), Some(ErrorKind::Permission));
    let wallet = Wallet::parse(Settings::TEST_WALLET).unwrap();
    let other = Client::builder(wallet, Token::parse("another-token").unwrap());
    let other = other.base_url(&sandbox.address).build().unwrap();
    assert_eq!(
        other.cards().await.unwrap_err().kind(),
        Some(ErrorKind::Token)
    );
}

#[tokio::test]
async fn the_history_is_blocked_for_five_minutes_after_too_many_requests() {
    let sandbox = Sandbox::start().await;
    let info = sandbox
        .client
        .buy_package(&sandbox.package())
        .await
        .unwrap();
    for _ in 0..100 {
        sandbox.client.transaction(&info).await.unwrap();
    }
    let refused = sandbox.client.transaction(&info).await.unwrap_err();
    assert_eq!(refused.kind(), Some(ErrorKind::TooManyRequests));
    sandbox
        .control("clock", &json!({"milliseconds": 299_999}))
        .await;
    assert!(sandbox.client.transaction(&info).await.is_err());
    sandbox.control("clock", &json!({"milliseconds": 1})).await;
    sandbox.client.transaction(&info).await.unwrap();
}

#[tokio::test]
async fn a_number_where_the_provider_wants_a_text_is_refused() {
    let sandbox = Sandbox::start().await;
    let url = format!("{}/sinap/api/v2/terms/28004/payments", sandbox.address);
    let body = json!({
        "id": "7",
        "sum": {"amount": 2999.00, "currency": "643"},
        "paymentMethod": {"type": "Account", "accountId": "643"},
        "fields": {"account": 79_990_000_000_u64, "vas_alias": "qvc-master"},
    });
    let request = reqwest::Client::new().post(url).json(&body);
    let answer = request
        .bearer_auth(Settings::TEST_TOKEN)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(sandbox.executed().await["executed"], json!([]));
}
