//! A payment by form or token: what it is, and what each fact makes of it. Nothing here does I/O.

use std::collections::BTreeMap;

use pantoken_qiwi_pay::{Currency, TxnType};
use serde::{Deserialize, Serialize};

use super::heard::{Card, Heard};
use super::order::Order;

pub(crate) const KIND: &str = "qiwi-pay.payment";
/// The end of 3-D Secure of a payment.
pub(crate) const THREE_DS: &str = "qiwi-pay.3ds";

/// What is kept of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payment {
    pub(crate) order: Order,
    /// Whether the payer pays on the provider's form, and may try again.
    pub(crate) is_form: bool,
    pub(crate) state: State,
    /// The provider's error, if the last attempt was declined.
    pub(crate) reason: Option<String>,
    /// Why a person should look at it, as long as that holds.
    pub(crate) attention: Option<String>,
    /// The successful transactions that a person has to decide about.
    #[serde(default)]
    pub(crate) disputed: Vec<u64>,
    /// What a person has decided.
    #[serde(default)]
    pub(crate) settled: Option<Dispute>,
    pub(crate) txn_id: Option<u64>,
    /// How much was charged, in hundredths.
    pub(crate) captured: i64,
    /// How much was given back by reversals and refunds, in hundredths.
    pub(crate) returned: i64,
    /// The transactions that gave it back.
    pub(crate) children: Vec<u64>,
    pub(crate) card: Option<Card>,
    pub(crate) card_token: Option<String>,
    pub(crate) card_token_expires: Option<String>,
    pub(crate) three_ds: Option<ThreeDs>,
    /// When a payment by token was sent, or may be.
    #[serde(default)]
    pub(crate) sending: super::asking::Sending,
}

/// What a person has to decide about. Another transaction makes another dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Dispute {
    pub(crate) reason: String,
    pub(crate) transactions: Vec<u64>,
}

/// What the payer's browser posts to the issuer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThreeDs {
    pub(crate) acs_url: String,
    pub(crate) pareq: String,
    /// Stands for the transaction in the browser.
    pub(crate) md: String,
}

impl std::fmt::Debug for ThreeDs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ThreeDs(…)")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    Created,
    #[serde(rename = "requires-3ds")]
    Requires3ds,
    Authorized,
    Captured,
    Declined,
    /// All of it was given back by reversals.
    Reversed,
    /// All of it was given back, not only by reversals.
    Refunded,
}

/// What a list of transactions makes of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) payment: Payment,
    /// The events to tell.
    pub(crate) events: Vec<&'static str>,
    pub(crate) attention: Option<&'static str>,
}

pub(crate) const AMOUNT_MISMATCH: &str = "AMOUNT_MISMATCH";
pub(crate) const CONTRADICTION: &str = "CONTRADICTION";
pub(crate) const PAID_TWICE: &str = "PAID_TWICE";
pub(crate) const UNKNOWN_PAYMENT: &str = "UNKNOWN_PAYMENT";
pub(crate) const CERTIFICATE_REFUSED: &str = "CLIENT_CERTIFICATE_REFUSED";

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Requires3ds => "requires-3ds",
            Self::Authorized => "authorized",
            Self::Captured => "captured",
            Self::Declined => "declined",
            Self::Reversed => "reversed",
            Self::Refunded => "refunded",
        }
    }

    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::Requires3ds)
    }
}

impl Payment {
    pub(crate) fn new(order: Order, is_form: bool) -> Self {
        Self {
            order,
            is_form,
            state: State::Created,
            reason: None,
            attention: None,
            disputed: Vec::new(),
            settled: None,
            txn_id: None,
            captured: 0,
            returned: 0,
            children: Vec::new(),
            card: None,
            card_token: None,
            card_token_expires: None,
            three_ds: None,
            sending: super::asking::Sending::default(),
        }
    }

    /// Returns the name of the state, which is `attention` while a person should look at it.
    pub(crate) fn state_name(&self) -> &'static str {
        match self.attention {
            Some(_) => "attention",
            None => self.state.as_str(),
        }
    }

    /// Returns what a person has to decide about, if anything.
    pub(crate) fn dispute(&self) -> Option<Dispute> {
        Some(Dispute {
            reason: self.attention.clone()?,
            transactions: self.disputed.clone(),
        })
    }

    /// Returns the whole sum in hundredths.
    pub(crate) fn whole(&self) -> i64 {
        self.order.amount.hundredths()
    }

    /// Returns whether a transaction is the payment that was asked for.
    fn is_asked_for(&self, heard: &Heard) -> bool {
        let kind = match self.order.is_auth {
            true => TxnType::Auth,
            false => TxnType::Sale,
        };
        let currency = Currency::from_code(self.order.amount.currency());
        heard.kind() == kind
            && heard.hundredths == Some(self.whole())
            && heard.currency == currency.map(Currency::number)
    }
}

