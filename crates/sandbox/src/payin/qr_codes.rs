//! QR codes of the faster payments system. Source: docs/payin.md, "Calls".

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::payin::body::{Body, has_flag};
use crate::payin::card::Outcome;
use crate::payin::provider::Provider;
use crate::payin::refusal::{self, Refusal};
use crate::payin::state::{Payment, Progress, QrCode, State, Token, amount, date, without_nulls};
use crate::payin::{notification, payments};

/// The usual lifetime of a code, in minutes.
const TTL: u64 = 72 * 60;
/// The only amount that is paid in test mode, in hundredths.
const PAID: i64 = 20_000;
const BANK: &str = "100000000111";

/// Creates a QR code, or returns the one of this id.
pub(crate) fn create(
    provider: &Provider,
    state: &mut State,
    id: &str,
    body: &Body,
) -> Result<Value, Refusal> {
    if !state.qr_codes.contains_key(id) {
        let code = new_code(provider, id, body)?;
        state.execute("qr-code", id, &code.object["amount"]);
        state.qr_codes.insert(id.to_owned(), code);
    }
    get(provider, state, id)
}

fn new_code(provider: &Provider, id: &str, body: &Body) -> Result<QrCode, Refusal> {
    let kind = body.required("qrCode.type", "/qrCode/type", 16)?;
    let is_token = match kind {
        "DYNAMIC" => false,
        "TOKEN" => true,
        _ => return Err(Refusal::Field("qrCode.type", "Unknown type")),
    };
    for (field, pointer, max) in [
        ("paymentPurpose", "/paymentPurpose", 140),
        ("tokenizationPurpose", "/tokenizationPurpose", 140),
        ("redirectUrl", "/redirectUrl", 1_000),
    ] {
        if body.text(pointer).is_some() {
            body.required(field, pointer, max)?;
        }
    }
    if is_token || body.has_flag("CREATE_TOKEN") {
        body.required("tokenizationAccount", "/tokenizationAccount", 64)?;
    }
    let minor_units = match is_token {
        true => None,
        false => Some(body.amount_of_any_size()?),
    };
    let now = provider.now();
    let ttl = body.json["qrCode"]["ttl"].as_u64().unwrap_or(TTL);
    let lifetime = i64::try_from(ttl)
        .unwrap_or(i64::MAX)
        .saturating_mul(60_000);
    let origin = provider.settings().public_origin.as_str();
    let mut object = body.json.clone();
    object["qrCodeUid"] = json!(id);
    object["qrCode"]["ttl"] = json!(ttl);
    object["qrCode"]["payload"] = json!(format!("{origin}/qr/{}", provider.uuid()?));
    object["createdOn"] = json!(date(now));
    if let Some(minor_units) = minor_units {
        object["amount"] = amount(minor_units, &json!("RUB"));
    }
    Ok(QrCode {
        object: without_nulls(object),
        minor_units,
        expires: now.saturating_add(lifetime),
        payment: None,
        by_token: false,
        token: None,
    })
}

/// Returns a QR code with its payment, refunds and token.
pub(crate) fn get(provider: &Provider, state: &mut State, id: &str) -> Result<Value, Refusal> {
    let code = state.qr_codes.get(id).ok_or(Refusal::NotFound)?;
    if let Some(payment) = code.payment.clone() {
        payments::settle(provider, state, &payment)?;
    }
    describe(provider, state, id)
}

fn describe(provider: &Provider, state: &State, id: &str) -> Result<Value, Refusal> {
    let code = state.qr_codes.get(id).ok_or(Refusal::NotFound)?;
    let payment = code.payment.as_ref().and_then(|id| state.payments.get(id));
    let mut object = code.object.clone();
    let status = match payment.map(|payment| payment.progress) {
        Some(Progress::Done(Ok(()))) => "PAYED",
        Some(Progress::Done(Err(_))) => "DECLINED",
        Some(_) if code.by_token => "INIT_PAYMENT_BY_TOKEN",
        None if code.token.is_none() && code.expires <= provider.now() => "EXPIRED",
        _ => "CREATED",
    };
    object["qrCode"]["status"] = json!(status);
    if code.by_token {
        object["qrCode"]["payload"] = json!("");
    }
    if let (Some(payment), Some(payment_id)) = (payment, &code.payment) {
        let status = match payment.progress {
            Progress::Done(Ok(())) => "COMPLETED",
            Progress::Done(Err(_)) => "DECLINED",
            _ => "WAITING",
        };
        let status = json!({"value": status, "changedDateTime": date(payment.changed)});
        object["payment"] = json!({"paymentUid": payment_id, "paymentStatus": status});
        object["refunds"] = payment.refunds.values().cloned().collect();
    }
    if let Some(token) = &code.token {
        object["token"] = json!({
            "status": token["status"], "value": token["value"], "expiredDate": token["expiredDate"],
        });
        object["token"] = without_nulls(object["token"].take());
    }
    Ok(object)
}

