use std::fmt;

use pantoken_core::Secret;

use crate::{ApiKeyName, Digest};

/// The number of a session: the provider's name for the operation, above zero.
///
/// The caller chooses it. The database refuses numbers below 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(i64);

impl SessionId {
    /// Returns the id with this number.
    #[must_use]
    pub fn from_i64(value: i64) -> Self {
        Self(value)
    }

    /// Returns the number.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A session that the server created, with its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What the session was created with.
    pub data: SessionData,
    /// The latest result that was recorded.
    pub recorded: Option<RecordedResult>,
    /// How many errors were recorded. The limit is [`Session::MAX_ERRORS`].
    pub errors_recorded: i64,
}

/// What a session is created with. None of it changes afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionData {
    /// The session's id.
    pub id: SessionId,
    /// The language of the provider's form, in the provider's notation.
    pub language: String,
    /// How the customer reaches the form.
    pub flow: SessionFlow,
    /// The agent's own reference to the customer.
    pub customer: Option<String>,
    /// The name of the API key that created it, if the store has this key.
    pub created_by: Option<ApiKeyName>,
    /// The seed from which the server derives the session's tokens again when a creation is repeated.
    /// It is useless without the agent's secret.
    pub seed: [u8; 16],
    /// The digest of the token that authorizes the page to report a result.
    pub result_token: Digest,
    /// The time of creation, in Unix milliseconds.
    pub created_at: i64,
    /// The time from which no error is accepted, in Unix milliseconds. A first token is accepted for
    /// [`Session::LATE_MILLISECONDS`] longer.
    pub expires_at: i64,
}

/// How the customer reaches the form, with what only that flow needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionFlow {
    /// The form is inside the agent's page.
    Iframe,
    /// The form is on the provider's page, and the customer returns through the callback.
    Redirect {
        /// The page to which the customer is sent after the callback.
        return_url: String,
        /// The digest of the token in the callback URL.
        callback_token: Digest,
    },
}

/// The result of a session, as the provider reported it. The store does not interpret it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionResult {
    /// The card was saved.
    Saved {
        /// The provider's token for the card. Two tokens are compared in constant time.
        token: Secret,
    },
    /// The provider reported an error. A token may still follow.
    Failed {
        /// The provider's error code.
        code: String,
        /// The provider's error message, which may be empty.
        message: String,
    },
}

/// A result with the time at which it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedResult {
    /// The result.
    pub result: SessionResult,
    /// The time of recording, in Unix milliseconds.
    pub recorded_at: i64,
}

/// What authorizes the sender of a result.
#[derive(Clone, Copy, Debug)]
pub enum Credential {
    /// The digest of the result token, which the page that created the session has.
    ResultToken(Digest),
    /// The digest of the callback URL's token, which the customer's browser has in the redirect flow.
    CallbackToken(Digest),
}

/// The state of a session at a given time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// The session has no result yet.
    Created,
    /// The session has a token.
    Saved,
    /// The latest result is an error.
    Failed,
    /// The session expired without a result.
    Expired,
}

impl SessionState {
    /// Returns the state's name in the HTTP API: `created`, `saved`, `failed` or `expired`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Saved => "saved",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }
}

/// What to do with a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Record it.
    Record,
    /// Do nothing, because the same result is recorded already.
    Repeated,
    /// Refuse it, because another result is final.
    Conflict,
    /// Refuse it, because the session expired.
    Expired,
    /// Ignore it, because the session has too many errors.
    Ignored,
}

impl Session {
    /// How many errors are recorded for one session; further ones are ignored. Without a limit, the
    /// holder of one result token could fill the database and the outbox.
    pub const MAX_ERRORS: i64 = 20;

    /// How long after its expiry a session accepts a first token: 24 hours. The provider saves a card
    /// whenever the customer confirms it, and its token must not be lost because that took long.
    pub const LATE_MILLISECONDS: i64 = 24 * 60 * 60 * 1000;

    /// Returns the session's state at `now`, in Unix milliseconds.
    #[must_use]
    pub fn state(&self, now: i64) -> SessionState {
        match &self.recorded {
            Some(recorded) => match recorded.result {
                SessionResult::Saved { .. } => SessionState::Saved,
                SessionResult::Failed { .. } => SessionState::Failed,
            },
            None if self.is_expired(now) => SessionState::Expired,
            None => SessionState::Created,
        }
    }

    /// Returns whether the credential belongs to this session. The comparison takes constant time.
    #[must_use]
    pub fn accepts(&self, credential: &Credential) -> bool {
        match (credential, &self.data.flow) {
            (Credential::ResultToken(digest), _) => *digest == self.data.result_token,
            (Credential::CallbackToken(digest), SessionFlow::Redirect { callback_token, .. }) => {
                digest == callback_token
            }
            (Credential::CallbackToken(_), SessionFlow::Iframe) => false,
        }
    }

    /// Returns whether the session has a token that was recorded after the session expired.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.recorded.as_ref().is_some_and(|recorded| {
            matches!(recorded.result, SessionResult::Saved { .. })
                && self.is_expired(recorded.recorded_at)
        })
    }

    /// Decides what to do with a result that arrives at `now`, in Unix milliseconds.
    ///
    /// A token is final, and is confirmed again even after the session expired. An error is not
    /// final: a token can follow it, because the customer may correct the card number. Losing a
    /// token would be the worst outcome, so a first one is accepted for
    /// [`Session::LATE_MILLISECONDS`] after expiry.
    /// Source: docs/server.md, "Report the result".
    #[must_use]
    pub fn decide(&self, result: &SessionResult, now: i64) -> Decision {
        let recorded = self.recorded.as_ref().map(|recorded| &recorded.result);
        match recorded {
            Some(SessionResult::Saved { .. }) if recorded == Some(result) => Decision::Repeated,
            Some(SessionResult::Saved { .. }) => Decision::Conflict,
            _ if self.is_too_late(result, now) => Decision::Expired,
            _ if recorded == Some(result) => Decision::Repeated,
            _ if self.has_too_many_errors() && matches!(result, SessionResult::Failed { .. }) => {
                Decision::Ignored
            }
            _ => Decision::Record,
        }
    }

    fn has_too_many_errors(&self) -> bool {
        self.errors_recorded >= Self::MAX_ERRORS
    }

    fn is_too_late(&self, result: &SessionResult, now: i64) -> bool {
        match result {
            SessionResult::Saved { .. } => {
                self.is_expired(now.saturating_sub(Self::LATE_MILLISECONDS))
            }
            SessionResult::Failed { .. } => self.is_expired(now),
        }
    }

    fn is_expired(&self, now: i64) -> bool {
        now >= self.data.expires_at
    }
}
