//! Receipts, data of airline tickets and the parts of safe deals, from the server to qiwi-pay's sandbox.

use axum::serve;
use pantoken_core::{Origin, SystemClock, SystemRandom};
use pantoken_qiwi_pay::{AviaSignature, Receipt};
use pantoken_sandbox::qiwi_pay::{NotificationUrl, Settings, router};
use pantoken_server::{Outgoing, QiwiPayOptions};
use pantoken_store::OperationStore;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::qiwi_pay_shop::{Fault, Shop, charge, form, shop, shop_with, site};
use crate::support::Answer;

/// The receipt that the provider publishes, whose total is 1145.88.
const PUBLISHED: &str = "eJylj0FqwzAQRfc5hdDapJacLNpV71GKUaUpUbEkxxpDTQi05CbJBUK7LPQM8o0qKTSmlKyymcV7mq8/mxkh1EPTQFdrRckdqRivSsaWvCySkytY91Dj0EKy7AR7j87EFeksConJ0Gfn7pUzQts5Normhyheaz94BDMtt85r1M76hB4iIWSTZ3TrXljUOCTFi1/adlrm3yvO57eLM4/piU5AgZedblN6rhT24Tt8hOP4dhMO43v4GnfhMxwJo1O2GAxYrA3gyqlzyz/O908vcLqSZbctLtdm/2svy/L6zvzaznE+zrY/sHaTsw==";

/// A shop whose provider is the sandbox.
struct Sandbox {
    shop: Shop,
    address: String,
}

impl Sandbox {
    async fn start(industry_data: Option<AviaSignature>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let settings = Settings {
            merchant_site: site().id(),
            secret_key: site().key().clone(),
            notification_url: None::<NotificationUrl>,
            public_origin: Origin::parse(&format!("http://{address}")).unwrap(),
        };
        let router = router(settings, SystemRandom, SystemClock::new());
        tokio::spawn(async move { serve(listener, router).await });
        let url = format!("http://{address}/merchant/direct");
        let options = QiwiPayOptions::new(site(), false).with_industry_data(industry_data);
        let options = options.with_api(Some(&url), None, &Outgoing::default());
        let shop = shop_with(options.unwrap()).await;
        let sandbox = Self { shop, address };
        sandbox
            .control("settings", &json!({"largestAmount": "2000.00"}))
            .await;
        sandbox
    }