/// Decides what a list of transactions makes of a payment: everything that is known of the order, in any order and
/// with repetitions. Money that was taken never goes back but by a reversal or a refund.
pub(crate) fn decide(payment: &Payment, heard: &[Heard]) -> Decision {
    let latest = latest(heard);
    let attempts = || latest.values().filter(|one| one.kind().is_payment());
    let done: Vec<_> = attempts().filter(|one| one.is_done()).copied().collect();
    let asked_for = || done.iter().filter(|one| payment.is_asked_for(one));
    let own = asked_for().find(|one| payment.txn_id == Some(one.txn_id));
    let mut after = payment.clone();
    let mut conflict = conflict(payment, heard, &done);
    // A payment that was taken stays with its transaction, whatever is said of that one later.
    let main = match was_taken(payment) {
        true => own,
        false => own.or_else(|| asked_for().next()),
    };
    match main {
        Some(main) if may_succeed(payment) => {
            let is_above = take(&mut after, main, &latest, done.len());
            conflict = conflict.or(is_above.then_some(AMOUNT_MISMATCH));
        }
        Some(_) | None if !payment.state.is_open() => {}
        _ => {
            let declined = attempts().rfind(|one| one.is_declined());
            let is_under_way = attempts().any(|one| !one.is_declined());
            if let Some(declined) = declined.filter(|_| !is_under_way) {
                after.state = State::Declined;
                after.reason = Some(declined.error_code.to_string());
                after.txn_id = Some(declined.txn_id);
                after.three_ds = None;
            }
        }
    }
    after.attention = conflict.map(str::to_owned);
    after.disputed = match conflict {
        Some(_) => done.iter().map(|one| one.txn_id).collect(),
        None => Vec::new(),
    };
    if payment.settled.is_some() && after.dispute() == payment.settled {
        (after.attention, conflict) = (None, None);
        after.disputed.clear();
    }
    Decision {
        events: events(payment, &after),
        attention: conflict,
        payment: after,
    }
}

/// Returns whether money was held or taken.
pub(super) fn was_taken(payment: &Payment) -> bool {
    !payment.state.is_open() && payment.state != State::Declined
}

/// A declined payment by token is final; on a form the payer may try again.
fn may_succeed(payment: &Payment) -> bool {
    payment.is_form || payment.state != State::Declined
}

/// Returns the furthest that was heard of each transaction.
fn latest(heard: &[Heard]) -> BTreeMap<u64, &Heard> {
    let mut latest: BTreeMap<u64, &Heard> = BTreeMap::new();
    for one in heard {
        let known = latest.entry(one.txn_id).or_insert(one);
        let is_further = (one.is_done(), one.status) > (known.is_done(), known.status);
        if is_further {
            *known = one;
        }
    }
    latest
}

fn conflict(payment: &Payment, heard: &[Heard], done: &[&Heard]) -> Option<&'static str> {
    if done.iter().any(|one| !payment.is_asked_for(one)) {
        return Some(AMOUNT_MISMATCH);
    }
    if done.len() > 1 {
        return Some(PAID_TWICE);
    }
    let was_taken = was_taken(payment);
    let is_gone = heard.iter().any(|one| {
        one.is_declined()
            && (done.iter().any(|done| done.txn_id == one.txn_id)
                || (was_taken && payment.txn_id == Some(one.txn_id)))
    });
    let is_late = !done.is_empty() && !may_succeed(payment);
    (is_gone || is_late).then_some(CONTRADICTION)
}

