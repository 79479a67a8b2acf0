//! What becomes of a deposit or a payout. Nothing here does I/O.

use serde::{Deserialize, Serialize};

use super::fact::{Fact, Phase};

/// What is known of a deposit or a payout.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outcome {
    pub(crate) state: State,
    /// The code of a decline, as the platform calls it.
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    /// Why a person should look at it, if that is its state.
    pub(crate) reason: Option<String>,
    /// The success that the platform reported, whether or not it was believed.
    pub(crate) success: Option<Fact>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum State {
    /// Nothing decisive was heard. Of a deposit this is `reserved`, of a payout `processing`.
    #[default]
    Open,
    Paid,
    Declined,
    Attention,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Deposit,
    Payout,
}

/// What was agreed on: the sum in minor units, and its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expected<'a> {
    pub(crate) amount: i64,
    pub(crate) currency: &'a str,
}

/// What a fact makes of a deposit or a payout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) outcome: Outcome,
    pub(crate) told: Option<Told>,
    /// Why a person should look at it.
    pub(crate) attention: Option<&'static str>,
}

/// An outcome that the agent is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Paid,
    Declined,
}

pub(crate) const UNKNOWN_PAYMENT: &str = "UNKNOWN_PAYMENT";
pub(crate) const UNKNOWN_STATUS: &str = "UNKNOWN_STATUS";
pub(crate) const AMOUNT_MISSING: &str = "AMOUNT_MISSING";
pub(crate) const AMOUNT_MISMATCH: &str = "AMOUNT_MISMATCH";
pub(crate) const CONTRADICTION: &str = "CONTRADICTION";
pub(crate) const SUCCESS_AFTER_DECLINE: &str = "SUCCESS_AFTER_DECLINE";
pub(crate) const REVERSED: &str = "REVERSED";
pub(crate) const PARTIALLY_PAID_OUT: &str = "PARTIALLY_PAID_OUT";
pub(crate) const ACCESS_DENIED: &str = "ACCESS_DENIED";
pub(crate) const REQUEST_MALFORMED: &str = "REQUEST_MALFORMED";

/// Only a person can end these.
const FOR_A_PERSON: [&str; 3] = [SUCCESS_AFTER_DECLINE, REVERSED, PARTIALLY_PAID_OUT];

impl Outcome {
    /// Returns whether the outcome is one that nothing is expected after.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self.state, State::Paid | State::Declined)
    }

    fn is_for_a_person(&self) -> bool {
        let reason = self.reason.as_deref().unwrap_or_default();
        self.state == State::Attention && FOR_A_PERSON.contains(&reason)
    }

    /// Returns the outcome that a person should look at.
    fn unclear(&self, reason: &'static str) -> Self {
        Self {
            state: State::Attention,
            reason: Some(reason.to_owned()),
            ..self.clone()
        }
    }

    /// Stops a payout that the platform refuses to take.
    pub(crate) fn stop(&self, reason: &'static str) -> Decision {
        Decision {
            outcome: self.unclear(reason),
            told: None,
            attention: Some(reason),
        }
    }

    /// Ends a payout that the platform refused for good.
    pub(crate) fn refuse(&self, code: Option<&str>, message: Option<&str>) -> Decision {
        match self.state {
            State::Open | State::Attention if self.success.is_none() => Decision {
                outcome: self.declined(code, message),
                told: Some(Told::Declined),
                attention: None,
            },
            _ => self.unchanged(None),
        }
    }

    fn declined(&self, code: Option<&str>, message: Option<&str>) -> Self {
        Self {
            state: State::Declined,
            code: code.map(str::to_owned),
            message: message.map(str::to_owned),
            reason: None,
            success: self.success.clone(),
        }
    }

    pub(crate) fn unchanged(&self, attention: Option<&'static str>) -> Decision {
        Decision {
            outcome: self.clone(),
            told: None,
            attention,
        }
    }
}

