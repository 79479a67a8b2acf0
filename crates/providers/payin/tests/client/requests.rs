//! What the client sends, and how it reads the published answers.

use pantoken_payin::{
    Amount, BillId, BillRequest, BillStatus, CaptureId, CaptureRequest, CardCheckCompletion,
    CardCheckStatus, Flag, Initiator, OperationStatus, Pares, PaymentCompletion, PaymentId,
    PaymentRequest, PaymentToken, PayoutId, PayoutReceiver, PayoutRequest, QrCodeKind,
    QrCodePaymentRequest, QrCodeRequest, QrCodeStatus, QrCodeUid, RefundId, RefundRequest,
    RequestUid, Split, SplitKind, TokenDeletion, TokenMethod, TokenRemoval, TokenStatus,
};
use serde_json::json;
use time::macros::datetime;

use crate::provider::{API_KEY, Provider};

fn payment_id() -> PaymentId {
    PaymentId::parse("test1234567890").unwrap()
}

fn amount(value: &str) -> Amount {
    Amount::parse(value, "RUB").unwrap()
}

fn token() -> PaymentToken {
    PaymentToken::parse("aa8077be-5398-4389-925e-5aa13192e565").unwrap()
}

const PAYMENT: &str = r#"{"paymentId":"test1234567890","billId":"1234543211237","createdDateTime":
    "2024-01-10T17:51:51+03:00","amount":{"currency":"RUB","value":"1.00"},"capturedAmount":{"currency":"RUB",
    "value":"0.00"},"refundedAmount":{"currency":"RUB","value":"0.00"},"paymentMethod":{"type":"CARD","maskedPan":
    "425600******0078","rrn":"123","authCode":"181218","cardHolder":"TESTQIWI","type":"CARD"},"createdToken":{
    "token":"aa8077be-5398-4389-925e-5aa13192e565","name":"425600******0078","expiredDate":
    "2024-03-31T00:00:00+03:00"},"customer":{"account":"token123"},"status":{"value":"COMPLETED",
    "changedDateTime":"2024-01-10T17:51:54+03:00"},"callbackUrl":"https://test.com","customFields":{
    "customer_account":"token123"},"flags":["TEST"],"paymentCardInfo":{"issuingCountry":"643","issuingBank":
    "Test Bank Name","paymentSystem":"VISA","fundingSource":"UNKNOWN","paymentSystemProduct":"Unknown"}}"#;
const WAITING: &str = r#"{"paymentId":"test1234567890","amount":{"currency":"RUB","value":1},"status":{"value":
    "WAITING"},"requirements":{"threeDS":{"pareq":"eJxVUWFv","acsUrl":"https://acs.example/pareq"}}}"#;
const REFUND: &str = r#"{"refundId":"r-1","createdDateTime":"2018-11-20T16:29:58.96+03:00","amount":{"currency":"RUB",
    "value":2.34},"status":{"value":"COMPLETED"},"flags":["REVERSAL"]}"#;
const PAYOUT: &str = r#"{"payoutId":"p-1","amount":{"currency":"RUB","value":"40.00"},"status":{"value":"WAITING"}}"#;

#[tokio::test]
async fn a_bill_for_a_card_check_has_no_amount_and_dates_with_an_offset() {
    let provider = Provider::answers(
        200,
        r#"{"siteId":"site-01","billId":"892323232111","amount":{"value":"0.00","currency":"RUB"},"status":{"value":
        "CREATED","changedDateTime":"2021-08-13T15:43:41"},"creationDateTime":"2021-08-13T15:43:41",
        "expirationDateTime":"2023-09-14T14:30:00","payUrl":
        "https://oplata.qiwi.com/validation/card?invoiceUid=f-854c-4e56"}"#,
    )
    .await;
    let bill_id = BillId::parse("892323232111").unwrap();
    let request = BillRequest::card_check(bill_id, datetime!(2023-09-14 14:30:00 +3));
    let request = request.issue_token("test-123");
    let bill = provider.client().bills().create(&request).await.unwrap();
    assert_eq!(bill.status.unwrap().value, BillStatus::Created);
    let created = bill.created.unwrap();
    assert_eq!(created.as_str(), "2021-08-13T15:43:41");
    assert_eq!(created.moment(), Some(datetime!(2021-08-13 15:43:41 +3)));
    assert!(bill.pay_url.unwrap().ends_with("invoiceUid=f-854c-4e56"));

    let sent = provider.only_request();
    assert_eq!(sent.call, "PUT /site-01/bills/892323232111");
    let expected_key = format!("Bearer {API_KEY}");
    assert_eq!(sent.header("authorization"), Some(&*expected_key));
    assert_eq!(sent.header("accept"), Some("application/json"));
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(
        sent.json(),
        json!({
            "expirationDateTime": "2023-09-14T14:30:00+03:00",
            "customer": {"account": "test-123"},
            "flags": ["CHECK_CARD", "BIND_PAYMENT_TOKEN"],
        })
    );
}

