//! Lets things happen to payments at their times.

use std::collections::VecDeque;

use super::callbacks;
use super::outcome::Step;
use super::platform::Platform;
use super::state::State;

/// The time between two things that happen to a payment, in milliseconds.
const BETWEEN: i64 = 1_000;

/// Plans what happens to a payment, from this time on.
pub(super) fn plan(platform: &Platform, state: &mut State, key: &str, steps: &[Step], first: i64) {
    let script = state.scripts.entry(key.to_owned()).or_default();
    script.extend(steps);
    if script.is_empty() {
        return;
    }
    wait(platform, state, key.to_owned(), first);
}

fn wait(platform: &Platform, state: &mut State, key: String, time: i64) {
    if time <= platform.now() {
        next(platform, state, &key);
    } else {
        platform.later(time, move |platform, state| next(platform, state, &key));
    }
}

/// Lets the next thing happen.
fn next(platform: &Platform, state: &mut State, key: &str) {
    let script = state.scripts.get_mut(key);
    let Some(step) = script.and_then(VecDeque::pop_front) else {
        return;
    };
    happen(platform, state, key, step);
    let is_over = state.scripts.get(key).is_none_or(VecDeque::is_empty);
    if !is_over {
        wait(platform, state, key.to_owned(), platform.now() + BETWEEN);
    }
}

/// Lets something happen now.
pub(super) fn happen(platform: &Platform, state: &mut State, key: &str, step: Step) {
    let operation_id = state.next_operation_id();
    let Some(payment) = state.payments.get_mut(key) else {
        return;
    };
    let body = payment.apply(step, operation_id, platform.now());
    let payment = payment.clone();
    callbacks::send(platform, state, &payment, body);
}