/// Decides what a fact makes of a deposit or a payout. Success latches: only the return of the money changes it. What
/// is said against an outcome is not applied. `expected` is missing for a payment that is not known here.
pub(crate) fn decide(
    side: Side,
    expected: Option<Expected<'_>>,
    outcome: &Outcome,
    fact: &Fact,
) -> Decision {
    let Some(expected) = expected else {
        return Decision {
            outcome: Outcome {
                success: Some(fact.clone()).filter(|fact| fact.phase == Phase::Succeeded),
                ..outcome.unclear(UNKNOWN_PAYMENT)
            },
            told: None,
            attention: Some(UNKNOWN_PAYMENT),
        };
    };
    let other_side = match side {
        Side::Deposit => "payout",
        Side::Payout => "purchase",
    };
    if fact.kind.as_deref() == Some(other_side) {
        return outcome.unchanged(Some(CONTRADICTION));
    }
    match fact.phase {
        Phase::Interim => outcome.unchanged(None),
        Phase::Unknown => outcome.unchanged(Some(UNKNOWN_STATUS)),
        Phase::Succeeded => succeeded(side, expected, outcome, fact),
        Phase::Failed => failed(outcome, fact),
        Phase::Returned if outcome.is_for_a_person() => outcome.unchanged(None),
        Phase::Returned => outcome.stop(REVERSED),
        Phase::Partial => unless_final(outcome, PARTIALLY_PAID_OUT),
        Phase::Contradictory => unless_final(outcome, CONTRADICTION),
    }
}

fn succeeded(side: Side, expected: Expected<'_>, outcome: &Outcome, fact: &Fact) -> Decision {
    if outcome.is_for_a_person() {
        return outcome.unchanged(None);
    }
    let doubt = match (fact.amount, fact.currency.as_deref()) {
        (Some(amount), Some(currency)) => {
            let fits = amount == expected.amount && currency == expected.currency;
            (!fits).then_some(AMOUNT_MISMATCH)
        }
        _ => Some(AMOUNT_MISSING),
    };
    let with_success = Outcome {
        success: Some(fact.clone()),
        ..outcome.clone()
    };
    match (outcome.state, doubt) {
        (State::Paid, doubt) => outcome.unchanged(doubt),
        // The agent may have given the customer the money back.
        (State::Declined, _) if side == Side::Payout => with_success.stop(SUCCESS_AFTER_DECLINE),
        (_, Some(doubt)) => with_success.stop(doubt),
        (_, None) => Decision {
            outcome: Outcome {
                state: State::Paid,
                code: None,
                message: None,
                reason: None,
                success: Some(fact.clone()),
            },
            told: Some(Told::Paid),
            attention: None,
        },
    }
}

fn failed(outcome: &Outcome, fact: &Fact) -> Decision {
    let success = outcome.success.as_ref();
    match outcome.state {
        State::Declined => outcome.unchanged(None),
        State::Attention if outcome.is_for_a_person() => outcome.unchanged(None),
        State::Paid | State::Attention if success.is_some_and(|one| is_earlier(fact, one)) => {
            outcome.unchanged(None)
        }
        State::Paid => outcome.unchanged(Some(CONTRADICTION)),
        State::Attention if success.is_some() => outcome.unchanged(Some(CONTRADICTION)),
        State::Open | State::Attention => Decision {
            outcome: outcome.declined(fact.code.as_deref(), fact.message.as_deref()),
            told: Some(Told::Declined),
            attention: None,
        },
    }
}

fn unless_final(outcome: &Outcome, reason: &'static str) -> Decision {
    match outcome.is_final() || outcome.is_for_a_person() {
        true => outcome.unchanged(Some(CONTRADICTION)),
        false => outcome.stop(reason),
    }
}

