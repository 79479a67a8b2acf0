use alloc::string::String;

use pantoken_core::percent;

use crate::{
    ErrorCode, ErrorCodeError, ErrorMessage, FormResult, PanToken, PanTokenError, RequestId,
    RequestIdError,
};
/// The answer that the provider appends to the callback URL in the redirect flow.
///
/// It is not signed: whoever can write a URL can forge it, so believe it only together with an
/// unguessable state. Source: docs/a2c.md, "Redirect flow".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackQuery {
    /// The operation that it answers.
    pub request_id: RequestId,
    /// What came of it.
    pub result: FormResult,
}

/// Why a query is no answer of the provider's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackQueryError {
    /// Longer than 8,192 bytes.
    #[error("the query has more than 8192 bytes")]
    Length,
    /// A `%` escape that is broken or is no UTF-8.
    #[error("the query is not percent-encoded UTF-8")]
    Encoding,
    /// One of the four names stands twice.
    #[error("{0} stands twice")]
    Repeated(&'static str),
    /// No `requestId`.
    #[error("requestId is missing")]
    NoRequestId,
    /// Neither `panToken` nor `errorCode`, or both.
    #[error("exactly one of panToken and errorCode is expected")]
    NoResult,
    /// `requestId` is wrong.
    #[error("requestId: {0}")]
    RequestId(#[from] RequestIdError),
    /// `panToken` is wrong.
    #[error("panToken: {0}")]
    PanToken(#[from] PanTokenError),
    /// `errorCode` is wrong.
    #[error("errorCode: {0}")]
    ErrorCode(#[from] ErrorCodeError),
}

const NAMES: [&str; 4] = ["requestId", "panToken", "errorCode", "errorMessage"];

impl CallbackQuery {
    const MAX_LENGTH: usize = 8192;

    /// Reads a query, without its `?`; names that the provider does not define are passed over.
    ///
    /// # Errors
    /// [`CallbackQueryError`] naming the first part that is wrong.
    pub fn parse(query: &str) -> Result<Self, CallbackQueryError> {
        let [request_id, pan_token, code, message] = read(query)?;
        let request_id = RequestId::parse(&request_id.ok_or(CallbackQueryError::NoRequestId)?)?;
        let result = match (pan_token, code) {
            (Some(pan_token), None) => FormResult::Saved(PanToken::parse(&pan_token)?),
            (None, Some(code)) => FormResult::Failed {
                code: ErrorCode::parse(&code)?,
                message: ErrorMessage::from_text(&message.unwrap_or_default()),
            },
            _ => return Err(CallbackQueryError::NoResult),
        };
        Ok(Self { request_id, result })
    }
}

fn read(query: &str) -> Result<[Option<String>; 4], CallbackQueryError> {
    if query.len() > CallbackQuery::MAX_LENGTH {
        return Err(CallbackQueryError::Length);
    }
    let mut values = [const { None }; 4];
    for pair in percent::pairs(query) {
        let (name, value) = pair.ok_or(CallbackQueryError::Encoding)?;
        let slots = NAMES.into_iter().zip(&mut values);
        for (known, slot) in slots.filter(|(known, _)| *known == name) {
            if slot.replace(value.clone()).is_some() {
                return Err(CallbackQueryError::Repeated(known));
            }
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_card_is_a_request_id_and_a_token() {
        let answer = CallbackQuery::parse("requestId=12345678&panToken=tok-1").unwrap();
        assert_eq!(answer.request_id, RequestId::parse("12345678").unwrap());
        assert_eq!(
            answer.result,
            FormResult::Saved(PanToken::parse("tok-1").unwrap())
        );
    }

    #[test]
    fn a_failure_is_a_request_id_a_code_and_words() {
        let answer = CallbackQuery::parse(
            "requestId=1&errorCode=FORBIDDEN&errorMessage=%D0%9D%D0%B5%D1%82+%21&x=y",
        );
        let failed = FormResult::Failed {
            code: ErrorCode::Forbidden,
            message: ErrorMessage::from_text("Нет !"),
        };
        assert_eq!(answer.unwrap().result, failed);
    }

    #[test]
    fn an_ambiguous_answer_is_none() {
        let table = [
            ("", CallbackQueryError::NoRequestId),
            ("requestId=1", CallbackQueryError::NoResult),
            (
                "requestId=1&panToken=a&errorCode=B",
                CallbackQueryError::NoResult,
            ),
            (
                "requestId=1&requestId=1&panToken=a",
                CallbackQueryError::Repeated("requestId"),
            ),
            (
                "requestId=1&panToken=a&panToken=b",
                CallbackQueryError::Repeated("panToken"),
            ),
            (
                "requestId=x&panToken=a",
                CallbackQueryError::RequestId(RequestIdError::NotDigits),
            ),
            (
                "requestId=1&panToken=4111111111111111",
                PanTokenError::CardNumber.into(),
            ),
            ("requestId=1&panToken=%F", CallbackQueryError::Encoding),
        ];
        for (query, error) in table {
            assert_eq!(CallbackQuery::parse(query), Err(error), "{query}");
        }
        assert_eq!(
            CallbackQuery::parse(&"a".repeat(9000)),
            Err(CallbackQueryError::Length)
        );
    }
}