    async fn control(&self, path: &str, body: &Value) -> Value {
        let url = format!("http://{}/sandbox/{path}", self.address);
        let call = reqwest::Client::new().post(url).body(body.to_string());
        let answer = call.header("content-type", "application/json").send().await;
        let text = answer.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn executed(&self) -> Vec<Value> {
        let url = format!("http://{}/sandbox/executed", self.address);
        let text = reqwest::get(url).await.unwrap().text().await.unwrap();
        let mut answer: Value = serde_json::from_str(&text).unwrap();
        answer["executed"].as_array_mut().unwrap().split_off(0)
    }

    async fn last_executed(&self) -> Value {
        self.executed().await.pop().unwrap()
    }

    /// Signs a form, and pays it as a customer does. Returns the token of the card.
    async fn pay(&self, body: &Value) -> String {
        let made = self.shop.form(body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let card = json!({
            "fields": made.json()["fields"], "pan": "4111111111111111", "expiry": "1234",
        });
        let paid = self.control("forms", &card).await;
        paid["card_token"].as_str().unwrap().to_owned()
    }

    /// Holds 10.00 with these fields.
    async fn hold(&self, order: &str, fields: &Value) -> Answer {
        let token = self.pay(&form(&format!("{order}-form"))).await;
        let mut body = charge("auth");
        body["cardToken"] = token.into();
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.shop.put(&format!("payments/{order}"), &body).await
    }
}

fn receipt(cheque_type: u32, price: &str) -> Value {
    let position = json!({"quantity": "1", "price": price, "tax": 6, "description": "Билет",
        "paymentMethod": 4, "paymentSubject": 4});
    json!({"sellerId": "3123011520", "chequeType": cheque_type, "customerContact": "buyer@shop.example",
        "taxSystem": 1, "positions": [position]})
}

/// The published receipt as a request of the server has it.
fn published() -> Value {
    let position = |quantity: &str, price: &str, description: &str| {
        json!({"quantity": quantity, "price": price, "tax": 4, "description": description, "paymentMethod": 1,
            "paymentSubject": 1})
    };
    json!({"sellerId": "3123011520", "chequeType": 1, "customerContact": "foo@domain.tld", "taxSystem": 1,
        "positions": [position("2", "322.94", "Товар/Услуга 1"), position("1", "500", "Товар/Услуга 2")]})
}

fn tickets() -> Value {
    let segment = json!({"amount": "9.00", "serviceClass": "Y", "fareBasisCode": "YOW", "destCity": "LED",
        "carrierCode": "SU", "stopoverCode": "O", "departureDate": "2026-12-01T10:00:00+03:00", "flightNumber": "42"});
    // Its number passes the Luhn check, and begins as those of a card scheme do.
    let ticket = json!({"number": "4242424242422", "passengerName": "IVANOV IVAN", "amount": "9.00",
        "amountTotal": "10.00", "restricted": true, "agencyCode": "12345", "agencyName": "Agency", "airportCode": "SVO",
        "segments": [segment]});
    json!({"type": "avia", "pnr": "ABC123", "tickets": [ticket]})
}

fn decoded(cheque: &Value) -> Receipt {
    Receipt::decode(cheque.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_receipt_travels_with_a_form_a_payment_a_capture_and_a_refund() {
    let sandbox = Sandbox::start(None).await;
    let shop = &sandbox.shop;
    let amount = json!({"value": "1145.88", "currency": "RUB"});
    let mut body = form("order-1");
    body["amount"] = amount.clone();
    body["receipt"] = published();
    let token = sandbox.pay(&body).await;
    let cheque = sandbox.last_executed().await["merchant_cheque"].take();
    assert_eq!(decoded(&cheque), Receipt::decode(PUBLISHED).unwrap());

    let mut body = charge("auth");
    body["cardToken"] = token.into();
    body["amount"] = amount;
    body["receipt"] = published();
    let held = shop.put("payments/order-2", &body).await;
    assert_eq!(held.field("state"), "authorized", "{}", held.text);
    let cheque = sandbox.last_executed().await["cheque"].take();
    assert_eq!(decoded(&cheque), Receipt::decode(PUBLISHED).unwrap());

    // What was released is neither captured nor in the receipt.
    let part = json!({"amount": {"value": "145.88", "currency": "RUB"}});
    shop.put("payments/order-2/reversals/v-1", &part).await;
    let capture = json!({"receipt": receipt(1, "1000.00")});
    let captured = shop.put("payments/order-2/captures/c-1", &capture).await;
    assert_eq!(captured.field("state"), "completed", "{}", captured.text);
    assert_eq!(captured.json()["amount"]["value"], "1000.00");
    let cheque = sandbox.last_executed().await["cheque"].take();
    assert_eq!(decoded(&cheque).customer_contact, "buyer@shop.example");

    let refund =
        json!({"amount": {"value": "4.00", "currency": "RUB"}, "receipt": receipt(2, "4.00")});
    let refunded = shop.put("payments/order-2/refunds/r-1", &refund).await;
    assert_eq!(refunded.field("state"), "completed", "{}", refunded.text);
    let cheque = sandbox.last_executed().await["cheque"].take();
    assert_eq!(decoded(&cheque).total(), Some(4.into()));

    // The receipt is a part of the request.
    let again = shop.put("payments/order-2/refunds/r-1", &refund).await;
    assert_eq!(again.status, 200);
    let other =
        json!({"amount": {"value": "4.00", "currency": "RUB"}, "receipt": receipt(4, "4.00")});
    let conflict = shop.put("payments/order-2/refunds/r-1", &other).await;
    conflict.is_problem(409, "OPERATION_CONFLICT", None);
    // Without an amount, it is about all that is left.
    let rest = json!({"receipt": receipt(2, "996.00")});
    let refunded = shop.put("payments/order-2/refunds/r-2", &rest).await;
    assert_eq!(refunded.field("state"), "completed", "{}", refunded.text);
}

#[tokio::test]
async fn what_a_document_must_not_be_is_refused_and_nothing_is_stored() {
    let sandbox = Sandbox::start(Some(AviaSignature::Omitted)).await;
    let shop = &sandbox.shop;
    sandbox.hold("order-1", &json!({})).await;
    let before = sandbox.executed().await.len();
    for (path, body, field) in [
        (
            "captures",
            json!({"receipt": receipt(1, "9.99")}),
            "receipt",
        ),
        ("captures", json!({"receipt": "text"}), "receipt"),
        ("captures", json!({"cf1": "a|b"}), "cf1"),
        ("captures", json!({"cf1": "a".repeat(257)}), "cf1"),
        (
            "captures",
            json!({"industryData": {"tickets": []}}),
            "industryData.tickets",
        ),
        (
            "reversals",
            json!({"receipt": receipt(2, "9.99")}),
            "receipt",
        ),
        ("reversals", json!({"cf2": "7.00;2.99"}), "cf2"),
        ("reversals", json!({"cf2": "7;3"}), "cf2"),
        ("reversals", json!({"cf2": ""}), "cf2"),
        ("reversals", json!({"cf3": "10.00"}), "cf3"),
        (
            "reversals",
            json!({"cf2": "7.00;3.00", "cf3": "7.00;3.00"}),
            "cf3",
        ),
        (
            "reversals",
            json!({"amount": {"value": "4.00", "currency": "RUB"}, "cf2": "7.00;3.00"}),
            "cf2",
        ),
    ] {
        let path = format!("payments/order-1/{path}/p-1");
        let refused = shop.put(&path, &body).await;
        refused.is_problem(400, "INVALID_FIELD", Some(field));
        shop.get(&path)
            .await
            .is_problem(404, "OPERATION_NOT_FOUND", None);
    }
    for (path, name) in [("captures", "amount"), ("refunds", "industryData")] {
        let path = format!("payments/order-1/{path}/p-1");
        let refused = shop.put(&path, &json!({name: {}})).await;
        refused.is_problem(400, "UNKNOWN_FIELD", Some(name));
    }
    assert_eq!(sandbox.executed().await.len(), before);
}

#[tokio::test]
async fn each_field_of_a_ticket_has_its_limit_and_its_name() {
    let sandbox = Sandbox::start(Some(AviaSignature::Omitted)).await;
    let long = "A".repeat(26);
    for (pointer, value, field) in [
        ("/type", json!("rail"), "industryData.type"),
        ("/pnr", json!("ABC1234"), "industryData.pnr"),
        ("/pnr", json!("A|B"), "industryData.pnr"),
        ("/tickets", json!([]), "industryData.tickets"),
        ("/tickets", json!({}), "industryData.tickets"),
        (
            "/tickets/0/number",
            json!("123456789012345"),
            "industryData.tickets.number",
        ),
        (
            "/tickets/0/number",
            json!(""),
            "industryData.tickets.number",
        ),
        (
            "/tickets/0/passengerName",
            json!(long),
            "industryData.tickets.passengerName",
        ),
        (
            "/tickets/0/amount",
            json!("9"),
            "industryData.tickets.amount",
        ),
        (
            "/tickets/0/amount",
            json!(9.0),
            "industryData.tickets.amount",
        ),
        (
            "/tickets/0/amountTotal",
            json!("-1.00"),
            "industryData.tickets.amountTotal",
        ),
        (
            "/tickets/0/restricted",
            json!("true"),
            "industryData.tickets.restricted",
        ),
        (
            "/tickets/0/agencyCode",
            json!(long),
            "industryData.tickets.agencyCode",
        ),
        (
            "/tickets/0/agencyName",
            json!(long),
            "industryData.tickets.agencyName",
        ),
        (
            "/tickets/0/airportCode",
            json!("SVOX"),
            "industryData.tickets.airportCode",
        ),
        (
            "/tickets/0/segments",
            json!([]),
            "industryData.tickets.segments",
        ),
        (
            "/tickets/0/segments/0/amount",
            json!("1e3"),
            "industryData.tickets.segments.amount",
        ),
        (
            "/tickets/0/segments/0/serviceClass",
            json!("YY"),
            "industryData.tickets.segments.serviceClass",
        ),
        (
            "/tickets/0/segments/0/fareBasisCode",
            json!(long),
            "industryData.tickets.segments.fareBasisCode",
        ),
        (
            "/tickets/0/segments/0/destCity",
            json!("LEDX"),
            "industryData.tickets.segments.destCity",
        ),
        (
            "/tickets/0/segments/0/carrierCode",
            json!("SUX"),
            "industryData.tickets.segments.carrierCode",
        ),
        (
            "/tickets/0/segments/0/stopoverCode",
            json!("OO"),
            "industryData.tickets.segments.stopoverCode",
        ),
        (
            "/tickets/0/segments/0/departureDate",
            json!("2026-12-01T10:00:00"),
            "industryData.tickets.segments.departureDate",
        ),
        (
            "/tickets/0/segments/0/flightNumber",
            json!("SU42"),
            "industryData.tickets.segments.flightNumber",
        ),
    ] {
        let mut data = tickets();
        *data.pointer_mut(pointer).unwrap() = value;
        let mut body = charge("sale");
        body["industryData"] = data;
        let refused = sandbox.shop.put("payments/order-1", &body).await;
        refused.is_problem(400, "INVALID_FIELD", Some(field));
    }
    let mut body = charge("sale");
    body["industryData"] = tickets();
    body["industryData"]["tickets"][0]["passengerName"] = "4111 1111 1111 1111".into();
    let refused = sandbox.shop.put("payments/order-1", &body).await;
    let field = Some("industryData.tickets.passengerName");
    refused.is_problem(400, "CARD_NUMBER_REFUSED", field);
    body["industryData"] = tickets();
    body["industryData"]["tickets"][0]["seat"] = "1A".into();
    let refused = sandbox.shop.put("payments/order-1", &body).await;
    refused.is_problem(400, "UNKNOWN_FIELD", Some("seat"));
    sandbox
        .shop
        .get("payments/order-1")
        .await
        .is_problem(404, "OPERATION_NOT_FOUND", None);
}

#[tokio::test]
async fn tickets_travel_with_a_payment_and_a_capture_signed_or_not() {
    for (signature, is_signed) in [
        (AviaSignature::Omitted, false),
        (AviaSignature::CompactJson, true),
    ] {
        let sandbox = Sandbox::start(Some(signature)).await;
        let setting = json!({"signedIndustryData": is_signed});
        sandbox.control("settings", &setting).await;
        let held = sandbox
            .hold("order-1", &json!({"industryData": tickets()}))
            .await;
        assert_eq!(held.field("state"), "authorized", "{}", held.text);
        let sent = sandbox.last_executed().await["industry_data"].take();
        assert_eq!(
            (&sent["type"], &sent["pnr"]),
            (&json!("avia"), &json!("ABC123"))
        );
        let ticket = &sent["tickets"][0];
        assert_eq!(ticket["number"], "4242424242422");
        assert_eq!(ticket["amount_total"], json!(10.0));
        let segment = &ticket["segments"][0];
        assert_eq!(segment["departure_date"], "2026-12-01T10:00:00+03:00");
        let capture = json!({"industryData": tickets()});
        let captured = sandbox
            .shop
            .put("payments/order-1/captures/c-1", &capture)
            .await;
        assert_eq!(captured.field("state"), "completed", "{}", captured.text);
        let sent = sandbox.last_executed().await["industry_data"].take();
        assert_eq!(sent["tickets"][0]["passenger_name"], "IVANOV IVAN");
    }
}

#[tokio::test]
async fn whether_tickets_are_signed_has_to_be_known() {
    let sandbox = Sandbox::start(None).await;
    let mut body = charge("sale");
    body["industryData"] = tickets();
    let refused = sandbox.shop.put("payments/order-1", &body).await;
    refused.is_problem(400, "INVALID_FIELD", Some("industryData"));
    assert!(refused.text.contains("PANTOKEN_QIWI_PAY_INDUSTRY_DATA"));
}

#[tokio::test]
async fn the_parts_of_a_safe_deal_travel_at_each_step() {
    let sandbox = Sandbox::start(None).await;
    let shop = &sandbox.shop;
    let deals = json!({"safeDeals": "captured"});
    sandbox.control("settings", &deals).await;
    let mut body = form("order-1");
    body["cf2"] = "7.00;2.99".into();
    let refused = shop.form(&body).await;
    refused.is_problem(400, "INVALID_FIELD", Some("cf2"));
    let refused = sandbox.hold("order-5", &json!({"cf2": "7.00;2.99"})).await;
    refused.is_problem(400, "INVALID_FIELD", Some("cf2"));
    body["cf2"] = "7.00; 3.00".into();
    sandbox.pay(&body).await;
    assert_eq!(sandbox.last_executed().await["cf2"], "7.00;3.00");
    // Another text is the agent's own.
    body = form("order-3");
    body["cf2"] = "7;2".into();
    assert_eq!(shop.form(&body).await.status, 201);

    let parts = json!({"cf1": "79111111111", "cf2": "7.00;3.00"});
    let held = sandbox.hold("order-2", &parts).await;
    assert_eq!(held.field("state"), "authorized", "{}", held.text);
    let part = json!({"amount": {"value": "4.00", "currency": "RUB"}, "cf2": "3.00; 1.00"});
    let reversed = shop.put("payments/order-2/reversals/v-1", &part).await;
    assert_eq!(reversed.field("state"), "completed", "{}", reversed.text);
    assert_eq!(sandbox.last_executed().await["cf2"], "3.00;1.00");
    let wallet = json!({"cf1": "79111111111"});
    let captured = shop.put("payments/order-2/captures/c-1", &wallet).await;
    assert_eq!(captured.field("state"), "completed", "{}", captured.text);
    assert_eq!(sandbox.last_executed().await["cf1"], "79111111111");

    // A site may have its parts in cf3.
    let refund = json!({"amount": {"value": "1.00", "currency": "RUB"}, "cf3": "0.70;0.30"});
    let ordinary = sandbox.hold("order-4", &json!({})).await;
    assert_eq!(ordinary.field("state"), "authorized", "{}", ordinary.text);
    shop.put("payments/order-4/captures/c-1", &json!({})).await;
    let refunded = shop.put("payments/order-4/refunds/r-1", &refund).await;
    assert_eq!(refunded.field("state"), "completed", "{}", refunded.text);
    assert_eq!(sandbox.last_executed().await["cf3"], "0.70;0.30");
}

/// Returns what is kept of an operation.
async fn kept(shop: &Shop, kind: &str, key: &str) -> String {
    let store = &shop.server.store;
    let found = store.find_operation(kind.to_owned(), key.to_owned());
    let operation = found.await.unwrap().unwrap();
    operation.progress.data.expose().to_owned()
}

#[tokio::test]
async fn documents_are_kept_only_until_the_provider_has_answered() {
    let shop = shop().await;
    let mut body = form("order-1");
    body["receipt"] = receipt(1, "10.00");
    assert_eq!(shop.form(&body).await.status, 201);
    let kept_form = kept(&shop, "qiwi-pay.payment", "order-1").await;
    assert!(!kept_form.contains("buyer@shop.example"), "{kept_form}");
    assert_eq!(shop.form(&body).await.status, 201);

    let mut body = charge("auth");
    body["receipt"] = receipt(1, "10.00");
    shop.faults(&[Fault::LosesAnswer]);
    shop.put("payments/order-2", &body).await;
    // It may have to be sent again.
    let open = kept(&shop, "qiwi-pay.payment", "order-2").await;
    assert!(open.contains("buyer@shop.example"), "{open}");
    shop.until_state("payments/order-2", "authorized").await;
    let held = kept(&shop, "qiwi-pay.payment", "order-2").await;
    assert!(!held.contains("buyer@shop.example"), "{held}");
    assert_eq!(shop.put("payments/order-2", &body).await.status, 200);

    let capture = json!({"receipt": receipt(1, "10.00"), "cf1": "79111111111"});
    shop.faults(&[Fault::LosesAnswer]);
    shop.put("payments/order-2/captures/c-1", &capture).await;
    let open = kept(&shop, "qiwi-pay.capture", "order-2/c-1").await;
    assert!(open.contains("buyer@shop.example"), "{open}");
    shop.until_state("payments/order-2/captures/c-1", "completed")
        .await;
    let done = kept(&shop, "qiwi-pay.capture", "order-2/c-1").await;
    assert!(
        !done.contains("buyer@") && !done.contains("79111111111"),
        "{done}"
    );
    let again = shop.put("payments/order-2/captures/c-1", &capture).await;
    assert_eq!(again.status, 200, "{}", again.text);
}
