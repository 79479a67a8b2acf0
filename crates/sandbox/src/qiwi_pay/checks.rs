//! What is checked of a request, in the provider's order. Source: docs/sandbox.md, "qiwi-pay".

use super::card::Card;
use super::fields::{Fields, INDUSTRY_DATA};
use super::provider::Provider;
use super::refusal::Refusal;
use super::state::State;
use super::transaction::{Kind, Status, Transaction};
use super::{receipt, safe_deal};

/// The roubles, the only currency of test mode.
const ROUBLES: u64 = 643;

/// Checks the fields, the site, the signature and the operation. Returns the opcode.
pub(super) fn request(provider: &Provider, fields: &Fields) -> Result<u64, Refusal> {
    for name in ["opcode", "merchant_site", "currency", "txn_id"] {
        fields.integer(name)?;
    }
    let opcode = fields.integer("opcode")?;
    let mut required = vec!["opcode", "merchant_site", "sign"];
    match opcode {
        Some(1 | 3 | 20) => required.extend(["amount", "currency"]),
        Some(2) => required.extend(["txn_id", "pares"]),
        Some(5..=7) => required.push("txn_id"),
        _ => {}
    }
    let faults = fields.faults(&required);
    if !faults.is_empty() {
        return Err(Refusal::Fields(faults));
    }
    let settings = provider.settings();
    if fields.integer("merchant_site")? != Some(settings.merchant_site.number()) {
        return Err(Refusal::Code(8021));
    }
    let switches = provider.state().switches.clone();
    if !switches.is_activated {
        return Err(Refusal::Code(8051));
    }
    let sign = fields.get("sign").unwrap_or_default();
    // Whether objects are signed is not published.
    let object = fields.object(INDUSTRY_DATA).map(|it| (INDUSTRY_DATA, it));
    let signed_object = object.filter(|_| switches.signs_industry_data);
    let signed = fields.pairs().chain(signed_object);
    if !settings.secret_key.verifies(signed, sign) {
        return Err(Refusal::Code(8054));
    }
    let opcode = opcode.unwrap_or_default();
    if !matches!(opcode, 1..=3 | 5..=7 | 20 | 30) {
        return Err(Refusal::Code(8002));
    }
    let allowed = switches.opcodes.as_ref();
    if allowed.is_some_and(|allowed| !allowed.contains(&opcode)) {
        return Err(Refusal::Code(8025));
    }
    Ok(opcode)
}

/// Checks the amount and the order of a payment or payout. Returns the amount in hundredths.
pub(super) fn payment(
    state: &State,
    fields: &Fields,
    kind: Kind,
    now: i64,
) -> Result<i64, Refusal> {
    let amount = fields.amount()?;
    let amount = amount.ok_or_else(|| Refusal::field("amount", "[amount] is required"))?;
    if fields.integer("currency")? != Some(ROUBLES) {
        return Err(Refusal::Code(8059));
    }
    receipt::check(fields, amount)?;
    if amount > state.switches.largest_amount {
        return Err(Refusal::Code(8070));
    }
    state.today.check(now, state.switches.daily_operations)?;
    match kind {
        Kind::Payout => check_deal(state, fields, amount)?,
        _ => {
            safe_deal::check_payment(state, fields, amount)?;
            check_order(state, fields)?;
        }
    }
    Ok(amount)
}

/// Refuses a card with which another payment is under way, if the site locks cards. Cards are told apart by the digits
/// that are kept of them.
pub(super) fn card(state: &State, card: &Card) -> Result<(), Refusal> {
    let is_same = |it: &Transaction| {
        let other = it.card.as_ref();
        other.is_some_and(|other| other.masked == card.masked)
    };
    let mut under_way = state.transactions.values();
    let is_locked = under_way.any(|it| it.status == Status::Init && is_same(it));
    match state.switches.locks_cards && is_locked {
        true => Err(Refusal::Code(8057)),
        false => Ok(()),
    }
}

/// Refuses an order that is paid or being paid.
fn check_order(state: &State, fields: &Fields) -> Result<(), Refusal> {
    let Some(order) = fields.get("order_id") else {
        return Ok(());
    };
    let is_payment = |it: &&Transaction| matches!(it.kind, Kind::Sale | Kind::Auth);
    let is_of_order = |it: &&Transaction| it.request.get("order_id") == Some(order);
    let payments = state.transactions.values().filter(is_payment);
    for transaction in payments.filter(is_of_order) {
        match transaction.status {
            Status::Init => return Err(Refusal::Code(8056)),
            Status::Declined => {}
            _ => return Err(Refusal::Code(8055)),
        }
    }
    Ok(())
}

/// Refuses a payout of more than its deal has.
fn check_deal(state: &State, fields: &Fields, amount: i64) -> Result<(), Refusal> {
    let Some(id) = fields.integer("txn_id")? else {
        return Ok(());
    };
    let parent = state.transactions.get(&id).ok_or(Refusal::Code(8022))?;
    if !matches!(parent.kind, Kind::Sale | Kind::Auth) {
        return Err(Refusal::Code(8027));
    }
    if !parent.status.is_taken() {
        return Err(Refusal::Code(8026));
    }
    if amount > state.rest(parent) - state.paid_out(id) {
        return Err(Refusal::Code(8060));
    }
    Ok(())
}
