//! Reads orders from bodies.

use std::collections::BTreeMap;

use pantoken_qiwi_pay::{
    CardToken, DealError, DealParts, FieldError, FormError, Request as _, Site,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

use super::industry_data::{self, IndustryData};
use super::money::Money;
use super::order::{Order, OrderError};
use super::receipt::{self, ReceiptData};
use super::{QiwiPayOptions, id, schemas};
use crate::http::fields::{Fields, any_text};
use crate::http::problem::Problem;

/// A payment form. The fields have the provider's names in camelCase.
#[derive(ToSchema)]
#[schema(example = json!({"operation": "sale", "orderId": "order-7",
    "amount": {"value": "10.00", "currency": "RUB"}, "successUrl": "https://shop.example/thanks"}))]
#[schema(as = NewQiwiPayForm, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the body, which is read field by field")]
pub(crate) struct NewForm {
    /// `auth` only holds the money until it is captured.
    #[schema(schema_with = schemas::operation)]
    operation: String,
    #[schema(min_length = 1, max_length = 256)]
    order_id: String,
    #[schema(value_type = super::money::NewAmount)]
    amount: Money,
    /// The agent's own reference to the payer.
    #[schema(min_length = 1, max_length = 64)]
    customer: Option<String>,
    #[schema(max_length = 64)]
    email: Option<String>,
    #[schema(max_length = 15)]
    phone: Option<String>,
    /// Three letters of ISO 3166-1.
    #[schema(max_length = 3)]
    country: Option<String>,
    #[schema(max_length = 64)]
    city: Option<String>,
    #[schema(max_length = 6)]
    region: Option<String>,
    #[schema(max_length = 64)]
    address: Option<String>,
    #[schema(max_length = 256)]
    cf1: Option<String>,
    /// A field of your own, or the parts of a safe deal: the receiver's and the marketplace's, such as `300.00;200.00`.
    /// Two such amounts must add up to the amount.
    #[schema(max_length = 256)]
    cf2: Option<String>,
    #[schema(max_length = 256)]
    cf3: Option<String>,
    #[schema(max_length = 256)]
    cf4: Option<String>,
    #[schema(max_length = 256)]
    cf5: Option<String>,
    #[schema(max_length = 25)]
    product_name: Option<String>,
    #[schema(max_length = 64)]
    modifiers: Option<String>,
    receipt: Option<ReceiptData>,
    /// The token of a saved card.
    #[schema(max_length = 40)]
    card_token: Option<String>,
    /// Until when the order can be paid.
    #[schema(format = "date-time")]
    expires_at: Option<String>,
    /// Where the payer returns after success: https only.
    #[schema(max_length = 256)]
    success_url: Option<String>,
    /// Where the payer returns after a decline: https only.
    #[schema(max_length = 256)]
    decline_url: Option<String>,
    /// Where the provider sends notifications, instead of the address that it has of you: https only.
    #[schema(max_length = 256)]
    callback_url: Option<String>,
}

/// A payment by the token of a saved card. The fields have the provider's names in camelCase.
#[derive(ToSchema)]
#[schema(example = json!({"operation": "sale", "amount": {"value": "10.00", "currency": "RUB"},
    "cardToken": "1a77343a-dd8a-11eb-ba80-0242ac130004"}))]