#[tokio::test]
async fn a_bill_that_is_paid_in_two_steps_has_no_flag() {
    // pay2me answers with nothing but the address.
    let provider = Provider::answers(200, r#"{"payUrl":"https://pay.example/1"}"#).await;
    let bill_id = BillId::parse("9829394:982939419").unwrap();
    let request = BillRequest::hold(bill_id, amount("100.00"), datetime!(2026-11-28 22:05 UTC));
    let bill = provider.client().bills().create(request).await.unwrap();
    assert_eq!(bill.pay_url.as_deref(), Some("https://pay.example/1"));
    let sent = provider.only_request();
    assert_eq!(sent.call, "PUT /site-01/bills/9829394%3A982939419");
    assert_eq!(
        sent.json(),
        json!({
            "amount": {"value": "100.00", "currency": "RUB"},
            "expirationDateTime": "2026-11-28T22:05:00+00:00",
        })
    );
}

#[tokio::test]
async fn a_bill_is_asked_for_with_its_payments() {
    let body = format!(
        r#"{{"billId":"b","status":{{"value":"NEW_X"}},"payments":[{PAYMENT},{WAITING}]}}"#
    );
    let provider = Provider::answers(200, body).await;
    let bill_id = BillId::parse("b").unwrap();
    let bill = provider.client().bills().get(&bill_id).await.unwrap();
    assert_eq!(bill.payments.len(), 2);
    assert_eq!(bill.status.unwrap().value.as_str(), "NEW_X");
    let sent = provider.only_request();
    assert_eq!(sent.call, "GET /site-01/bills/b/details");
    assert_eq!(sent.body, b"");
    assert_eq!(sent.header("content-type"), None);

    let provider = Provider::answers(200, format!("[{PAYMENT}]")).await;
    let payments = provider.client().bills().payments(&bill_id).await.unwrap();
    assert_eq!(payments.len(), 1);
    assert_eq!(provider.only_request().call, "GET /site-01/bills/b");
}

#[tokio::test]
async fn a_token_is_charged_for_its_customer() {
    let provider = Provider::answers(200, PAYMENT).await;
    let mut method = TokenMethod::new(token());
    method.initiator = Some(Initiator::Merchant);
    let mut request = PaymentRequest::with_token(payment_id(), amount("1.00"), method, "token123");
    request.bill_id = Some(BillId::parse("1234567890").unwrap());
    request.splits = vec![Split {
        kind: SplitKind::MerchantDetails,
        site_uid: "shop_mst-01".to_owned(),
        split_amount: amount("1.00"),
        order_id: None,
        comment: None,
    }];
    let payment = provider.client().payments().create(&request).await.unwrap();
    assert_eq!(payment.status.value, OperationStatus::Completed);
    assert_eq!(payment.flags, [Flag::Test]);
    assert_eq!(payment.captured_amount.unwrap().minor_units(), Some(0));
    assert_eq!(payment.token.unwrap().token, token());
    assert_eq!(payment.custom_fields["customer_account"], "token123");
    let sent = provider.only_request();
    assert_eq!(sent.call, "PUT /site-01/payments/test1234567890");
    assert_eq!(
        sent.json(),
        json!({
            "paymentMethod": {
                "type": "TOKEN",
                "paymentToken": "aa8077be-5398-4389-925e-5aa13192e565",
                "cardTokenPaymentType": "INITIATED_BY_MERCHANT",
            },
            "amount": {"value": "1.00", "currency": "RUB"},
            "billId": "1234567890",
            "flags": ["SALE"],
            "customer": {"account": "token123"},
            "paymentSplits": [{
                "type": "MERCHANT_DETAILS",
                "siteUid": "shop_mst-01",
                "splitAmount": {"value": "1.00", "currency": "RUB"},
            }],
        })
    );
}

#[cfg(feature = "card-data")]
#[tokio::test]
async fn a_card_is_charged_after_3d_secure() {
    use pantoken_payin::{CardData, CardMethod};

    let card = CardData::parse("4256000000000078", "03/24").unwrap();
    let card = card.with_security_code("947").unwrap();
    let card = card.with_holder_name("TESTQIWI").unwrap();
    let provider = Provider::answers(200, WAITING).await;
    let request = PaymentRequest::with_card(payment_id(), amount("1.00"), CardMethod::new(card));
    let request = request.hold().issue_token("token123");
    let payment = provider.client().payments().create(&request).await.unwrap();
    let three_ds = payment.three_ds.unwrap();
    assert_eq!(three_ds.acs_url, "https://acs.example/pareq");
    assert_eq!(three_ds.pareq.expose(), "eJxVUWFv");
    assert_eq!(
        provider.only_request().json(),
        json!({
            "paymentMethod": {
                "type": "CARD",
                "pan": "4256000000000078",
                "expiryDate": "03/24",
                "cvv2": "947",
                "holderName": "TESTQIWI",
            },
            "amount": {"value": "1.00", "currency": "RUB"},
            "flags": ["BIND_PAYMENT_TOKEN"],
            "customer": {"account": "token123"},
        })
    );
    let printed = format!("{request:?}");
    for secret in ["4256000000000078", "03/24", "947", "TESTQIWI"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[tokio::test]
async fn the_answer_of_the_issuers_page_is_sent_as_it_came() {
    let provider = Provider::answers(200, PAYMENT).await;
    let request = PaymentCompletion {
        payment_id: payment_id(),
        pares: Pares::new("eJzVWFmT2kgS/isE+7ig+ /="),
    };
    let payments = provider.client();
    payments.payments().complete(&request).await.unwrap();
    let sent = provider.only_request();
    assert_eq!(sent.call, "POST /site-01/payments/test1234567890/complete");
    assert_eq!(
        sent.json(),
        json!({"threeDS": {"pares": "eJzVWFmT2kgS/isE+7ig+ /="}})
    );
    assert!(!format!("{request:?}").contains("eJz"));
}

#[tokio::test]
async fn a_capture_takes_the_whole_sum() {
    let body = r#"{"captureId":"c-1","createdDatetime":"2018-11-20T16:29:58.96+03:00","amount":{"currency":"RUB",
        "value":"6.77"},"status":{"value":"COMPLETED"}}"#;
    let provider = Provider::answers(200, body).await;
    let capture_id = CaptureId::parse("c-1").unwrap();
    let request = CaptureRequest::new(payment_id(), capture_id.clone());
    let client = provider.client();
    let capture = client.captures().create(&request).await.unwrap();
    assert_eq!(capture.status.value, OperationStatus::Completed);
    assert!(capture.created.is_some());
    let sent = provider.only_request();
    assert_eq!(
        sent.call,
        "PUT /site-01/payments/test1234567890/captures/c-1"
    );
    assert_eq!(sent.body, b"{}");

    let provider = Provider::answers(200, body).await;
    let client = provider.client();
    client
        .captures()
        .get(&payment_id(), &capture_id)
        .await
        .unwrap();
    assert_eq!(
        provider.only_request().call,
        "GET /site-01/payments/test1234567890/captures/c-1"
    );
}

#[tokio::test]
async fn a_refund_is_created_listed_and_declined() {
    let refund_id = RefundId::parse("r-1").unwrap();
    let provider = Provider::answers(200, REFUND).await;
    let request = RefundRequest::new(payment_id(), refund_id.clone(), amount("2.34"));
    let refund = provider.client().refunds().create(&request).await.unwrap();
    assert_eq!(refund.flags, [Flag::Reversal]);
    let sent = provider.only_request();
    assert_eq!(
        sent.call,
        "PUT /site-01/payments/test1234567890/refunds/r-1"
    );
    assert_eq!(
        sent.json(),
        json!({"amount": {"value": "2.34", "currency": "RUB"}})
    );

    let provider = Provider::answers(200, format!("[{REFUND},{REFUND}]")).await;
    let refunds = provider.client().refunds().list(&payment_id()).await;
    assert_eq!(refunds.unwrap().len(), 2);
    assert_eq!(
        provider.only_request().call,
        "GET /site-01/payments/test1234567890/refunds"
    );

    let provider = Provider::answers(200, REFUND).await;
    let client = provider.client();
    client
        .refunds()
        .decline(&payment_id(), &refund_id)
        .await
        .unwrap();
    let sent = provider.only_request();
    assert_eq!(
        sent.call,
        "POST /site-01/payments/test1234567890/refunds/r-1/decline"
    );
    assert_eq!(sent.body, b"");
}

#[cfg(feature = "card-data")]
#[tokio::test]
async fn a_card_is_checked_by_the_api() {
    use pantoken_payin::{CardCheckRequest, CardData};

    let provider = Provider::answers(
        200,
        r#"{"requestUid":"acd7bf20","status":"WAITING_3DS","requirements":{"pareq":"Some string pareq","acsUrl":
        "http://acs.example"}}"#,
    )
    .await;
    let card = CardData::parse("4256000000000078", "12/34").unwrap();
    let request_uid = RequestUid::parse("acd7bf20").unwrap();
    let request = CardCheckRequest::new(request_uid, card).issue_token("cat_girl");
    let check = provider
        .client()
        .card_checks()
        .create(&request)
        .await
        .unwrap();
    assert_eq!(check.status, CardCheckStatus::Waiting3ds);
    assert!(!check.is_verified());
    assert_eq!(check.three_ds.unwrap().acs_url, "http://acs.example");
    let sent = provider.only_request();
    assert_eq!(sent.call, "PUT /site-01/validation/card/requests/acd7bf20");
    assert_eq!(
        sent.json(),
        json!({
            "cardData": {"pan": "4256000000000078", "expiryDate": "12/34"},
            "tokenizationData": {"account": "cat_girl"},
        })
    );
}