/// Returns whether a decline is of an earlier attempt than a success, and only arrives later. Then it does not
/// contradict the success.
fn is_earlier(decline: &Fact, success: &Fact) -> bool {
    let number = |fact: &Fact| fact.operation_id.as_ref()?.parse::<i64>().ok();
    let ids = number(decline).zip(number(success));
    let times = decline.time().zip(success.time());
    match (times, ids) {
        (_, Some((decline, success))) if decline == success => false,
        (Some((decline, success)), _) if decline != success => decline < success,
        (_, Some((decline, success))) => decline < success,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXPECTED: Expected<'static> = Expected {
        amount: 2000,
        currency: "KZT",
    };

    fn fact(phase: Phase) -> Fact {
        Fact {
            phase,
            status: "s".to_owned(),
            kind: None,
            amount: Some(2000),
            currency: Some("KZT".to_owned()),
            code: Some("20000".to_owned()),
            message: None,
            operation_id: None,
            date: None,
        }
    }

    fn at(phase: Phase, operation_id: &str, second: u8) -> Fact {
        Fact {
            operation_id: Some(operation_id.to_owned()),
            date: Some(format!("2019-04-11T07:18:{second:02}+0000")),
            ..fact(phase)
        }
    }

    fn sum(amount: Option<i64>, currency: &str) -> Fact {
        Fact {
            amount,
            currency: Some(currency.to_owned()),
            ..fact(Phase::Succeeded)
        }
    }

    fn after(side: Side, facts: &[Fact]) -> (Outcome, Vec<Told>, Vec<&'static str>) {
        let (mut outcome, mut told, mut alarms) = (Outcome::default(), Vec::new(), Vec::new());
        for fact in facts {
            let decision = decide(side, Some(EXPECTED), &outcome, fact);
            outcome = decision.outcome;
            told.extend(decision.told);
            alarms.extend(decision.attention);
        }
        (outcome, told, alarms)
    }

    fn check(side: Side, facts: &[Fact], state: State, told: &[Told], alarms: &[&str]) {
        let (outcome, all_told, all_alarms) = after(side, facts);
        assert_eq!(outcome.state, state, "{side:?} {facts:?}");
        assert_eq!(all_told, told, "{side:?} {facts:?}");
        assert_eq!(all_alarms, alarms, "{side:?} {facts:?}");
    }

    use Phase::{Contradictory, Failed, Interim, Partial, Returned, Succeeded, Unknown};
    use Side::{Deposit, Payout};

    #[test]
    fn an_outcome_is_told_once() {
        for side in [Deposit, Payout] {
            let [won, lost, open] = [Succeeded, Failed, Interim].map(fact);
            check(side, std::slice::from_ref(&open), State::Open, &[], &[]);
            let facts = [open.clone(), won.clone(), won.clone(), open.clone()];
            check(side, &facts, State::Paid, &[Told::Paid], &[]);
            let facts = [lost.clone(), lost.clone(), open];
            check(side, &facts, State::Declined, &[Told::Declined], &[]);
            let (outcome, ..) = after(side, &[lost]);
            assert_eq!(outcome.code.as_deref(), Some("20000"));
        }
    }

    #[test]
    fn a_deposit_may_succeed_after_a_decline_and_a_payout_is_looked_at() {
        let facts = [fact(Failed), fact(Succeeded)];
        check(
            Deposit,
            &facts,
            State::Paid,
            &[Told::Declined, Told::Paid],
            &[],
        );
        let alarm = [SUCCESS_AFTER_DECLINE];
        check(Payout, &facts, State::Attention, &[Told::Declined], &alarm);
        let more = [facts.to_vec(), vec![fact(Succeeded), fact(Failed)]].concat();
        check(Payout, &more, State::Attention, &[Told::Declined], &alarm);
    }

    #[test]
    fn a_decline_of_an_earlier_attempt_does_not_contradict_a_success() {
        let won = at(Succeeded, "11", 20);
        for earlier in [
            at(Failed, "10", 19),
            at(Failed, "10", 20),
            at(Failed, "12", 19),
        ] {
            check(
                Deposit,
                &[won.clone(), earlier],
                State::Paid,
                &[Told::Paid],
                &[],
            );
        }
        for against in [
            at(Failed, "11", 19),
            at(Failed, "12", 20),
            at(Failed, "12", 21),
            fact(Failed),
        ] {
            let alarms = [CONTRADICTION];
            check(
                Deposit,
                &[won.clone(), against],
                State::Paid,
                &[Told::Paid],
                &alarms,
            );
        }
    }

    #[test]
    fn another_sum_is_looked_at() {
        for side in [Deposit, Payout] {
            for (other, alarm) in [
                (sum(Some(1999), "KZT"), AMOUNT_MISMATCH),
                (sum(Some(2000), "RUB"), AMOUNT_MISMATCH),
                (sum(None, "KZT"), AMOUNT_MISSING),
            ] {
                check(
                    side,
                    std::slice::from_ref(&other),
                    State::Attention,
                    &[],
                    &[alarm],
                );
                let facts = [other.clone(), fact(Succeeded)];
                check(side, &facts, State::Paid, &[Told::Paid], &[alarm]);
                let facts = [fact(Succeeded), other];
                check(side, &facts, State::Paid, &[Told::Paid], &[alarm]);
            }
            let facts = [sum(Some(1), "KZT"), fact(Failed)];
            let alarms = [AMOUNT_MISMATCH, CONTRADICTION];
            check(side, &facts, State::Attention, &[], &alarms);
        }
    }

    #[test]
    fn what_is_unclear_is_looked_at() {
        for side in [Deposit, Payout] {
            check(side, &[fact(Unknown)], State::Open, &[], &[UNKNOWN_STATUS]);
            check(
                side,
                &[fact(Partial)],
                State::Attention,
                &[],
                &[PARTIALLY_PAID_OUT],
            );
            check(
                side,
                &[fact(Contradictory)],
                State::Attention,
                &[],
                &[CONTRADICTION],
            );
            let facts = [
                fact(Succeeded),
                fact(Returned),
                fact(Returned),
                fact(Succeeded),
            ];
            check(side, &facts, State::Attention, &[Told::Paid], &[REVERSED]);
            let facts = [fact(Succeeded), fact(Contradictory)];
            check(side, &facts, State::Paid, &[Told::Paid], &[CONTRADICTION]);
        }
        let payout = Fact {
            kind: Some("payout".to_owned()),
            ..fact(Succeeded)
        };
        check(
            Deposit,
            std::slice::from_ref(&payout),
            State::Open,
            &[],
            &[CONTRADICTION],
        );
        check(Payout, &[payout], State::Paid, &[Told::Paid], &[]);
        let unknown = decide(Deposit, None, &Outcome::default(), &fact(Succeeded));
        assert_eq!(unknown.outcome.state, State::Attention);
        assert_eq!(unknown.attention, Some(UNKNOWN_PAYMENT));
    }

    #[test]
    fn a_refusal_ends_what_did_not_succeed() {
        let refused = Outcome::default().refuse(Some("301"), Some("m"));
        assert_eq!(refused.outcome.state, State::Declined);
        assert_eq!(refused.told, Some(Told::Declined));
        let stopped = Outcome::default().stop(ACCESS_DENIED);
        assert_eq!(stopped.outcome.state, State::Attention);
        let (paid, ..) = after(Payout, &[fact(Succeeded)]);
        assert_eq!(paid.refuse(Some("301"), None).outcome, paid);
    }

    fn any_fact() -> impl Strategy<Value = Fact> {
        let phases = [
            Interim,
            Succeeded,
            Succeeded,
            Failed,
            Failed,
            Returned,
            Partial,
            Contradictory,
            Unknown,
        ];
        let amounts = prop_oneof![
            Just(None),
            Just(Some(2000)),
            Just(Some(2000)),
            Just(Some(1))
        ];
        let parts = (
            prop::sample::select(phases.to_vec()),
            amounts,
            1..4_u8,
            0..3_u8,
        );
        parts.prop_map(|(phase, amount, id, second)| Fact {
            amount,
            ..at(phase, &id.to_string(), second)
        })
    }

    proptest! {
        #[test]
        fn any_facts_in_any_order_leave_one_outcome(
            facts in prop::collection::vec(any_fact(), 0..12),
            side in prop::sample::select(vec![Deposit, Payout]),
        ) {
            let (mut outcome, mut told) = (Outcome::default(), Vec::new());
            for fact in &facts {
                let decision = decide(side, Some(EXPECTED), &outcome, fact);
                let next = &decision.outcome;
                // Nothing is paid without a success with the sum that was agreed on.
                if next.state == State::Paid {
                    let success = next.success.as_ref().unwrap();
                    prop_assert_eq!((success.phase, success.amount), (Succeeded, Some(2000)));
                }
                // Success latches: only the return of the money makes it unclear.
                if outcome.state == State::Paid {
                    let is_back = fact.phase == Returned && next.state == State::Attention;
                    prop_assert!(next.state == State::Paid || is_back);
                }
                if outcome.state == State::Declined && side == Payout {
                    prop_assert!(next.state != State::Paid);
                }
                // A fact that is repeated changes and tells nothing.
                let again = decide(side, Some(EXPECTED), next, fact);
                prop_assert_eq!(&again.outcome.state, &next.state);
                prop_assert_eq!(again.told, None);
                told.extend(decision.told);
                outcome = decision.outcome;
            }
            for one in [Told::Paid, Told::Declined] {
                prop_assert!(told.iter().filter(|told| **told == one).count() <= 1);
            }
            if side == Payout {
                prop_assert!(told.len() <= 1, "two outcomes");
            }
        }
    }
}