/// Pays a dynamic code with a token. The outcome comes later.
pub(crate) fn pay_with_token(
    provider: &Provider,
    state: &mut State,
    id: &str,
    body: &Body,
) -> Result<Value, Refusal> {
    let account = body.required("tokenizationAccount", "/tokenizationAccount", 64)?;
    let token = body.required("token", "/token", 256)?;
    let code = state.qr_codes.get(id).ok_or(Refusal::NotFound)?;
    if code.by_token {
        return get(provider, state, id);
    }
    let known = state.tokens.get(token);
    if !known.is_some_and(|known| known.account == account && known.card.is_none()) {
        let text = "Exchange token error. Token disabled, please create new one";
        return Err(Refusal::Field("token", text));
    }
    start_payment(provider, state, id, true)?;
    let answer = describe(provider, state, id)?;
    Ok(answer)
}

/// The customer scans the code with the app of a bank, and agrees or refuses.
pub(crate) fn scan(
    provider: &Provider,
    state: &mut State,
    id: &str,
    agrees: bool,
) -> Result<Value, Refusal> {
    let code = state.qr_codes.get(id).ok_or(Refusal::NotFound)?;
    let is_used = code.payment.is_some() || code.token.is_some();
    if is_used || code.expires <= provider.now() {
        return Err(Refusal::WrongState("The QR code cannot be used any more"));
    }
    let is_token = code.minor_units.is_none();
    let wants_token = is_token || has_flag(&code.object, "CREATE_TOKEN");
    if !is_token && agrees {
        let payment = start_payment(provider, state, id, false)?;
        payments::settle(provider, state, &payment)?;
    }
    if wants_token {
        issue_token(provider, state, id, agrees)?;
    }
    describe(provider, state, id)
}

/// Starts the payment of a code, and returns its id.
fn start_payment(
    provider: &Provider,
    state: &mut State,
    id: &str,
    by_token: bool,
) -> Result<String, Refusal> {
    let now = provider.now();
    let digits = provider.uuid()?.replace('-', "").to_uppercase();
    let payment_id = format!("A{}", digits.get(1..).unwrap_or_default());
    let code = state.qr_codes.get_mut(id).ok_or(Refusal::NotFound)?;
    let minor_units = code.minor_units;
    let Some(minor_units) = minor_units.filter(|_| code.payment.is_none() && code.expires > now)
    else {
        return Err(Refusal::WrongState("The QR code cannot be paid"));
    };
    let result = if minor_units == PAID {
        Ok(())
    } else {
        Err("ACQUIRING_NOT_PERMITTED")
    };
    let object = json!({
        "paymentId": payment_id,
        "billId": format!("autogenerated-{id}"),
        "qrCodeUid": id,
        "createdDateTime": date(now),
        "amount": code.object["amount"],
        "paymentMethod": {"type": "SBP"},
        "flags": ["SALE", "TEST"],
    });
    code.payment = Some(payment_id.clone());
    code.by_token = by_token;
    let payment = Payment {
        object,
        minor_units,
        is_sale: true,
        progress: Progress::Decided(Outcome { at: now, result }),
        changed: now,
        captured: false,
        captures: BTreeMap::new(),
        refunds: BTreeMap::new(),
        refunded: 0,
        wants_token: None,
    };
    state.execute("payment", &payment_id, &payment.object["amount"]);
    state.payments.insert(payment_id.clone(), payment);
    let id = payment_id.clone();
    provider.later(now, move |provider, state| {
        refusal::log(payments::settle(provider, state, &id));
    });
    Ok(payment_id)
}

fn issue_token(
    provider: &Provider,
    state: &mut State,
    id: &str,
    agrees: bool,
) -> Result<(), Refusal> {
    let value = provider.uuid()?;
    let now = date(provider.now());
    let code = state.qr_codes.get_mut(id).ok_or(Refusal::NotFound)?;
    let account = code.object["tokenizationAccount"].clone();
    let status = if agrees { "CREATED" } else { "REJECTED" };
    let mut token = json!({
        "status": {"value": status, "changedDateTime": now},
        "account": account,
        "tokenizationSource": {"type": "QR_CODE", "uid": id},
        "bankMemberId": BANK,
    });
    if agrees {
        token["value"] = json!(value);
        token["expiredDate"] = json!("2099-12-01T00:00:00+03:00");
    } else {
        token["rejectReason"] = json!("CUSTOMER_REFUSED");
    }
    code.token = Some(token.clone());
    if agrees {
        let account = account.as_str().unwrap_or_default().to_owned();
        state.tokens.insert(
            value,
            Token {
                account,
                card: None,
            },
        );
    }
    notification::token(provider, state, token);
    Ok(())
}