#[tokio::test]
async fn a_card_check_by_form_is_asked_for_with_the_id_of_its_bill() {
    let body = r#"{"requestUid":"another-id","status":"SUCCESS","isValidCard":true,"threeDsStatus":"PASSED",
        "checkOperationDate":"2021-07-29T16:30:00+03:00","createdToken":{"token":"1a77343a","name":
        "111122******4444","expiredDate":"2034-12-01T00:00:00+03:00","account":"cat_girl"}}"#;
    let provider = Provider::answers(200, body).await;
    let bill_id = BillId::parse("892323232111").unwrap();
    let client = provider.client();
    let check = client.card_checks().get(&RequestUid::from(&bill_id)).await;
    assert!(check.unwrap().is_verified());
    assert_eq!(
        provider.only_request().call,
        "GET /site-01/validation/card/requests/892323232111"
    );

    let provider = Provider::answers(200, body).await;
    let request = CardCheckCompletion {
        request_uid: RequestUid::parse("another-id").unwrap(),
        pares: Pares::new("Some string pares"),
    };
    let client = provider.client();
    client.card_checks().complete(&request).await.unwrap();
    let sent = provider.only_request();
    assert_eq!(
        sent.call,
        "POST /site-01/validation/card/requests/another-id/complete"
    );
    assert_eq!(sent.json(), json!({"pares": "Some string pares"}));
}

