//! What a person decides about a payment that needs attention, with `pantoken operations settle`. Nothing here does I/O.
//!
//! A settlement is stored as an operation of its own, and the server takes it over with its next question about the
//! payment, in the transaction that also stores the event. It is about one dispute: if another transaction arrives
//! meanwhile, it does not count.

use clap::ValueEnum;
use pantoken_core::Secret;
use pantoken_store::{Digest, NewOperation, Progress, StoredOperation};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::payment::{self, Decision, Dispute, Payment, State};
use crate::operations::{Unreadable, stored};

pub(crate) const KIND: &str = "qiwi-pay.settlement";
/// The reason of a payment that a person has declined.
const SETTLED: &str = "SETTLED";

/// What a payment counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// Its whole amount was paid
    Captured,
    /// Its whole amount is held
    Authorized,
    /// Nothing was paid, or it was given back elsewhere
    Declined,
}

/// Why a payment cannot be settled like this.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettlementError {
    #[error(
        "only payments of qiwi-pay can be settled; `pantoken operations retry` asks the provider about others"
    )]
    OtherKind,
    #[error("it needs no attention, so there is nothing to settle")]
    NoDispute,
    #[error(
        "money was taken, which only a reversal or a refund changes; settle it as `{state}` after you have given back \
         what is too much",
        state = .0.state().as_str()
    )]
    MoneyWasTaken(Outcome),
    #[error(
        "the order is a sale, which takes the money at once; settle it as `captured` or `declined`"
    )]
    NotHeld,
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// What a person has decided about one dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Settlement {
    dispute: Dispute,
    outcome: Outcome,
}

impl Outcome {
    fn state(self) -> State {
        match self {
            Self::Captured => State::Captured,
            Self::Authorized => State::Authorized,
            Self::Declined => State::Declined,
        }
    }
}

/// Returns the operation to create. It is final from its start, and there is one for each dispute.
pub(crate) fn propose(
    operation: &StoredOperation,
    outcome: Outcome,
    now: i64,
) -> Result<NewOperation, SettlementError> {
    if operation.kind != payment::KIND {
        return Err(SettlementError::OtherKind);
    }
    let payment: Payment = stored::read(operation)?;
    let dispute = payment.dispute().ok_or(SettlementError::NoDispute)?;
    check(&payment, outcome)?;
    let text = json!([operation.key, operation.created_at, dispute]).to_string();
    let key = hex::encode(Digest::of(text.as_bytes()).as_bytes());
    let settlement = Settlement { dispute, outcome };
    let data = stored::write(&settlement)?;
    Ok(NewOperation {
        kind: KIND.to_owned(),
        key,
        parent: Some(operation.id),
        customer: None,
        created_by: operation.created_by.clone(),
        fingerprint: Digest::of(data.expose().as_bytes()),
        progress: Progress {
            is_final: true,
            ..Progress::new(outcome.state().as_str(), Secret::new(data.expose()))
        },
        created_at: now,
        leased_until: None,
        deadline_at: None,
    })
}

/// Money that was taken stays taken. An order that is open counts as what the person says.
fn check(payment: &Payment, outcome: Outcome) -> Result<(), SettlementError> {
    if payment::was_taken(payment) {
        let own = match payment.captured {
            0 => Outcome::Authorized,
            _ => Outcome::Captured,
        };
        let is_own = outcome == own;
        return is_own
            .then_some(())
            .ok_or(SettlementError::MoneyWasTaken(own));
    }
    match outcome {
        Outcome::Authorized if !payment.order.is_auth => Err(SettlementError::NotHeld),
        _ => Ok(()),
    }
}

/// Decides what the settlements make of what was decided by facts.
pub(super) fn settle(before: &Payment, decision: Decision, settlements: &[Settlement]) -> Decision {
    let Some(dispute) = decision.payment.dispute() else {
        return decision;
    };
    let found = settlements.iter().find(|one| one.dispute == dispute);
    let fitting = found.filter(|one| check(&decision.payment, one.outcome).is_ok());
    let Some(settlement) = fitting else {
        return decision;
    };
    let mut after = decision.payment;
    after.attention = None;
    after.disputed.clear();
    if !payment::was_taken(&after) {
        after.state = settlement.outcome.state();
        after.three_ds = None;
        after.reason = None;
        if let [txn_id] = dispute.transactions[..] {
            after.txn_id = Some(txn_id);
        }
        match settlement.outcome {
            Outcome::Captured => after.captured = after.whole(),
            Outcome::Authorized => {}
            Outcome::Declined => after.reason = Some(SETTLED.to_owned()),
        }
    }
    after.settled = Some(dispute);
    Decision {
        events: payment::events(before, &after),
        attention: None,
        payment: after,
    }
}

