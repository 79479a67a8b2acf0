use std::collections::VecDeque;

const MINUTE: i64 = 60_000;
const MAX_PER_MINUTE: usize = 100;
const BAN: i64 = 5 * MINUTE;

/// Counts the requests for the history. More than 100 in a minute block them for five minutes.
/// Source: docs/qiwi-master.md, "Errors".
#[derive(Debug, Default)]
pub(super) struct RateLimit {
    recent: VecDeque<i64>,
    blocked_until: i64,
}

impl RateLimit {
    /// Counts a request. Returns whether it may be answered.
    pub(super) fn admits(&mut self, now: i64) -> bool {
        if now < self.blocked_until {
            return false;
        }
        while self.recent.front().is_some_and(|time| now - time >= MINUTE) {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
        if self.recent.len() > MAX_PER_MINUTE {
            self.blocked_until = now + BAN;
            self.recent.clear();
            return false;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_requests_a_minute_are_admitted() {
        let mut limit = RateLimit::default();
        assert!((0..100).all(|_| limit.admits(1_000)));
        assert!(!limit.admits(1_000));
        assert!(!limit.admits(1_000 + BAN - 1));
        assert!(limit.admits(1_000 + BAN));
        let mut limit = RateLimit::default();
        assert!((0..1_000).all(|number| limit.admits(number * 600)));
    }
}
