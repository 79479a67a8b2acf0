//! A row of the table `sessions`, read back into types that cannot be wrong.

use pantoken_a2c::{ErrorCode, ErrorMessage, FormResult, Language, PanToken, RequestId};

use crate::connection::Row;
use crate::store_key::{Sealed, StoreKeys};
use crate::{Digest, Outcome, Session, SessionFlow, StoreError, Terms};

pub(crate) fn read_session(
    row: &impl Row,
    keys: Option<&StoreKeys>,
) -> Result<Session, StoreError> {
    let request_id = read_request_id(row)?;
    let corrupt = |column| StoreError::Corrupt { request_id, column };
    let required = |column| row.integer(column)?.ok_or(corrupt(column));
    let terms = Terms {
        request_id,
        language: row
            .text("language")?
            .and_then(|language| Language::parse(language).ok())
            .ok_or(corrupt("language"))?,
        flow: read_flow(row)?.ok_or(corrupt("callback_token_digest"))?,
        customer: row.text("customer")?.map(str::to_owned),
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
        terms,
        outcome: result
            .zip(recorded_at)
            .map(|(result, recorded_at)| Outcome {
                result,
                recorded_at,
            }),
        errors_recorded: required("errors_recorded")?,
    })
}

pub(crate) fn read_fingerprint(row: &impl Row) -> Result<Digest, StoreError> {
    read_digest(row, "fingerprint")?.ok_or(StoreError::Corrupt {
        request_id: read_request_id(row)?,
        column: "fingerprint",
    })
}

pub(crate) fn read_request_id(row: &impl Row) -> Result<RequestId, StoreError> {
    let value = row.integer("request_id")?.unwrap_or_default();
    // The table's own CHECK keeps it above zero.
    RequestId::from_i64(value).map_err(|error| StoreError::Unavailable(std::sync::Arc::new(error)))
}

/// The columns that say what came of the session, or of one of its deliveries.
pub(crate) fn read_result(
    row: &impl Row,
    keys: Option<&StoreKeys>,
) -> Result<Option<FormResult>, StoreError> {
    let request_id = read_request_id(row)?;
    let corrupt = |column| StoreError::Corrupt { request_id, column };
    if let Some(code) = row.text("error_code")? {
        let message = row.text("error_message")?.unwrap_or_default();
        return Ok(Some(FormResult::Failed {
            code: ErrorCode::parse(code).map_err(|_| corrupt("error_code"))?,
            message: ErrorMessage::from_text(message),
        }));
    }
    let Some(sealed) = read_sealed(row)? else {
        return Ok(None);
    };
    let text = sealed.open(request_id, keys)?;
    let token = std::str::from_utf8(&text).ok();
    let token = token.and_then(|token| PanToken::parse(token).ok());
    token
        .map(FormResult::Saved)
        .ok_or(corrupt("pan_token"))
        .map(Some)
}

pub(crate) fn read_sealed(row: &impl Row) -> Result<Option<Sealed>, StoreError> {
    let Some(bytes) = row.bytes("pan_token")? else {
        return Ok(None);
    };
    Ok(Some(Sealed {
        bytes: bytes.to_vec(),
        key_id: row.text("pan_token_key")?.map(str::to_owned),
    }))
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
