//! The representations of operations in the API and in webhooks.

use pantoken_payin::{FormLanguage, FormUrl};
use serde::Serialize;
use utoipa::ToSchema;

use super::bill::{self, Bill};
use super::money::Money;
use super::part::{self, Part};
use super::payment::{self, Payment};
use super::qr_code::{self, QrCode};
use super::received_payment::ReceivedPayment;
use super::schemas;
use super::token::Token;
use super::verification::{self, Card, Verification};
use crate::http::wire_time::to_rfc3339;

/// The state of a payment.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"paymentId": "order-7", "customer": "customer-7", "state": "captured",
    "amount": {"value": "10.00", "currency": "RUB"},
    "capturedAmount": {"value": "10.00", "currency": "RUB"},
    "refundedAmount": {"value": "0.00", "currency": "RUB"}}))]
#[schema(as = PayinPayment)]
pub(crate) struct PaymentView {
    payment_id: String,
    customer: String,
    #[schema(schema_with = schemas::payment_state)]
    state: payment::State,
    /// Why it was declined, as the provider calls it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    amount: Money,
    captured_amount: Money,
    refunded_amount: Money,
}

impl PaymentView {
    pub(super) fn new(payment_id: &str, payment: &Payment) -> Self {
        Self {
            payment_id: payment_id.to_owned(),
            customer: payment.customer.clone(),
            state: payment.state,
            reason: payment.reason.clone(),
            amount: payment.amount.clone(),
            captured_amount: payment.amount.with_hundredths(payment.captured),
            refunded_amount: payment.amount.with_hundredths(payment.refunded),
        }
    }
}

/// The state of a capture or a refund, which has `captureId` or `refundId`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"paymentId": "order-7", "refundId": "return-1", "state": "completed",
    "amount": {"value": "10.00", "currency": "RUB"}}))]
#[schema(as = PayinPart)]
pub(crate) struct PartView {
    payment_id: String,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    capture_id: Option<String>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<String>,
    #[schema(schema_with = schemas::part_state)]
    state: part::State,
    /// Why it was declined, as the provider calls it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    amount: Money,
}

impl PartView {
    /// `key` is the payment's id, a slash and the part's own id.
    pub(super) fn new(kind: &str, key: &str, part: &Part) -> Self {
        let (payment_id, id) = key.split_once('/').unwrap_or_default();
        let id_if = |wanted| (kind == wanted).then(|| id.to_owned());
        Self {
            payment_id: payment_id.to_owned(),
            capture_id: id_if(part::CAPTURE),
            refund_id: id_if(part::REFUND),
            state: part.state,
            reason: part.reason.clone(),
            amount: part.amount.clone(),
        }
    }
}

/// The state of a bill.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"billId": "order-7", "state": "created", "amount": {"value": "10.00", "currency": "RUB"},
    "customer": "customer-7",
    "payUrl": "https://oplata.qiwi.com/form?invoiceUid=5714f3bb-0e21-4c8a-bd77-6ac4b5c13d3a", "payments": [],
    "expiresAt": "2025-06-01T12:30:00Z"}))]
#[schema(as = PayinBill)]
pub(crate) struct BillView {
    bill_id: String,
    #[schema(schema_with = schemas::bill_state)]
    state: bill::State,
    /// Why the provider refused it, as the provider calls it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    amount: Money,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    /// The address of the form, once the provider has made it.
    #[schema(nullable = false, format = "uri")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pay_url: Option<String>,
    /// The payments that succeeded.
    payments: Vec<ReceivedPayment>,
    /// The payment token of the customer, if it was asked for.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<Token>,
    #[schema(value_type = String, format = "date-time")]
    expires_at: Option<String>,
}

impl BillView {
    pub(super) fn new(bill_id: &str, bill: &Bill) -> Self {
        let (language, return_url) = (&bill.language, bill.return_url.as_deref());
        let pay_url = bill.pay_url.as_deref();
        Self {
            bill_id: bill_id.to_owned(),
            state: bill.state,
            reason: bill.reason.clone(),
            amount: bill.amount.clone(),
            customer: bill.customer.clone(),
            pay_url: pay_url.map(|url| form_url(url, language, return_url)),
            payments: bill.payments.clone(),
            token: bill.token.clone(),
            expires_at: to_rfc3339(bill.expires_at),
        }
    }

    /// Returns the fields of an event about a bill, which does not have its token: that has an event of its own.
    pub(super) fn without_token(self) -> Self {
        Self {
            token: None,
            ..self
        }
    }
}

