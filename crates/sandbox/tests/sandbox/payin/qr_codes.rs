//! QR codes of the faster payments system.

use pantoken_payin::{
    Hint, Notification, Outcome, PaymentToken, QrCode, QrCodePaymentRequest, QrCodeRequest,
    QrCodeStatus, QrCodeUid, TokenStatus,
};
use serde_json::json;

use super::{NOW, Sandbox, amount};

fn uid(text: &str) -> QrCodeUid {
    QrCodeUid::parse(text).unwrap()
}

impl Sandbox {
    async fn scan(&self, id: &str, agrees: bool) {
        let path = format!("/sandbox/qr-codes/{id}/scan");
        self.control("POST", &path, &json!({"agrees": agrees}))
            .await;
    }

    async fn qr_code(&self, id: &str) -> QrCode {
        self.client.qr_codes().get(&uid(id)).await.unwrap()
    }

    /// Issues a token of the faster payments system to the customer `customer-7`.
    async fn sbp_token(&self) -> PaymentToken {
        let request = QrCodeRequest::token(uid("q-token"), "customer-7");
        let code = self.client.qr_codes().create(request).await.unwrap();
        assert!(code.token.is_none() && code.amount.is_none());
        self.scan("q-token", true).await;
        let token = self.qr_code("q-token").await.token.unwrap();
        assert_eq!(token.status, Some(TokenStatus::Created));
        token.token.unwrap()
    }
}

#[tokio::test]
async fn a_dynamic_code_is_paid_once_if_its_amount_is_200() {
    let sandbox = Sandbox::start().await;
    for (id, value, expected) in [
        ("q-1", "200.00", QrCodeStatus::Payed),
        ("q-2", "200.01", QrCodeStatus::Declined),
    ] {
        let request = QrCodeRequest::dynamic(uid(id), amount(value)).png(300, 300);
        for _ in 0..2 {
            let code = sandbox.client.qr_codes().create(&request).await.unwrap();
            assert_eq!(code.status, QrCodeStatus::Created);
            assert!(code.payload.unwrap().starts_with("http"));
        }
        sandbox.scan(id, true).await;
        let code = sandbox.qr_code(id).await;
        assert_eq!(code.status, expected);
        assert!(code.payment.unwrap().payment_uid.unwrap().starts_with('A'));
    }
    let executed = sandbox.executed().await;
    assert_eq!(
        executed.iter().filter(|it| **it == "qr-code q-1").count(),
        1
    );
    let notifications = sandbox.notifications().await;
    let statuses: Vec<_> = notifications.iter().map(Notification::status).collect();
    assert_eq!(statuses, ["SUCCESS", "DECLINE"]);
}

#[tokio::test]
async fn a_token_pays_a_code_of_its_customer_alone() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.sbp_token().await;
    let codes = sandbox.client.qr_codes();
    let request = QrCodeRequest::dynamic(uid("q-1"), amount("200.00"));
    codes.create(request).await.unwrap();
    let stranger = QrCodePaymentRequest::new(uid("q-1"), "customer-8", token.clone());
    let error = codes.pay(stranger).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Refused);
    let payment = QrCodePaymentRequest::new(uid("q-1"), "customer-7", token);
    let code = codes.pay(&payment).await.unwrap();
    assert_eq!(code.status, QrCodeStatus::PaymentByToken);
    assert_eq!(code.payload.as_deref(), Some(""));
    assert_eq!(sandbox.qr_code("q-1").await.status, QrCodeStatus::Payed);
    let again = codes.pay(&payment).await.unwrap();
    assert_eq!(again.status, QrCodeStatus::Payed);
    let executed = sandbox.executed().await;
    let payments = executed.iter().filter(|it| it.starts_with("payment "));
    assert_eq!(payments.count(), 1);
}

#[tokio::test]
async fn a_customer_who_refuses_gives_no_token() {
    let sandbox = Sandbox::start().await;
    let request = QrCodeRequest::token(uid("q-1"), "customer-7").ttl_minutes(10);
    sandbox.client.qr_codes().create(request).await.unwrap();
    sandbox.scan("q-1", false).await;
    let token = sandbox.qr_code("q-1").await.token.unwrap();
    assert_eq!(token.status, Some(TokenStatus::Rejected));
    assert_eq!(token.token, None);
    let notifications = sandbox.notifications().await;
    let Some(Hint::Token(told)) = notifications[0].hint() else {
        panic!("{notifications:?}");
    };
    assert_eq!(told.status.value, TokenStatus::Rejected);
    assert_eq!(told.qr_code_uid.as_deref(), Some("q-1"));
}

#[tokio::test]
async fn a_code_expires() {
    let sandbox = Sandbox::start().await;
    let request = QrCodeRequest::dynamic(uid("q-1"), amount("200.00")).ttl_minutes(10);
    sandbox.client.qr_codes().create(request).await.unwrap();
    let by = json!({"milliseconds": 10 * 60 * 1_000});
    let clock = sandbox.control("POST", "/sandbox/clock", &by).await;
    assert_eq!(clock["now"], NOW + 600_000);
    assert_eq!(sandbox.qr_code("q-1").await.status, QrCodeStatus::Expired);
}