#[tokio::test]
async fn a_deletion_sends_its_body_and_a_token_that_was_gone_is_gone() {
    let request = TokenDeletion::new("customer-7", token());
    for (status, body, expected) in [
        (204, "", TokenRemoval::Deleted),
        (404, "", TokenRemoval::WasGone),
        (410, "", TokenRemoval::WasGone),
        (
            500,
            r#"{"errorCode":"payin.resource.not.found"}"#,
            TokenRemoval::WasGone,
        ),
    ] {
        let provider = Provider::answers(status, body).await;
        let removal = provider.client().tokens().delete(&request).await;
        assert_eq!(removal, Ok(expected), "{status}");
        let sent = provider.only_request();
        assert_eq!(sent.call, "DELETE /site-01/tokens");
        let length = sent.body.len().to_string();
        assert_eq!(sent.header("content-length"), Some(&*length));
        assert_eq!(
            sent.json(),
            json!({"customerAccountId": "customer-7", "token": token().expose()})
        );
    }
    let provider = Provider::answers(404, "<html>").await;
    assert!(provider.client().tokens().delete(&request).await.is_err());
}

#[tokio::test]
async fn a_qr_code_is_created_and_paid_with_a_token() {
    let uid = QrCodeUid::parse("Test123").unwrap();
    let provider = Provider::answers(
        200,
        r#"{"qrCodeUid":"Test123","amount":{"value":100.00,"currency":"RUB"},"qrCode":{"type":"DYNAMIC","ttl":10,
        "image":{"mediaType":"image/png","width":300,"height":300,"content":"iVBORw0KGgo"},"payload":
        "https://qr.nspk.ru/AD10006M8KH234K782OQM0L13JI31LQD","status":"CREATED"},"flags":["CREATE_TOKEN"],
        "token":{"status":"CREATED","value":"a4a312345-6789","expiredDate":"2023-08-11T10:10:32+03:00"},
        "createdOn":"2022-08-11T20:10:32+03:00"}"#,
    )
    .await;
    let request = QrCodeRequest::dynamic(uid.clone(), amount("100.00"));
    let request = request.ttl_minutes(10).png(300, 300).issue_token("3e2322");
    let code = provider.client().qr_codes().create(&request).await.unwrap();
    assert_eq!(code.kind, Some(QrCodeKind::Dynamic));
    assert_eq!(code.status, QrCodeStatus::Created);
    assert_eq!(code.image.as_deref(), Some("iVBORw0KGgo"));
    assert_eq!(code.ttl_minutes, Some(10));
    assert_eq!(code.token.unwrap().status, Some(TokenStatus::Created));
    let sent = provider.only_request();
    assert_eq!(sent.call, "PUT /site-01/sbp/qrCodes/Test123");
    assert_eq!(
        sent.json(),
        json!({
            "qrCode": {
                "type": "DYNAMIC",
                "ttl": 10,
                "image": {"mediaType": "image/png", "width": 300, "height": 300},
            },
            "amount": {"value": "100.00", "currency": "RUB"},
            "tokenizationAccount": "3e2322",
            "flags": ["CREATE_TOKEN"],
        })
    );

    let provider = Provider::answers(
        200,
        r#"{"qrCodeUid":"Test123","qrCode":{"type":"DYNAMIC","payload":"","status":"INIT_PAYMENT_BY_TOKEN"},
        "payment":{"paymentUid":"A22170834426031500000733E625FCB3","paymentStatus":"COMPLETED"}}"#,
    )
    .await;
    let request = QrCodePaymentRequest::new(uid, "3e2322", token());
    let code = provider.client().qr_codes().pay(&request).await.unwrap();
    assert_eq!(code.status, QrCodeStatus::PaymentByToken);
    assert_eq!(
        code.payment.unwrap().status,
        Some(OperationStatus::Completed)
    );
    let sent = provider.only_request();
    assert_eq!(sent.call, "POST /site-01/sbp/qrCodes/Test123/payments");
    assert_eq!(
        sent.json(),
        json!({"tokenizationAccount": "3e2322", "token": token().expose()})
    );
}