/// The state of a QR code.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"qrCodeUid": "order-7", "state": "created",
    "amount": {"value": "200.00", "currency": "RUB"}, "customer": "customer-7",
    "payload": "https://qr.nspk.ru/AD10006M8KH234K782OQM0L13JI31LQD?type=02&bank=100000000009&sum=20000&cur=RUB&crc=C63A",
    "image": "iVBORw0KGgoAAAANSUhEUgAAASwAAAEsAQAAAABRBrPYAAABgElEQVR42u3bQY6DMAwFUHd",
    "expiresAt": "2025-06-04T12:00:00Z"}))]
#[schema(as = PayinQrCode)]
pub(crate) struct QrCodeView {
    qr_code_uid: String,
    #[schema(schema_with = schemas::qr_code_state)]
    state: qr_code::State,
    /// Why it was declined, as the provider calls it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Money>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    /// What to draw as a QR code, or to open on a phone. It is missing until the provider has created the code.
    #[schema(nullable = false, format = "uri")]
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
    /// The code as a PNG image in base64, if the provider draws one.
    #[schema(
        nullable = false,
        content_encoding = "base64",
        content_media_type = "image/png"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    /// The payment, once it has succeeded.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<ReceivedPayment>,
    /// The payment token of the customer, if it was asked for.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<Token>,
    #[schema(value_type = String, format = "date-time")]
    expires_at: Option<String>,
}

impl QrCodeView {
    pub(super) fn new(qr_code_uid: &str, code: &QrCode) -> Self {
        Self {
            qr_code_uid: qr_code_uid.to_owned(),
            state: code.state,
            reason: code.reason.clone(),
            amount: code.amount.clone(),
            customer: code.customer.clone(),
            payload: code.payload.clone(),
            image: code.image.clone(),
            payment: code.payment.clone(),
            token: code.token.clone(),
            expires_at: to_rfc3339(code.expires_at),
        }
    }

    /// Returns the fields of an event about a code, which does not have its token: that has an event of its own.
    pub(super) fn without_token(self) -> Self {
        Self {
            token: None,
            ..self
        }
    }
}

/// Returns the address of a form in this language. The provider has no Kazakh one.
pub(super) fn form_url(pay_url: &str, language: &str, return_url: Option<&str>) -> String {
    let language = match language {
        "en" => FormLanguage::English,
        _ => FormLanguage::Russian,
    };
    let form_url = FormUrl::new(pay_url).language(&language);
    let form_url = match return_url {
        Some(return_url) => form_url.success_url(return_url),
        None => form_url,
    };
    form_url.as_str().to_owned()
}

/// The state of a card verification.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"verificationId": "8b843965-0dc8-47e2-8007-1ee2da06d0ad",
    "requestId": "8b843965-0dc8-47e2-8007-1ee2da06d0ad", "state": "verified",
    "customer": "customer-7", "isValidCard": true, "threeDsStatus": "PASSED",
    "card": {"issuingCountry": "RUS", "issuingBank": "QIWI BANK (JSC)", "paymentSystem": "VISA",
    "fundingSource": "PREPAID"},
    "token": {"tokenId": "tok_30747e05edc6a931833378481131e49c",
    "paymentToken": "66aebf5f-098e-4e36-922a-a4107b349a96", "paymentMethod": "card", "name": "411111******1111",
    "expiresAt": "2027-12-31T00:00:00+03:00"}, "expiresAt": "2025-06-01T12:30:00Z"}))]
#[schema(as = PayinVerification)]
pub(crate) struct VerificationView {
    verification_id: String,
    /// The same as `verificationId`.
    request_id: String,
    #[schema(schema_with = schemas::verification_state)]
    state: verification::State,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    is_valid_card: Option<bool>,
    /// `PASSED`, `NOT_PASSED` or `WITHOUT`.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    three_ds_status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    card: Option<Card>,
    /// The payment token of the customer, if there is a customer and the card is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token: Option<Token>,
    #[schema(value_type = String, format = "date-time")]
    expires_at: Option<String>,
}

impl VerificationView {
    pub(super) fn new(id: &str, verification: &Verification) -> Self {
        let outcome = verification.outcome.as_ref();
        Self {
            verification_id: id.to_owned(),
            request_id: id.to_owned(),
            state: verification.state,
            customer: verification.customer.clone(),
            is_valid_card: outcome.and_then(|outcome| outcome.is_valid_card),
            three_ds_status: outcome.and_then(|outcome| outcome.three_ds_status.clone()),
            card: outcome.map(|outcome| outcome.card.clone()),
            token: outcome.and_then(|outcome| outcome.token.clone()),
            expires_at: to_rfc3339(verification.expires_at),
        }
    }
}
