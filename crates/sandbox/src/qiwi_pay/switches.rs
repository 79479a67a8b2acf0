//! How the site is set up.

use pantoken_core::hundredths;
use serde::Deserialize;

use super::amount_style::AmountStyle;

/// How many operations a day test mode allows.
const OPERATIONS_A_DAY: u32 = 100;
/// The largest amount that test mode allows, in hundredths.
const LARGEST_AMOUNT: i64 = 1_000;

/// What the site may do, and how its acquirer works.
#[derive(Clone, Debug)]
pub(super) struct Switches {
    /// Whether captured money is reconciled a day later, as at some acquirers.
    pub(super) is_deferred: bool,
    /// Whether payments give card tokens.
    pub(super) gives_tokens: bool,
    pub(super) daily_operations: u32,
    /// In hundredths.
    pub(super) largest_amount: i64,
    /// The operations that the site may use, or all.
    pub(super) opcodes: Option<Vec<u64>>,
    /// Whether QIWI has activated the site.
    pub(super) is_activated: bool,
    /// Whether a card is locked while a payment with it is under way.
    pub(super) locks_cards: bool,
    /// Whether the data of airline tickets is signed, as the JSON that is sent.
    pub(super) signs_industry_data: bool,
    /// Whether payments with parts in `cf2` are safe deals, and what becomes of one that is held for too long.
    pub(super) safe_deals: Option<AfterHold>,
    /// How notifications write their amount.
    pub(super) amount_style: AmountStyle,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            is_deferred: false,
            gives_tokens: true,
            daily_operations: OPERATIONS_A_DAY,
            largest_amount: LARGEST_AMOUNT,
            opcodes: None,
            is_activated: true,
            locks_cards: false,
            signs_industry_data: false,
            safe_deals: None,
            amount_style: AmountStyle::default(),
        }
    }
}

/// What becomes of the amount of a deal that is held for too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum AfterHold {
    Captured,
    Cancelled,
}

/// Changes of the switches. What is missing stays as it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Changes {
    deferred: Option<bool>,
    tokens: Option<bool>,
    daily_operations: Option<u32>,
    largest_amount: Option<Sum>,
    opcodes: Option<Vec<u64>>,
    activated: Option<bool>,
    card_lock: Option<bool>,
    signed_industry_data: Option<bool>,
    safe_deals: Option<AfterHold>,
    notification_amount: Option<AmountStyle>,
}

/// A sum such as `10.00`, in hundredths.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Sum(i64);

impl TryFrom<String> for Sum {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let sum = hundredths::parse(&text).and_then(hundredths::count);
        sum.map(Self).ok_or("a sum must be such as 10.00")
    }
}

impl Switches {
    pub(super) fn change(&mut self, changes: Changes) {
        self.is_deferred = changes.deferred.unwrap_or(self.is_deferred);
        self.gives_tokens = changes.tokens.unwrap_or(self.gives_tokens);
        self.daily_operations = changes.daily_operations.unwrap_or(self.daily_operations);
        let largest = changes.largest_amount.map(|Sum(sum)| sum);
        self.largest_amount = largest.unwrap_or(self.largest_amount);
        self.opcodes = changes.opcodes.or(self.opcodes.take());
        self.is_activated = changes.activated.unwrap_or(self.is_activated);
        self.locks_cards = changes.card_lock.unwrap_or(self.locks_cards);
        let signed = changes.signed_industry_data;
        self.signs_industry_data = signed.unwrap_or(self.signs_industry_data);
        self.safe_deals = changes.safe_deals.or(self.safe_deals);
        let style = changes.notification_amount;
        self.amount_style = style.unwrap_or(self.amount_style);
    }
}