#[schema(as = NewQiwiPayPayment, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the body, which is read field by field")]
pub(crate) struct NewPayment {
    /// `auth` only holds the money until it is captured.
    #[schema(schema_with = schemas::operation)]
    operation: String,
    #[schema(value_type = super::money::NewAmount)]
    amount: Money,
    #[schema(min_length = 1, max_length = 40)]
    card_token: String,
    /// The agent's own reference to the payer.
    #[schema(min_length = 1, max_length = 64)]
    customer: Option<String>,
    #[schema(max_length = 64)]
    email: Option<String>,
    #[schema(max_length = 15)]
    phone: Option<String>,
    #[schema(max_length = 3)]
    country: Option<String>,
    #[schema(max_length = 64)]
    city: Option<String>,
    #[schema(max_length = 6)]
    region: Option<String>,
    #[schema(max_length = 64)]
    address: Option<String>,
    #[schema(max_length = 256)]
    cf1: Option<String>,
    /// A field of your own, or the parts of a safe deal: the receiver's and the marketplace's, such as `300.00;200.00`.
    /// Two such amounts must add up to the amount.
    #[schema(max_length = 256)]
    cf2: Option<String>,
    #[schema(max_length = 256)]
    cf3: Option<String>,
    #[schema(max_length = 256)]
    cf4: Option<String>,
    #[schema(max_length = 256)]
    cf5: Option<String>,
    #[schema(max_length = 25)]
    product_name: Option<String>,
    #[schema(max_length = 64)]
    modifiers: Option<String>,
    /// The payer's address.
    #[schema(max_length = 15)]
    ip: Option<String>,
    #[schema(max_length = 64)]
    user_device_id: Option<String>,
    /// The time at the payer's place.
    #[schema(format = "date-time")]
    user_timedate: Option<String>,
    #[schema(max_length = 64)]
    user_screen_res: Option<String>,
    #[schema(max_length = 256)]
    user_agent: Option<String>,
    #[schema(max_length = 64)]
    card_name: Option<String>,
    #[schema(max_length = 30)]
    receiver_name: Option<String>,
    #[schema(max_length = 20)]
    receiver_bank_account: Option<String>,
    #[schema(max_length = 9)]
    receiver_bic: Option<String>,
    #[schema(max_length = 64)]
    receiver_wallet: Option<String>,
    #[schema(max_length = 12)]
    receiver_inn: Option<String>,
    #[schema(max_length = 15)]
    receiver_phone: Option<String>,
    receipt: Option<ReceiptData>,
    /// Data of airline tickets. It needs `PANTOKEN_QIWI_PAY_INDUSTRY_DATA`.
    industry_data: Option<IndustryData>,
    #[schema(max_length = 256)]
    callback_url: Option<String>,
}

/// Texts, by their names here and at the provider.
const TEXTS: [(&str, &str); 13] = [
    ("email", "email"),
    ("phone", "phone"),
    ("country", "country"),
    ("city", "city"),
    ("region", "region"),
    ("address", "address"),
    ("cf1", "cf1"),
    ("cf2", "cf2"),
    ("cf3", "cf3"),
    ("cf4", "cf4"),
    ("cf5", "cf5"),
    ("productName", "product_name"),
    ("modifiers", "modifiers"),
];

/// Texts of payments by token only.
const PAYMENT_TEXTS: [(&str, &str); 11] = [
    ("ip", "ip"),
    ("userDeviceId", "user_device_id"),
    ("userScreenRes", "user_screen_res"),
    ("userAgent", "user_agent"),
    ("cardName", "card_name"),
    ("receiverName", "receiver_name"),
    ("receiverBankAccount", "receiver_bank_account"),
    ("receiverBic", "receiver_bic"),
    ("receiverWallet", "receiver_wallet"),
    ("receiverInn", "receiver_inn"),
    ("receiverPhone", "receiver_phone"),
];

/// Other fields, of which an error may be about.
const OTHERS: [(&str, &str); 6] = [
    ("customer", "merchant_uid"),
    ("orderId", "order_id"),
    ("cardToken", "card_token"),
    ("callbackUrl", "callback_url"),
    ("successUrl", "success_url"),
    ("declineUrl", "decline_url"),
];

/// The field for the parts of a safe deal.
const DEAL: &str = "cf2";

/// Reads the order of a form, and its id.
pub(super) fn read_form(mut fields: Fields, site: &Site) -> Result<(String, Order), Problem> {
    let order_id = fields.required("orderId", id::parse)?;
    let urls = ["callbackUrl", "successUrl", "declineUrl"];
    let order = Order {
        expires_at: fields.optional("expiresAt", time)?,
        card_token: fields.optional("cardToken", token)?,
        ..read(&mut fields, &TEXTS, &urls)?
    };
    fields.finish()?;
    order.sign_form(site, &order_id).map_err(problem)?;
    Ok((order_id, order))
}

/// Reads the order of a payment by token.
pub(super) fn read_payment(
    mut fields: Fields,
    options: &QiwiPayOptions,
    id: &str,
) -> Result<Order, Problem> {
    let texts: Vec<_> = TEXTS.into_iter().chain(PAYMENT_TEXTS).collect();
    let order = Order {
        card_token: Some(fields.required("cardToken", token)?),
        user_timedate: fields.optional("userTimedate", time)?,
        industry_data: IndustryData::take(&mut fields, options.industry_data)?,
        ..read(&mut fields, &texts, &["callbackUrl"])?
    };
    fields.finish()?;
    let request = order.payment_request(id, options.industry_data);
    let signed = request.map_err(problem)?.to_signed_json(&options.site);
    signed.map_err(|error| problem(error.into()))?;
    Ok(order)
}