#[tokio::test]
async fn a_payout_is_signed_over_the_bytes_that_arrive() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use ring::rsa::KeyPair;
    use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
    use rustls_pki_types::PrivatePkcs8KeyDer;
    use rustls_pki_types::pem::PemObject;

    let pem = include_bytes!("../golden/digital-signature-key.pem");
    let key = PrivatePkcs8KeyDer::from_pem_slice(pem).unwrap();
    let key = KeyPair::from_pkcs8(key.secret_pkcs8_der()).unwrap();

    let provider = Provider::answers(200, PAYOUT).await;
    let receiver = PayoutReceiver::Sbp {
        phone: "79161112233".to_owned(),
        bank_member_id: "100000000005".to_owned(),
    };
    let payout_id = PayoutId::parse("p-1").unwrap();
    let request = PayoutRequest::new(payment_id(), payout_id.clone(), amount("40.00"), receiver);
    provider.client().payouts().create(&request).await.unwrap();
    let sent = provider.only_request();
    assert_eq!(
        sent.call,
        "PUT /site-01/payments/test1234567890/payouts/p-1"
    );
    assert_eq!(
        sent.json(),
        json!({
            "amount": {"value": "40.00", "currency": "RUB"},
            "receiverData": {
                "type": "SBP", "phone": "79161112233", "bankMemberId": "100000000005",
            },
        })
    );
    let signature = STANDARD
        .decode(sent.header("x-digital-sign").unwrap())
        .unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref())
        .verify(&sent.body, &signature)
        .unwrap();

    let provider = Provider::answers(200, PAYOUT).await;
    let client = provider.client();
    client
        .payouts()
        .complete(&payment_id(), &payout_id)
        .await
        .unwrap();
    assert_eq!(
        provider.only_request().call,
        "PUT /site-01/payments/test1234567890/payouts/p-1/complete"
    );
}