#[cfg(test)]
mod tests {
    use super::super::heard::Heard;
    use super::payment::decide;
    use super::payment::tests::{heard, payment};
    use super::*;

    fn settled(payment: &Payment, facts: &[Heard], outcome: Outcome) -> Decision {
        let decision = decide(payment, facts);
        let dispute = decision.payment.dispute().unwrap();
        settle(payment, decision, &[Settlement { dispute, outcome }])
    }

    #[test]
    fn another_amount_counts_as_what_a_person_says_and_is_told_once() {
        let facts = [heard(1, 1, 3, 999)];
        for (outcome, kind, captured, reason) in [
            (Outcome::Captured, "qiwi-pay.payment.captured", 1000, None),
            (
                Outcome::Declined,
                "qiwi-pay.payment.declined",
                0,
                Some(SETTLED),
            ),
        ] {
            let disputed = decide(&payment(false), &facts).payment;
            assert_eq!(disputed.attention.as_deref(), Some("AMOUNT_MISMATCH"));
            let decision = settled(&disputed, &facts, outcome);
            let after = &decision.payment;
            assert_eq!(decision.events, [kind]);
            assert_eq!(decision.attention, None);
            assert_eq!(
                (after.state_name(), after.txn_id),
                (outcome.state().as_str(), Some(1))
            );
            assert_eq!(
                (after.captured, after.reason.as_deref()),
                (captured, reason)
            );
            // The same facts raise nothing again.
            let again = decide(after, &facts);
            assert_eq!((&again.payment, again.attention), (after, None));
            assert!(again.events.is_empty());
            // Another success does.
            let more = decide(after, &[heard(1, 1, 3, 999), heard(2, 1, 3, 1000)]);
            assert!(more.attention.is_some());
        }
    }

    #[test]
    fn a_payment_that_was_taken_twice_stays_taken() {
        let paid = decide(&payment(false), &[heard(1, 1, 3, 1000)]).payment;
        let facts = [heard(1, 1, 3, 1000), heard(2, 1, 3, 1000)];
        let twice = decide(&paid, &facts).payment;
        let declined = check(&twice, Outcome::Declined);
        assert!(matches!(
            declined,
            Err(SettlementError::MoneyWasTaken(Outcome::Captured))
        ));
        let decision = settled(&twice, &facts, Outcome::Captured);
        assert!(
            decision.events.is_empty(),
            "it was told when it was captured"
        );
        assert_eq!(decision.payment.state_name(), "captured");
        assert_eq!(decision.payment.txn_id, Some(1));
    }

    #[test]
    fn a_settlement_is_about_the_transactions_that_the_person_saw() {
        let facts = [heard(1, 1, 3, 999)];
        let seen = decide(&payment(false), &facts).payment.dispute().unwrap();
        let settlement = Settlement {
            dispute: seen,
            outcome: Outcome::Declined,
        };
        let more = decide(&payment(false), &[heard(1, 1, 3, 999), heard(2, 1, 3, 999)]);
        let unsettled = settle(&payment(false), more.clone(), &[settlement]);
        assert_eq!(unsettled, more);
    }

    #[test]
    fn only_an_order_that_holds_money_counts_as_authorized() {
        let refused = check(&payment(false), Outcome::Authorized);
        assert!(matches!(refused, Err(SettlementError::NotHeld)));
        let facts = [heard(1, 2, 2, 999)];
        let disputed = decide(&payment(true), &facts).payment;
        let decision = settled(&disputed, &facts, Outcome::Authorized);
        assert_eq!(decision.events, ["qiwi-pay.payment.authorized"]);
        assert_eq!(decision.payment.captured, 0);
    }
}