fn read(
    fields: &mut Fields,
    names: &[(&'static str, &'static str)],
    url_names: &[&'static str],
) -> Result<Order, Problem> {
    let is_auth = fields.required("operation", |text| match text {
        "sale" => Ok(false),
        "auth" => Ok(true),
        _ => Err("must be sale or auth"),
    })?;
    let amount = Money::take(fields)?;
    let customer = fields.optional("customer", customer)?;
    let mut texts = BTreeMap::new();
    for (name, at_provider) in names {
        // An empty text is none, and is not sent.
        let text = fields.optional(name, any_text)?;
        let text = text.filter(|text| !text.is_empty());
        texts.extend(text.map(|text| ((*at_provider).to_owned(), text)));
    }
    if let Some(text) = texts.get_mut(DEAL) {
        *text = deal_parts(std::mem::take(text), &amount)?;
    }
    let mut urls = BTreeMap::new();
    for name in url_names {
        let url = fields.optional(name, any_text)?;
        urls.extend(url.map(|url| (at_provider(name).to_owned(), url)));
    }
    Ok(Order {
        is_auth,
        amount,
        customer,
        texts,
        receipt: ReceiptData::take(fields)?,
        industry_data: None,
        card_token: None,
        expires_at: None,
        user_timedate: None,
        urls,
    })
}

/// Reads the parts of a safe deal in `cf2` of a payment. Another text is the agent's own, and stays as it is.
fn deal_parts(text: String, amount: &Money) -> Result<String, Problem> {
    let Some(amount) = amount.to_amount() else {
        return Ok(text);
    };
    match DealParts::parse(&text, &amount) {
        Ok(parts) => Ok(parts.to_wire()),
        Err(DealError::Format) => Ok(text),
        Err(error) => Err(Problem::invalid(DEAL, error.to_string())),
    }
}

/// Reads the agent's reference to a payer.
pub(super) fn customer(text: &str) -> Result<String, &'static str> {
    let fits = (1..=64).contains(&text.chars().count());
    let is_plain = !text.contains('|') && !text.contains(char::is_control);
    (fits && is_plain)
        .then(|| text.to_owned())
        .ok_or("must be 1 to 64 characters long, without | and control characters")
}

/// Reads the token of a saved card.
pub(super) fn token(text: &str) -> Result<String, &'static str> {
    let is_token = CardToken::parse(text).is_ok() && text.len() <= 40 && !text.contains('|');
    is_token
        .then(|| text.to_owned())
        .ok_or("must be 1 to 40 characters long, without | and white space")
}

/// Reads a time as RFC 3339, to whole seconds.
fn time(text: &str) -> Result<i64, &'static str> {
    let time = OffsetDateTime::parse(text, &Rfc3339);
    time.map(|time| time.unix_timestamp() * 1000)
        .map_err(|_| "must be a time with an offset, such as 2026-01-31T12:00:00+03:00")
}

fn at_provider(name: &'static str) -> &'static str {
    let known = OTHERS.iter().find(|(here, _)| *here == name);
    known.map_or(name, |(_, there)| there)
}

/// Names the field here that the provider's rules refuse.
pub(super) fn problem(error: OrderError) -> Problem {
    match error {
        OrderError::Form(FormError::Field(FieldError { field, problem })) => {
            let names = TEXTS.iter().chain(&PAYMENT_TEXTS).chain(&OTHERS);
            let names = names.chain(&industry_data::NAMES);
            let name = names.into_iter().find(|(_, there)| *there == field);
            Problem::invalid(name.map_or("body", |(here, _)| here), problem.to_string())
        }
        OrderError::Form(FormError::Receipt(error)) => receipt::problem(error),
        OrderError::Form(error) => Problem::invalid("body", error.to_string()),
        OrderError::Deal { name, error } => Problem::invalid(name, error.to_string()),
        OrderError::Unreadable(error) => error.into(),
    }
}
