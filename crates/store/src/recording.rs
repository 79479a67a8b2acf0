use crate::connection::{Row, Value};
use crate::session_row::{error_columns, read_session};
use crate::store_key::{Owner, StoredToken};
use crate::{
    Credential, Decision, RecordOutcome, RecordedResult, Session, SessionId, SessionResult,
    StoreError, StoreKeys,
};

/// A result that is to be recorded.
pub(crate) struct Recording {
    pub(crate) id: SessionId,
    pub(crate) credential: Credential,
    pub(crate) result: SessionResult,
    pub(crate) now: i64,
}

/// What becomes of a result.
pub(crate) enum Verdict {
    /// It is written with the session.
    Record(Recorded),
    /// Nothing is written.
    Answer(RecordOutcome),
}

/// A session with a result that is to be written.
pub(crate) struct Recorded {
    session: Session,
    token: Option<StoredToken>,
}

impl Recording {
    /// Decides by the session's row, which is locked.
    pub(crate) fn decide(
        &self,
        row: &impl Row,
        keys: Option<&StoreKeys>,
    ) -> Result<Verdict, StoreError> {
        let session = read_session(row, keys)?;
        if !session.accepts(&self.credential) {
            return Ok(Verdict::Answer(RecordOutcome::Forbidden));
        }
        Ok(match session.decide(&self.result, self.now) {
            Decision::Record => Verdict::Record(self.recorded_in(session, keys)),
            Decision::Repeated => Verdict::Answer(RecordOutcome::Repeated(session)),
            Decision::Conflict => Verdict::Answer(RecordOutcome::Conflict(session)),
            Decision::Expired => Verdict::Answer(RecordOutcome::Expired(session)),
            Decision::Ignored => Verdict::Answer(RecordOutcome::Ignored(session)),
        })
    }

    fn recorded_in(&self, session: Session, keys: Option<&StoreKeys>) -> Recorded {
        let owner = Owner {
            id: self.id,
            customer: session.data.customer.as_deref(),
        };
        let (token, error) = match &self.result {
            SessionResult::Saved { token } => {
                let token = StoredToken::new(owner, token.expose().as_bytes(), keys);
                (Some(token), 0)
            }
            SessionResult::Failed { .. } => (None, 1),
        };
        let result = RecordedResult {
            result: self.result.clone(),
            recorded_at: self.now,
        };
        let session = Session {
            recorded: Some(result),
            errors_recorded: session.errors_recorded + error,
            ..session
        };
        Recorded { session, token }
    }

    /// Returns the columns that are written.
    pub(crate) fn values<'a>(&'a self, recorded: &'a Recorded) -> [Value<'a>; 7] {
        let token = recorded.token.as_ref();
        let [error_code, error_message] = error_columns(&self.result);
        [
            self.id.get().into(),
            token.map(|token| token.bytes.as_slice()).into(),
            token.and_then(|token| token.key.as_deref()).into(),
            error_code,
            error_message,
            self.now.into(),
            recorded.session.errors_recorded.into(),
        ]
    }
}

impl Verdict {
    /// Returns the outcome, once what was to be written is written.
    pub(crate) fn outcome(self) -> RecordOutcome {
        match self {
            Self::Record(recorded) => recorded.outcome(),
            Self::Answer(outcome) => outcome,
        }
    }
}

impl Recorded {
    pub(crate) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    pub(crate) fn outcome(self) -> RecordOutcome {
        RecordOutcome::Recorded(self.session)
    }
}
