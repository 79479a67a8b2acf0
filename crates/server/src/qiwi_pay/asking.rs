//! When a call that must not be doubled may be sent.

use serde::{Deserialize, Serialize};

/// How long after it was sent a request may be sent again, in milliseconds, if the status says that it was not
/// executed. Source: docs/qiwi-pay.md, "Lost answers".
const BEFORE_REPEATING: i64 = 3 * 60_000;

/// What is known of the sending of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sending {
    /// The version of the operation in which the request may be sent. Each claim and each change makes a new one,
    /// so a server that finds another version cannot know whether an earlier one has sent it.
    version: i64,
    /// When it was sent, or was first found to be perhaps sent, in Unix milliseconds.
    since: Option<i64>,
}

/// A new operation is claimed by its creator, and has the first version.
impl Default for Sending {
    fn default() -> Self {
        Self {
            version: 1,
            since: None,
        }
    }
}

impl Sending {
    /// Returns whether it is certain that nothing of the request was sent, in this version of the operation.
    pub(crate) fn is_unsent(&self, version: i64) -> bool {
        self.version == version
    }

    /// The request was sent, or may be.
    pub(crate) fn sent(self, now: i64) -> Self {
        Self {
            version: 0,
            since: self.since.or(Some(now)),
        }
    }

    /// The request was not sent, or not executed: it may be sent by whoever claims the next version. This one is
    /// `version`; storing it makes another, and the claim one more.
    pub(crate) fn again(version: i64) -> Self {
        Self {
            version: version.saturating_add(2),
            since: None,
        }
    }

    /// Returns whether enough time has passed since the request was sent.
    pub(crate) fn may_repeat(&self, now: i64) -> bool {
        let since = self.since.unwrap_or(now);
        since.saturating_add(BEFORE_REPEATING) <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_sent_only_if_nobody_can_have_sent_it() {
        let new = Sending::default();
        assert!(new.is_unsent(1));
        // Another server claimed it after a crash.
        assert!(!new.is_unsent(2));
        let again = Sending::again(2);
        assert!(!again.is_unsent(3) && again.is_unsent(4) && !again.is_unsent(5));
    }

    #[test]
    fn a_repetition_waits_three_minutes_from_the_first_time() {
        let sent = Sending::default().sent(1_000);
        assert!(!sent.is_unsent(1));
        assert!(!sent.sent(90_000).may_repeat(180_999));
        assert!(sent.sent(90_000).may_repeat(181_000));
        assert!(!Sending::default().may_repeat(i64::MAX - BEFORE_REPEATING));
    }
}