/// Takes a transaction for the payment's own. Returns whether more was given back than was taken.
fn take(
    after: &mut Payment,
    main: &Heard,
    latest: &BTreeMap<u64, &Heard>,
    payments: usize,
) -> bool {
    let mut is_above = false;
    let whole = after.whole();
    after.txn_id = Some(main.txn_id);
    after.reason = None;
    after.three_ds = None;
    if main.status().is_completed() {
        after.captured = whole;
    }
    after.card = main.card.clone().or(after.card.take());
    after.card_token = main.card_token.clone().or(after.card_token.take());
    after.card_token_expires = main
        .card_token_expires
        .clone()
        .or(after.card_token_expires.take());
    let returns = |kind| {
        let children = latest
            .values()
            .filter(move |one| one.kind() == kind && one.is_done());
        children
            .filter_map(|one| Some((one.txn_id, one.hundredths?)))
            .collect::<Vec<_>>()
    };
    let (reversals, refunds) = (returns(TxnType::Reversal), returns(TxnType::Refund));
    // Which of several payments gave something back is not told.
    if payments == 1 {
        let children = reversals.iter().chain(&refunds);
        let sum = children
            .clone()
            .fold(0, |sum: i64, (_, part)| sum.saturating_add(*part));
        is_above = sum > whole;
        after.returned = after.returned.max(sum.min(whole));
        for (txn_id, _) in children {
            if !after.children.contains(txn_id) {
                after.children.push(*txn_id);
            }
        }
    }
    after.state = if after.returned >= whole {
        match refunds.is_empty() && after.state != State::Refunded {
            true => State::Reversed,
            false => State::Refunded,
        }
    } else if after.captured > 0 {
        State::Captured
    } else {
        State::Authorized
    };
    is_above
}

