//! Safe deals, of which a part goes to a receiver and the rest to the marketplace.

use pantoken_qiwi_pay::{Amount, Currency, DealParts};
use rust_decimal::Decimal;

use super::fields::Fields;
use super::refusal::Refusal;
use super::state::State;
use super::switches::AfterHold;
use super::transaction::{Kind, Transaction};

/// How long the amount of a deal is held, in milliseconds.
pub(super) const HOLD: i64 = 5 * 24 * 3_600_000;

/// Returns what becomes of a held payment after five days, if the site has safe deals and the payment is one.
pub(super) fn after_hold(state: &State, payment: &Transaction) -> Option<AfterHold> {
    let is_deal = payment.request.get("cf2").is_some();
    state.switches.safe_deals.filter(|_| is_deal)
}

/// Refuses the parts of a payment that do not add up to its amount.
pub(super) fn check_payment(
    state: &State,
    fields: &Fields,
    minor_units: i64,
) -> Result<(), Refusal> {
    match fields.get("cf2") {
        Some(parts) if state.switches.safe_deals.is_some() => check_parts(parts, minor_units),
        _ => Ok(()),
    }
}

/// Refuses a capture that does not name the wallet of its deal.
pub(super) fn check_capture(
    state: &State,
    payment: &Transaction,
    fields: &Fields,
) -> Result<(), Refusal> {
    let wallet = payment.request.get("cf1");
    let is_deal = after_hold(state, payment).is_some() && wallet.is_some();
    match is_deal && fields.get("cf1") != wallet {
        true => Err(Refusal::field("cf1", "[cf1] must be that of the payment")),
        false => Ok(()),
    }
}

/// Refuses a return of a deal without the parts of what is given back, and a refund of what a wallet has got.
pub(super) fn check_return(
    state: &State,
    payment: &Transaction,
    fields: &Fields,
    (kind, minor_units): (Kind, i64),
) -> Result<(), Refusal> {
    if after_hold(state, payment).is_none() {
        return Ok(());
    }
    if kind == Kind::Refund && payment.request.get("cf1").is_some() {
        return Err(Refusal::Code(8026));
    }
    check_parts(fields.get("cf2").unwrap_or_default(), minor_units)
}

fn check_parts(parts: &str, minor_units: i64) -> Result<(), Refusal> {
    let amount = Amount::new(Decimal::new(minor_units, 2), Currency::RUB);
    let wrong = || Refusal::field("cf2", "[cf2] must be two parts of the amount");
    let amount = amount.map_err(|_| wrong())?;
    DealParts::parse(parts, &amount).map_err(|_| wrong())?;
    Ok(())
}
