use pantoken_core::json::{Object, ReadObject, Unreadable};
use pantoken_core::{contains_card_number, open_enum};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::CardId;

open_enum! {
    /// What kind of card it is.
    pub enum CardType {
        /// Master Prepaid.
        Prepaid = "qvc-cpa",
        /// Master Debit.
        Debit = "qvc-cpa-debit",
    }
}

open_enum! {
    /// The status of a card.
    pub enum CardStatus {
        /// It can pay.
        Active = "ACTIVE",
        /// The bank is issuing it.
        SentToBank = "SENDED_TO_BANK",
        /// It is on its way to its owner.
        SentToUser = "SENDED_TO_USER",
        /// It is blocked.
        Blocked = "BLOCKED",
        /// The provider does not know.
        Unknown = "UNKNOWN",
    }
}

/// A card of the wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Card {
    /// The id that calls take. It is `qvx.id`, not `qvx.cardId`.
    pub id: CardId,
    /// The last digits of its number, such as `****9078`. Several cards may end in the same ones.
    pub masked_pan: Option<String>,
    /// Its status.
    pub status: CardStatus,
    /// What kind of card it is (`info.alias`).
    pub card_type: Option<CardType>,
    /// Its name, which the owner chose (`qvx.cardAlias`).
    pub name: Option<String>,
    /// The month and year of its expiry, such as `01` and `2027`.
    pub expires: Option<(String, String)>,
    /// When it was activated, as the provider writes it.
    pub activated: Option<String>,
    /// Whether a blocked card can be unblocked: within 90 days of a block by API.
    pub can_be_unblocked: Option<bool>,
    /// The money on the card, if it has an account of its own.
    pub balance: Option<Decimal>,
}

impl ReadObject for Card {
    fn read_object(object: &Object<'_>, _raw: &[u8]) -> Result<Self, Unreadable> {
        let qvx = object.object("qvx").ok_or(Unreadable::Field("qvx"))?;
        let month = qvx.read("cardExpireMonth");
        let year = qvx.read("cardExpireYear");
        Ok(Self {
            id: qvx.require("id")?,
            masked_pan: qvx.read("maskedPan"),
            status: qvx.require("status")?,
            card_type: object.object("info").and_then(|info| info.read("alias")),
            name: qvx.read("cardAlias"),
            expires: month.zip(year),
            activated: qvx.read("activated"),
            can_be_unblocked: qvx.read("unblockAvailable"),
            balance: object.object("balance").and_then(|it| it.read("amount")),
        })
    }
}

/// Returns the cards that are in the second list only. After a card was paid for, this is how to find it: the
/// order does not name it, and its last digits are not unique.
#[must_use]
pub fn new_cards<'a>(before: &[Card], after: &'a [Card]) -> Vec<&'a Card> {
    let is_new = |card: &&Card| before.iter().all(|known| known.id != card.id);
    after.iter().filter(is_new).collect()
}

/// The name of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CardName(String);

/// The reason why a text cannot be the name of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the name of a card must be 1 to 64 characters, without control characters or card numbers"
)]
pub struct CardNameError;

impl CardName {
    /// Reads a name.
    ///
    /// # Errors
    /// Returns [`CardNameError`] if the text is not 1 to 64 characters, or contains a control character or a card
    /// number.
    pub fn parse(text: &str) -> Result<Self, CardNameError> {
        let has_length = (1..=64).contains(&text.chars().count());
        if !has_length || text.contains(char::is_control) || contains_card_number(text) {
            return Err(CardNameError);
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use pantoken_core::json::read_list;

    use super::*;

    const CARDS: &[u8] = br#"[
        {"qvx":{"id":9001,"maskedPan":"****8888","status":"ACTIVE","cardAlias":"Ads","cardExpireMonth":"01",
            "cardExpireYear":"2027","activated":"2026-11-28T10:00:00+03:00","unblockAvailable":false,
            "cardId":1000000009001,"fullPan":null},
         "balance":null,"info":{"id":59,"alias":"qvc-cpa","type":"QVC_CPA"}},
        {"qvx":{"id":9002,"maskedPan":"****8888","status":"FROZEN","cardId":1000000009002},
         "balance":{"amount":10.50,"currency":643},"info":{"alias":"qvp-gold"}}
    ]"#;

    #[test]
    fn a_card_is_read_with_the_id_that_calls_take() {
        let cards: Vec<Card> = read_list(CARDS).unwrap();
        assert_eq!(cards[0].id.as_str(), "9001");
        assert_eq!(cards[0].card_type, Some(CardType::Prepaid));
        assert_eq!(cards[0].name.as_deref(), Some("Ads"));
        assert_eq!(cards[0].expires, Some(("01".to_owned(), "2027".to_owned())));
        assert_eq!(cards[1].status, CardStatus::Other("FROZEN".to_owned()));
        assert_eq!(
            cards[1].card_type,
            Some(CardType::Other("qvp-gold".to_owned()))
        );
        assert_eq!(cards[1].balance, Some(Decimal::new(1050, 2)));
    }

    #[test]
    fn a_new_card_is_found_although_another_one_ends_in_the_same_digits() {
        let cards: Vec<Card> = read_list(CARDS).unwrap();
        let new = new_cards(&cards[..1], &cards);
        assert_eq!(
            new.iter().map(|card| card.id.as_str()).collect::<Vec<_>>(),
            ["9002"]
        );
    }

    #[test]
    fn a_name_has_limits() {
        assert!(CardName::parse("Реклама 1").is_ok());
        for text in ["", "a\nb", "4111 1111 1111 1111", &"я".repeat(65)] {
            assert_eq!(CardName::parse(text), Err(CardNameError), "{text}");
        }
    }
}