pub(super) fn events(before: &Payment, after: &Payment) -> Vec<&'static str> {
    match after.state {
        State::Created | State::Requires3ds => Vec::new(),
        State::Declined if before.state != State::Declined => vec!["qiwi-pay.payment.declined"],
        State::Declined => Vec::new(),
        _ if after.captured > 0 && before.captured == 0 => vec!["qiwi-pay.payment.captured"],
        _ if !was_taken(before) => vec!["qiwi-pay.payment.authorized"],
        _ => Vec::new(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    pub(crate) fn payment(is_auth: bool) -> Payment {
        let order = json!({"isAuth": is_auth, "amount": {"value": "10.00", "currency": "RUB"}, "texts": {}, "urls": {}});
        Payment::new(serde_json::from_value(order).unwrap(), true)
    }

    pub(crate) fn heard(txn_id: u64, txn_type: u32, status: u32, hundredths: i64) -> Heard {
        Heard {
            txn_id,
            txn_type,
            status,
            error_code: if status == 1 { 8160 } else { 0 },
            hundredths: Some(hundredths),
            currency: Some(643),
            ..Heard::default()
        }
    }

    #[test]
    fn three_then_four_of_a_sale_is_one_payment() {
        let first = decide(&payment(false), &[heard(1, 1, 3, 1000)]);
        assert_eq!(first.events, ["qiwi-pay.payment.captured"]);
        let second = decide(
            &first.payment,
            &[heard(1, 1, 3, 1000), heard(1, 1, 4, 1000)],
        );
        assert_eq!(second.payment, first.payment);
        assert!(second.events.is_empty());
    }

    #[test]
    fn a_payer_may_try_again_on_a_form() {
        let declined = decide(&payment(false), &[heard(1, 1, 1, 1000)]);
        assert_eq!(declined.events, ["qiwi-pay.payment.declined"]);
        assert_eq!(declined.payment.reason.as_deref(), Some("8160"));
        let paid = decide(
            &declined.payment,
            &[heard(1, 1, 1, 1000), heard(2, 1, 3, 1000)],
        );
        assert_eq!(paid.events, ["qiwi-pay.payment.captured"]);
        assert_eq!(
            (paid.payment.state, paid.payment.txn_id),
            (State::Captured, Some(2))
        );
        assert_eq!(paid.attention, None);
    }

    #[test]
    fn a_second_success_is_for_a_person() {
        let paid = decide(&payment(false), &[heard(1, 1, 3, 1000)]).payment;
        let twice = decide(&paid, &[heard(1, 1, 3, 1000), heard(2, 1, 3, 1000)]);
        assert_eq!(twice.attention, Some(PAID_TWICE));
        assert_eq!(twice.payment.state_name(), "attention");
        assert_eq!(
            (twice.payment.state, twice.payment.txn_id),
            (State::Captured, Some(1))
        );
        assert!(twice.events.is_empty());
    }

    #[test]
    fn a_payment_stays_with_its_transaction() {
        let paid = decide(&payment(false), &[heard(1, 1, 3, 1000)]).payment;
        let facts = [
            heard(1, 1, 3, 1000),
            heard(1, 1, 4, 400),
            heard(2, 1, 2, 1000),
        ];
        let changed = decide(&paid, &facts);
        assert_eq!(changed.attention, Some(AMOUNT_MISMATCH));
        assert_eq!(changed.payment.txn_id, Some(1));
    }

    #[test]
    fn another_amount_or_currency_or_operation_is_for_a_person() {
        let euro = Heard {
            currency: Some(978),
            ..heard(1, 1, 3, 1000)
        };
        for other in [heard(1, 1, 3, 999), heard(1, 2, 2, 1000), euro] {
            let decision = decide(&payment(false), &[other]);
            assert_eq!(decision.attention, Some(AMOUNT_MISMATCH));
            assert_eq!(decision.payment.state, State::Created);
            assert!(decision.events.is_empty());
        }
    }

    #[test]
    fn more_given_back_than_was_taken_is_for_a_person() {
        let paid = decide(&payment(false), &[heard(1, 1, 3, 1000)]).payment;
        let above = decide(&paid, &[heard(1, 1, 3, 1000), heard(2, 3, 3, 1001)]);
        assert_eq!(above.attention, Some(AMOUNT_MISMATCH));
        assert_eq!(above.payment.attention.as_deref(), Some(AMOUNT_MISMATCH));
    }

    #[test]
    fn what_was_held_is_captured_or_given_back() {
        let held = decide(&payment(true), &[heard(1, 2, 2, 1000)]);
        assert_eq!(held.events, ["qiwi-pay.payment.authorized"]);
        let part = decide(&held.payment, &[heard(1, 2, 2, 1000), heard(2, 4, 3, 400)]);
        assert_eq!(
            (part.payment.state, part.payment.returned),
            (State::Authorized, 400)
        );
        let all = [
            heard(1, 2, 2, 1000),
            heard(2, 4, 3, 400),
            heard(3, 4, 3, 600),
        ];
        let all = decide(&part.payment, &all);
        assert_eq!(all.payment.state, State::Reversed);
        assert!(all.events.is_empty());
        let captured = decide(&held.payment, &[heard(1, 2, 3, 1000)]);
        assert_eq!(captured.events, ["qiwi-pay.payment.captured"]);
        let refunded = decide(
            &captured.payment,
            &[heard(1, 2, 4, 1000), heard(2, 3, 3, 1000)],
        );
        assert_eq!(refunded.payment.state, State::Refunded);
    }

    #[test]
    fn what_is_against_the_outcome_is_not_applied() {
        let paid = decide(&payment(false), &[heard(1, 1, 3, 1000)]).payment;
        let against = decide(&paid, &[heard(1, 1, 1, 1000)]);
        assert_eq!(against.attention, Some(CONTRADICTION));
        assert_eq!(against.payment.state, State::Captured);
        let token = Payment {
            is_form: false,
            ..payment(false)
        };
        let declined = decide(&token, &[heard(1, 1, 1, 1000)]).payment;
        let late = decide(&declined, &[heard(2, 1, 3, 1000)]);
        assert_eq!(
            (late.payment.state, late.attention),
            (State::Declined, Some(CONTRADICTION))
        );
    }

    fn any_heard() -> impl Strategy<Value = Heard> {
        (
            1u64..4,
            1u32..5,
            0u32..6,
            prop_oneof![Just(1000), Just(400), Just(600)],
        )
            .prop_map(|(txn_id, kind, status, sum)| {
                heard(txn_id + u64::from(kind) * 10, kind, status, sum)
            })
    }

    proptest! {
        #[test]
        fn facts_in_any_order_never_take_money_back(
            facts in prop::collection::vec(any_heard(), 0..10), is_auth: bool,
        ) {
            let mut payment = payment(is_auth);
            let mut told = Vec::new();
            for end in 0..=facts.len() {
                let decision = decide(&payment, &facts[..end]);
                prop_assert!(decision.payment.captured >= payment.captured);
                prop_assert!(decision.payment.returned >= payment.returned);
                if payment.txn_id.is_some() && payment.captured > 0 {
                    prop_assert_eq!(decision.payment.txn_id, payment.txn_id);
                }
                told.extend(decision.events);
                payment = decision.payment;
            }
            let captured = told.iter().filter(|kind| kind.ends_with("captured")).count();
            prop_assert_eq!(captured, usize::from(payment.captured > 0));
            // Repetitions and another order of the same facts change nothing.
            let again = decide(&payment, &facts);
            prop_assert!(again.events.is_empty());
            prop_assert_eq!(again.payment, payment);
        }
    }
}
