//! Records a result, whether the page reports it or the provider sends the customer back with it.

use pantoken_a2c::{FormResult, PanToken};
use pantoken_store::{Credential, Decision, RecordOutcome, Session, SessionStore, StoreError};

use crate::a2c::pan_token_check::{PanTokenVerdict, ReportedPanToken};
use crate::a2c::stored;
use crate::app::Parts;

/// Why a result is not recorded, although its credentials are those of the session.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecordError {
    #[error("the panToken has characters that the provider is not known to use")]
    UnexpectedPanToken,
    #[error("the agent's check refused the panToken")]
    RefusedPanToken,
    #[error("the panToken cannot be checked now")]
    UncheckedPanToken,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Records the result of a session that accepts the credential.
pub(super) async fn record(
    app: &Parts,
    session: &Session,
    credential: Credential,
    result: &FormResult,
    now: i64,
) -> Result<RecordOutcome, RecordError> {
    let stored = stored::session_result(result);
    // Only what would be recorded is checked. The store decides again, in its transaction.
    let is_new = session.decide(&stored, now) == Decision::Record;
    if let (FormResult::Saved(pan_token), true) = (result, is_new) {
        check(app, session, pan_token).await?;
    }
    let id = session.data.id;
    let outcome = app.store.record_result(id, credential, stored, now).await?;
    app.metrics.record_result(&outcome);
    Ok(outcome)
}

async fn check(app: &Parts, session: &Session, pan_token: &PanToken) -> Result<(), RecordError> {
    if let Some(characters) = app.options.pan_token_alphabet.unexpected_in(pan_token) {
        // An honest token must not be lost: whoever reports it is asked to repeat it.
        tracing::warn!(
            characters,
            "a panToken was not recorded, because it has characters that the provider is not known to use; if the \
             provider uses them now, add them to PANTOKEN_PAN_TOKEN_ALPHABET: the page repeats its report"
        );
        return Err(RecordError::UnexpectedPanToken);
    }
    let Some(check) = &app.options.pan_token_check else {
        return Ok(());
    };
    let reported = ReportedPanToken {
        request_id: stored::request_id(session.data.id)?,
        customer: session.data.customer.clone(),
        pan_token: pan_token.clone(),
    };
    let refusal = match check.verdict(reported).await {
        PanTokenVerdict::Accept => return Ok(()),
        PanTokenVerdict::Refuse => RecordError::RefusedPanToken,
        PanTokenVerdict::TryLater => RecordError::UncheckedPanToken,
    };
    tracing::warn!(reason = %refusal, "a panToken was not recorded");
    Err(refusal)
}
