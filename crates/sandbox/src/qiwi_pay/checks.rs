//! What is checked of a request, in the provider's order. Source: docs/sandbox.md, "qiwi-pay".

use super::fields::Fields;
use super::provider::Provider;
use super::refusal::Refusal;
use super::state::State;
use super::transaction::{Kind, Status, Transaction};

/// The largest amount in test mode, in hundredths.
const MOST: i64 = 1_000;
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
    let sign = fields.get("sign").unwrap_or_default();
    if !settings.secret_key.verifies(fields.pairs(), sign) {
        return Err(Refusal::Code(8054));
    }
    let opcode = opcode.unwrap_or_default();
    if !matches!(opcode, 1..=3 | 5..=7 | 20 | 30) {
        return Err(Refusal::Code(8002));
    }
    let state = provider.state();
    let allowed = state.switches.opcodes.as_ref();
    if allowed.is_some_and(|allowed| !allowed.contains(&opcode)) {
        return Err(Refusal::Code(8025));
    }
    Ok(opcode)
}

/// Checks the amount and the order of a payment or payout. Returns the amount in hundredths.
pub(super) fn payment(state: &State, fields: &Fields, kind: Kind) -> Result<i64, Refusal> {
    let amount = fields.amount()?;
    let amount = amount.ok_or_else(|| Refusal::field("amount", "[amount] is required"))?;
    if fields.integer("currency")? != Some(ROUBLES) {
        return Err(Refusal::Code(8059));
    }
    if amount > MOST {
        return Err(Refusal::Code(8070));
    }
    match kind {
        Kind::Payout => check_deal(state, fields, amount)?,
        _ => check_order(state, fields)?,
    }
    Ok(amount)
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
