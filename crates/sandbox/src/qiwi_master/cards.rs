use pantoken_core::{Random, RandomError, Secret};
use pantoken_qiwi_master::CardType;
use serde_json::{Value, json};

use super::card_number;
use super::refusal::Refusal;
use super::state::{Card, State};
use super::times::{time_of, to_moscow};

/// The id of the first card.
const FIRST: u64 = 90_001;
/// The member `cardId` is another number, which no call takes.
const OTHER_ID: u64 = 1_000_000_000_000;

/// Issues a card, and returns its id.
pub(super) fn issue(
    state: &mut State,
    random: &dyn Random,
    now: i64,
    card_type: &CardType,
) -> Result<u64, RandomError> {
    let pan = card_number::generate(random)?;
    let cvv = card_number::digits(random, 3)?;
    let last = state.cards.last_key_value();
    let id = last.map_or(FIRST, |(last, _)| last + 1);
    let card = Card {
        card_type: card_type.clone(),
        name: None,
        pan: Secret::new(&pan),
        cvv: Secret::new(&cvv),
        activated: time_of(now),
        blocked: None,
    };
    state.cards.insert(id, card);
    state.note("card", &id.to_string());
    Ok(id)
}

/// Returns a card by the text of its id.
pub(super) fn find<'a>(state: &'a mut State, id: &str) -> Result<(u64, &'a mut Card), Refusal> {
    let id = id.parse().map_err(|_| Refusal::NotFound)?;
    let card = state.cards.get_mut(&id).ok_or(Refusal::NotFound)?;
    Ok((id, card))
}

/// Lists the cards.
pub(super) fn list(state: &State) -> Value {
    state
        .cards
        .iter()
        .map(|(id, card)| to_json(*id, card))
        .collect()
}

fn to_json(id: u64, card: &Card) -> Value {
    let expires = card.activated.date();
    let last = card.pan.expose().chars().rev().take(4);
    let last: String = last.collect::<Vec<_>>().into_iter().rev().collect();
    let (year, month) = (expires.year() + 3, u8::from(expires.month()));
    json!({
        "qvx": {
            "id": id,
            "maskedPan": format!("****{last}"),
            "status": if card.blocked.is_some() { "BLOCKED" } else { "ACTIVE" },
            "cardExpire": format!("{year}-{month:02}-28T00:00:00+03:00"),
            "cardType": "VIRTUAL",
            "cardAlias": card.name,
            "cardLimit": null,
            "activated": to_moscow(card.activated),
            "blockedDate": card.blocked.map(|time| to_moscow(time_of(time))),
            "unblockAvailable": card.blocked.is_some(),
            "fullPan": null,
            "cardId": OTHER_ID + id,
            "txnId": (OTHER_ID + id).to_string(),
            "cardExpireMonth": format!("{month:02}"),
            "cardExpireYear": year.to_string(),
        },
        "balance": null,
        "info": {"id": 59, "name": "Мастер", "alias": card.card_type, "type": "QVC_CPA"},
    })
}
