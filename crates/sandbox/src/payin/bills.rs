use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::payin::body::Body;
use crate::payin::payments;
use crate::payin::provider::Provider;
use crate::payin::refusal::Refusal;
use crate::payin::state::{Bill, State, amount, date, without_nulls};

/// Creates a bill, or returns the one of this id.
pub(crate) fn create(
    provider: &Provider,
    state: &mut State,
    id: &str,
    body: &Body,
) -> Result<Value, Refusal> {
    if !state.bills.contains_key(id) {
        let bill = new_bill(provider, id, body)?;
        state.execute("bill", id, &bill.object["amount"]);
        let uid = bill.object["invoiceUid"].as_str().unwrap_or_default();
        state.invoices.insert(uid.to_owned(), id.to_owned());
        state.bills.insert(id.to_owned(), bill);
    }
    get(state, id, provider.now())
}

fn new_bill(provider: &Provider, id: &str, body: &Body) -> Result<Bill, Refusal> {
    let is_check = body.has_flag("CHECK_CARD");
    let minor_units = if is_check { 0 } else { body.amount()? };
    let expires = body.text("/expirationDateTime").unwrap_or_default();
    // Without an offset, the provider answers 400.
    let wrong = Refusal::Field("expirationDateTime", "Invalid date");
    let expires = OffsetDateTime::parse(expires, &Rfc3339).map_err(|_| wrong)?;
    let url = "customFields.invoice_callback_url";
    body.check_url(url, "/customFields/invoice_callback_url")?;
    if body.has_flag("BIND_PAYMENT_TOKEN") && body.text("/customer/account").is_none() {
        return Err(Refusal::Field("customer.account", "May not be null"));
    }
    let uid = provider.uuid()?;
    let page = if is_check { "validation/card" } else { "form" };
    let origin = provider.settings().public_origin.as_str();
    let object = json!({
        "siteId": provider.settings().site_id.as_str(),
        "billId": id,
        "invoiceUid": uid,
        "amount": amount(minor_units, &json!("RUB")),
        "creationDateTime": date(provider.now()),
        "expirationDateTime": body.json["expirationDateTime"],
        "payUrl": format!("{origin}/{page}?invoiceUid={uid}"),
        "comment": body.json["comment"],
        "customer": body.json["customer"],
        "customFields": body.json["customFields"],
        "flags": body.json["flags"],
    });
    Ok(Bill {
        object: without_nulls(object),
        minor_units,
        is_paid: false,
        expires,
        form_payment: None,
    })
}

/// Returns the bill without its payments.
pub(crate) fn get(state: &State, id: &str, now: i64) -> Result<Value, Refusal> {
    let bill = state.bills.get(id).ok_or(Refusal::NotFound)?;
    let status = match (bill.is_paid, bill.is_expired(now)) {
        (true, _) => "PAID",
        (false, true) => "EXPIRED",
        (false, false) => "CREATED",
    };
    let mut object = bill.object.clone();
    object["status"] = json!({"value": status, "changedDateTime": date(now)});
    Ok(object)
}

impl Bill {
    /// Returns whether its time is over. A payment that began before may still succeed.
    pub(crate) fn is_expired(&self, now: i64) -> bool {
        self.expires.unix_timestamp().saturating_mul(1_000) <= now
    }
}

/// Returns the bill with its payments.
pub(crate) fn details(provider: &Provider, state: &mut State, id: &str) -> Result<Value, Refusal> {
    let payments = payments_of(provider, state, id)?;
    let mut object = get(state, id, provider.now())?;
    object["payments"] = payments;
    Ok(object)
}

/// Returns the payments of the bill.
pub(crate) fn payments_of(
    provider: &Provider,
    state: &mut State,
    id: &str,
) -> Result<Value, Refusal> {
    let of_bill = |payment: &&String| state.payments[*payment].object["billId"] == id;
    let ids: Vec<_> = state.payments.keys().filter(of_bill).cloned().collect();
    let payments = ids.iter().map(|id| payments::get(provider, state, id));
    payments.collect()
}
