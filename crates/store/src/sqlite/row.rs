//! A row of the table `sessions`, read back into types that cannot be wrong.

use pantoken_protocol::{ErrorCode, ErrorMessage, FormResult, Language, PanToken, RequestId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::{Digest, Outcome, Session, SessionFlow, StoreError, Terms};

pub(super) fn read_session(row: &SqliteRow) -> Result<Session, StoreError> {
    let request_id = read_request_id(row)?;
    let corrupt = |column| StoreError::Corrupt { request_id, column };
    let terms = Terms {
        request_id,
        language: Language::parse(row.try_get("language")?).map_err(|_| corrupt("language"))?,
        flow: read_flow(row)?.ok_or(corrupt("callback_token_digest"))?,
        customer: row.try_get("customer")?,
        seed: row
            .try_get::<&[u8], _>("seed")?
            .try_into()
            .map_err(|_| corrupt("seed"))?,
        result_token: Digest::from_stored(row.try_get("result_token_digest")?)
            .ok_or(corrupt("result_token_digest"))?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
    };
    let result = read_result(row).map_err(|error| match error {
        Unreadable::Column(column) => corrupt(column),
        Unreadable::Database(error) => error.into(),
    })?;
    let recorded_at: Option<i64> = row.try_get("finished_at")?;
    Ok(Session {
        terms,
        outcome: result
            .zip(recorded_at)
            .map(|(result, recorded_at)| Outcome {
                result,
                recorded_at,
            }),
    })
}

pub(super) fn read_fingerprint(row: &SqliteRow) -> Result<Digest, StoreError> {
    Digest::from_stored(row.try_get("fingerprint")?).ok_or(StoreError::Corrupt {
        request_id: read_request_id(row)?,
        column: "fingerprint",
    })
}

pub(super) fn flow_columns(flow: &SessionFlow) -> (Option<&str>, Option<&[u8]>) {
    match flow {
        SessionFlow::Iframe => (None, None),
        SessionFlow::Redirect {
            return_url,
            callback_token,
        } => (Some(return_url), Some(callback_token.as_bytes())),
    }
}

pub(super) fn result_columns(result: &FormResult) -> (Option<&str>, Option<&str>, Option<&str>) {
    match result {
        FormResult::Saved(pan_token) => (Some(pan_token.as_str()), None, None),
        FormResult::Failed { code, message } => (None, Some(code.as_str()), Some(message.as_str())),
    }
}

enum Unreadable {
    Column(&'static str),
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Unreadable {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

fn read_request_id(row: &SqliteRow) -> Result<RequestId, StoreError> {
    let value: i64 = row.try_get("request_id")?;
    // The table's own CHECK keeps it above zero.
    RequestId::from_i64(value).map_err(|error| StoreError::Unavailable(Box::new(error)))
}

fn read_flow(row: &SqliteRow) -> Result<Option<SessionFlow>, StoreError> {
    let return_url: Option<String> = row.try_get("return_url")?;
    let Some(return_url) = return_url else {
        return Ok(Some(SessionFlow::Iframe));
    };
    let callback_token = row
        .try_get::<Option<&[u8]>, _>("callback_token_digest")?
        .and_then(Digest::from_stored);
    Ok(callback_token.map(|callback_token| SessionFlow::Redirect {
        return_url,
        callback_token,
    }))
}

fn read_result(row: &SqliteRow) -> Result<Option<FormResult>, Unreadable> {
    let pan_token: Option<&str> = row.try_get("pan_token")?;
    if let Some(pan_token) = pan_token {
        let pan_token = PanToken::parse(pan_token).map_err(|_| Unreadable::Column("pan_token"))?;
        return Ok(Some(FormResult::Saved(pan_token)));
    }
    let code: Option<&str> = row.try_get("error_code")?;
    let Some(code) = code else { return Ok(None) };
    let message: &str = row.try_get("error_message")?;
    Ok(Some(FormResult::Failed {
        code: ErrorCode::parse(code).map_err(|_| Unreadable::Column("error_code"))?,
        message: ErrorMessage::from_text(message),
    }))
}
