//! What is done with one card.

use pantoken_core::contains_card_number;
use serde_json::{Value, json};

use super::cards;
use super::refusal::Refusal;
use super::wallet::SharedWallet;

/// How long after its block a card can be unblocked, in milliseconds.
const UNBLOCK_TIME: i64 = 90 * 24 * 60 * 60 * 1_000;

/// Shows the number and the code of an active card.
pub(super) fn details(
    wallet: &SharedWallet,
    id: &str,
    operation_id: Option<&str>,
) -> Result<Value, Refusal> {
    if operation_id.is_none_or(|text| ::uuid::Uuid::try_parse(text).is_err()) {
        return Err(Refusal::Invalid("operationId must be a UUID"));
    }
    let mut state = wallet.state()?;
    let (_, card) = cards::find(&mut state, id)?;
    if card.blocked.is_some() {
        return Ok(json!({"status": "FAIL", "cvv": null, "pan": null, "errorCode": "12"}));
    }
    let (pan, cvv) = (card.pan.expose(), card.cvv.expose());
    Ok(json!({"status": "OK", "cvv": cvv, "pan": pan, "errorCode": "0"}))
}

/// Blocks a card. A blocked card stays blocked.
pub(super) fn block(wallet: &SharedWallet, id: &str) -> Result<(), Refusal> {
    let now = wallet.now();
    let mut state = wallet.state()?;
    let (_, card) = cards::find(&mut state, id)?;
    if card.blocked.is_none() {
        card.blocked = Some(now);
        state.note("block", id);
    }
    Ok(())
}

/// Unblocks a card, within 90 days of its block.
pub(super) fn unblock(wallet: &SharedWallet, id: &str) -> Result<Value, Refusal> {
    let now = wallet.now();
    let mut state = wallet.state()?;
    let (_, card) = cards::find(&mut state, id)?;
    let is_possible = card.blocked.is_some_and(|time| now - time <= UNBLOCK_TIME);
    if !is_possible {
        return Ok(json!({"status": "FAIL", "error": "The card cannot be unblocked"}));
    }
    card.blocked = None;
    state.note("unblock", id);
    Ok(json!({
        "status": "OK",
        "confirmationId": null,
        "operationId": null,
        "nextConfirmationRequest": null,
    }))
}

/// Renames a card.
pub(super) fn rename(
    wallet: &SharedWallet,
    id: &str,
    name: Option<&str>,
) -> Result<Value, Refusal> {
    let name = name.filter(|name| (1..=64).contains(&name.chars().count()));
    let name = name.filter(|name| !contains_card_number(name));
    let name = name.ok_or(Refusal::Invalid("alias must be 1 to 64 characters"))?;
    let mut state = wallet.state()?;
    let (_, card) = cards::find(&mut state, id)?;
    card.name = Some(name.to_owned());
    state.note("rename", id);
    Ok(json!({"status": "OK", "error": "OK", "errorCode": "OK"}))
}
