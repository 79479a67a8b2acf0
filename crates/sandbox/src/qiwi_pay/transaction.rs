use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::offset;

use super::card::Card;
use super::fields::Fields;

/// The fields of a request that answers about a transaction and its notifications repeat.
const REPEATED: [&str; 17] = [
    "order_id",
    "ip",
    "email",
    "country",
    "city",
    "region",
    "address",
    "phone",
    "cf1",
    "cf2",
    "cf3",
    "cf4",
    "cf5",
    "product_name",
    "card_name",
    "merchant_uid",
    "callback_url",
];

/// What a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Sale,
    Auth,
    Refund,
    Reversal,
    Payout,
}

impl Kind {
    pub(super) fn number(self) -> u8 {
        match self {
            Self::Sale => 1,
            Self::Auth => 2,
            Self::Refund => 3,
            Self::Reversal => 4,
            Self::Payout => 8,
        }
    }
}

/// How far a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Init,
    Declined,
    Authorized,
    Captured,
    Reconciled,
    Settled,
}

impl Status {
    /// Returns whether the money was taken.
    pub(super) fn is_taken(self) -> bool {
        matches!(self, Self::Captured | Self::Reconciled | Self::Settled)
    }

    fn number(self) -> u8 {
        match self {
            Self::Init => 0,
            Self::Declined => 1,
            Self::Authorized => 2,
            Self::Captured => 3,
            Self::Reconciled => 4,
            Self::Settled => 5,
        }
    }
}

/// A transaction.
#[derive(Clone, Debug)]
pub(super) struct Transaction {
    pub(super) id: u64,
    pub(super) parent: Option<u64>,
    /// The payment whose money a payout takes.
    pub(super) deal: Option<u64>,
    pub(super) kind: Kind,
    pub(super) status: Status,
    pub(super) error_code: u32,
    pub(super) minor_units: i64,
    pub(super) date: i64,
    pub(super) card: Option<Card>,
    pub(super) card_token: Option<String>,
    /// The request, without card data and signature.
    pub(super) request: Fields,
}

impl Transaction {
    /// Returns what an answer says, apart from 3-D Secure.
    pub(super) fn answer(&self) -> Value {
        let mut answer = json!({
            "txn_id": self.id,
            "txn_status": self.status.number(),
            "txn_type": self.kind.number(),
            "txn_date": date(self.date),
            "error_code": self.error_code,
            "amount": amount(self.minor_units),
            "currency": 643,
            "is_test": "true",
        });
        if let Some(card) = &self.card {
            answer["pan"] = json!(card.masked);
            answer["issuer_name"] = json!("Sandbox Bank");
            answer["issuer_country"] = json!("RUS");
        }
        if self.status == Status::Declined {
            return answer;
        }
        if self.card.is_some() {
            answer["auth_code"] = json!("181218");
            answer["eci"] = json!("");
        }
        if let Some(token) = &self.card_token {
            answer["card_token"] = json!(token);
            answer["card_token_expire"] = json!("2034-12-31T00:00:00+03:00");
        }
        answer
    }

    /// Returns what an answer about the status says.
    pub(super) fn details(&self, merchant_site: u64) -> Value {
        let mut details = self.answer();
        details["merchant_site"] = json!(merchant_site);
        if self.parent.is_none() {
            for (name, value) in self.repeated() {
                details[name] = value;
            }
        }
        details
    }

    /// Returns the fields of the request that are repeated.
    pub(super) fn repeated(&self) -> Map<String, Value> {
        let fields = REPEATED.iter().filter(|name| **name != "callback_url");
        let fields = fields.filter_map(|name| {
            let value = self.request.get(name)?;
            Some(((*name).to_owned(), json!(value)))
        });
        fields.collect()
    }
}

/// Writes a sum of hundredths.
pub(super) fn amount(minor_units: i64) -> String {
    format!("{}.{:02}", minor_units / 100, minor_units % 100)
}

/// Writes a time in Moscow time.
fn date(milliseconds: i64) -> String {
    let date = OffsetDateTime::from_unix_timestamp(milliseconds / 1000);
    let date = date.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    date.to_offset(offset!(+3))
        .format(&Rfc3339)
        .unwrap_or_default()
}
