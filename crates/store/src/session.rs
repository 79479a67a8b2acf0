use pantoken_a2c::{Flow, FormResult, Language, RequestId};

use crate::Digest;

/// One request that the server issued, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What it was created with.
    pub terms: Terms,
    /// What was recorded for it so far.
    pub outcome: Option<Outcome>,
    /// How many errors were recorded for it, of [`Session::MAX_ERRORS`].
    pub errors_recorded: i64,
}

/// What a session is created with; none of it changes afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The operation at the provider.
    pub request_id: RequestId,
    /// The form's language.
    pub language: Language,
    /// How the customer meets the form.
    pub flow: SessionFlow,
    /// The agent's own reference to the customer.
    pub customer: Option<String>,
    /// From which the session's tokens are derived again for a repeated request. Worthless without
    /// the agent's secret.
    pub seed: [u8; 16],
    /// The digest of the token that proves the right to report a result.
    pub result_token: Digest,
    /// In Unix milliseconds.
    pub created_at: i64,
    /// In Unix milliseconds; from this moment on no first result is accepted.
    pub expires_at: i64,
}

/// How the customer meets the form, and what only that flow needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionFlow {
    /// Inside the agent's page.
    Iframe,
    /// On the provider's page, and back through the callback.
    Redirect {
        /// Where the customer goes after the callback.
        return_url: String,
        /// The digest of the token in the callback URL.
        callback_token: Digest,
    },
}

impl SessionFlow {
    /// The flow without what it needs.
    #[must_use]
    pub fn kind(&self) -> Flow {
        match self {
            Self::Iframe => Flow::Iframe,
            Self::Redirect { .. } => Flow::Redirect,
        }
    }
}

/// What was recorded, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What was recorded.
    pub result: FormResult,
    /// In Unix milliseconds.
    pub recorded_at: i64,
}

/// What a result must come with, so that only its rightful sender can report it.
#[derive(Clone, Copy, Debug)]
pub enum Proof {
    /// The digest of the result token: from the page that created the session.
    ResultToken(Digest),
    /// The digest of the callback URL's token: from the customer's browser in the redirect flow.
    CallbackToken(Digest),
}

/// Where a session stands at a given moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No result yet.
    Created,
    /// There is a panToken.
    Saved,
    /// The last word was an error.
    Failed,
    /// No result came in time.
    Expired,
}

impl State {
    /// The state's name on the HTTP API: `created`, `saved`, `failed` or `expired`.
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

/// What is to be done with a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Keep it.
    Record,
    /// It is what is kept already.
    Repeated,
    /// A panToken is kept, and this is not it.
    Conflict,
    /// It comes too late.
    Expired,
    /// It is one error too many.
    Ignore,
}

impl Session {
    /// How many errors are recorded for a session; of further ones nothing is kept. Without a limit
    /// whoever holds one result token could fill the database, and the outbox with it.
    pub const MAX_ERRORS: i64 = 20;

    /// Where the session stands; `now` in Unix milliseconds.
    #[must_use]
    pub fn state(&self, now: i64) -> State {
        match &self.outcome {
            Some(outcome) => match outcome.result {
                FormResult::Saved(_) => State::Saved,
                FormResult::Failed { .. } => State::Failed,
            },
            None if self.is_expired(now) => State::Expired,
            None => State::Created,
        }
    }

    /// Whether the proof is this session's, in constant time.
    #[must_use]
    pub fn accepts(&self, proof: &Proof) -> bool {
        match (proof, &self.terms.flow) {
            (Proof::ResultToken(digest), _) => *digest == self.terms.result_token,
            (Proof::CallbackToken(digest), SessionFlow::Redirect { callback_token, .. }) => {
                digest == callback_token
            }
            (Proof::CallbackToken(_), SessionFlow::Iframe) => false,
        }
    }

    /// What is to be done with a result that arrives at `now`, in Unix milliseconds.
    ///
    /// A panToken is final, and is confirmed again even after the session expired. An error is not
    /// final: after INVALID_PAN a token can still follow, and a lost token is the worst outcome.
    /// Source: docs/server.md, "Report the result"; docs/a2c.md, "Iframe flow".
    #[must_use]
    pub fn judge(&self, result: &FormResult, now: i64) -> Verdict {
        let kept = self.outcome.as_ref().map(|outcome| &outcome.result);
        match kept {
            Some(FormResult::Saved(_)) if kept == Some(result) => Verdict::Repeated,
            Some(FormResult::Saved(_)) => Verdict::Conflict,
            _ if self.is_expired(now) => Verdict::Expired,
            _ if kept == Some(result) => Verdict::Repeated,
            _ if self.has_errors_enough() && matches!(result, FormResult::Failed { .. }) => {
                Verdict::Ignore
            }
            _ => Verdict::Record,
        }
    }

    fn has_errors_enough(&self) -> bool {
        self.errors_recorded >= Self::MAX_ERRORS
    }

    fn is_expired(&self, now: i64) -> bool {
        now >= self.terms.expires_at
    }
}
