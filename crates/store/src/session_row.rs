//! Reads rows of the table `sessions` into types, and writes a result's columns.

use pantoken_core::Secret;

use crate::connection::{Row, Value};
use crate::store_key::{Belief, Owner, StoreKeys, StoredToken};
use crate::{
    ApiKeyName, Digest, RecordedResult, Session, SessionData, SessionFlow, SessionId,
    SessionResult, StoreError,
};

pub(crate) fn read_session(
    row: &impl Row,
    keys: Option<&StoreKeys>,
) -> Result<Session, StoreError> {
    let id = read_session_id(row)?;
    let corrupt = |column| StoreError::corrupt(id, column);
    let required = |column| row.integer(column)?.ok_or(corrupt(column));
    let language = row.text("language")?.ok_or(corrupt("language"))?;
    let data = SessionData {
        id,
        language: language.to_owned(),
        flow: read_flow(row)?.ok_or(corrupt("callback_token_digest"))?,
        customer: row.text("customer")?.map(str::to_owned),
        created_by: row
            .text("created_by")?
            .map(ApiKeyName::parse)
            .transpose()
            .map_err(|_| corrupt("created_by"))?,
        seed: row
            .bytes("seed")?
            .and_then(|seed| seed.try_into().ok())
            .ok_or(corrupt("seed"))?,
        result_token: read_digest(row, "result_token_digest")?
            .ok_or(corrupt("result_token_digest"))?,
        created_at: required("created_at")?,
        expires_at: required("expires_at")?,
    };
    let result = read_result(row, keys)?;
    let recorded_at = row.integer("finished_at")?;
    Ok(Session {
        data,
        recorded: result
            .zip(recorded_at)
            .map(|(result, recorded_at)| RecordedResult {
                result,
                recorded_at,
            }),
        errors_recorded: required("errors_recorded")?,
    })
}

pub(crate) fn read_fingerprint(row: &impl Row) -> Result<Digest, StoreError> {
    let id = read_session_id(row)?;
    read_digest(row, "fingerprint")?.ok_or(StoreError::corrupt(id, "fingerprint"))
}

pub(crate) fn read_session_id(row: &impl Row) -> Result<SessionId, StoreError> {
    // The column is the primary key, so it is never NULL.
    Ok(SessionId::from_i64(
        row.integer("request_id")?.unwrap_or_default(),
    ))
}

/// Reads the result of a session or of a delivery.
pub(crate) fn read_result(
    row: &impl Row,
    keys: Option<&StoreKeys>,
) -> Result<Option<SessionResult>, StoreError> {
    if let Some(code) = row.text("error_code")? {
        return Ok(Some(SessionResult::Failed {
            code: code.to_owned(),
            message: row.text("error_message")?.unwrap_or_default().to_owned(),
        }));
    }
    let Some(stored) = read_token(row)? else {
        return Ok(None);
    };
    let bytes = stored.decrypt(read_owner(row)?, keys, read_belief(row)?)?;
    let id = read_session_id(row)?;
    match std::str::from_utf8(&bytes) {
        Ok(token) => Ok(Some(SessionResult::Saved {
            token: Secret::new(token),
        })),
        Err(_) => Err(StoreError::corrupt(id, "pan_token")),
    }
}

pub(crate) fn read_token(row: &impl Row) -> Result<Option<StoredToken>, StoreError> {
    let Some(bytes) = row.bytes("pan_token")? else {
        return Ok(None);
    };
    Ok(Some(StoredToken {
        bytes: bytes.to_vec(),
        key: row.text("pan_token_key")?.map(str::to_owned),
    }))
}

pub(crate) fn read_owner(row: &impl Row) -> Result<Owner<'_>, StoreError> {
    Ok(Owner {
        id: read_session_id(row)?,
        customer: row.text("customer")?,
    })
}

pub(crate) fn read_belief(row: &impl Row) -> Result<Belief, StoreError> {
    Ok(match row.integer("is_sealed")? {
        Some(0) | None => Belief::Any,
        Some(_) => Belief::Sealed,
    })
}

/// Returns the values of the columns `error_code` and `error_message`.
pub(crate) fn error_columns(result: &SessionResult) -> [Value<'_>; 2] {
    match result {
        SessionResult::Saved { .. } => [Value::Text(None), Value::Text(None)],
        SessionResult::Failed { code, message } => [code.as_str().into(), message.as_str().into()],
    }
}

fn read_digest(row: &impl Row, column: &'static str) -> Result<Option<Digest>, StoreError> {
    Ok(row.bytes(column)?.and_then(Digest::from_stored))
}

fn read_flow(row: &impl Row) -> Result<Option<SessionFlow>, StoreError> {
    let Some(return_url) = row.text("return_url")? else {
        return Ok(Some(SessionFlow::Iframe));
    };
    let callback_token = read_digest(row, "callback_token_digest")?;
    Ok(callback_token.map(|callback_token| SessionFlow::Redirect {
        return_url: return_url.to_owned(),
        callback_token,
    }))
}
