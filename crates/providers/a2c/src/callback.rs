use alloc::string::String;

use pantoken_core::{percent, text};

use crate::{
    ErrorCode, ErrorCodeError, ErrorMessage, FormResult, PanToken, PanTokenError, RequestId,
    RequestIdError,
};

/// The result that the provider appends to the callback URL in the redirect flow.
///
/// The query is not signed, so anyone can forge it. Accept it only together with an unguessable state.
/// Source: docs/a2c.md, "Redirect flow".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackQuery {
    /// The request id of the operation.
    pub request_id: RequestId,
    /// The result of the operation.
    pub result: FormResult,
}

/// The reason why a query is not a [`CallbackQuery`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackQueryError {
    /// The query is longer than 8,192 bytes.
    #[error("the query must be at most 8192 bytes long")]
    Length,
    /// A `%` escape of `requestId`, `panToken` or `errorCode` is broken, or its bytes are not UTF-8.
    #[error("requestId, panToken and errorCode must be percent-encoded UTF-8")]
    Encoding,
    /// One of the four parameters appears more than once.
    #[error("the parameter {0} must appear only once")]
    Repeated(&'static str),
    /// The parameter `requestId` is missing.
    #[error("the parameter requestId is missing")]
    NoRequestId,
    /// The query contains neither `panToken` nor `errorCode`, or both.
    #[error("the query must contain exactly one of panToken and errorCode")]
    NoResult,
    /// The parameter `requestId` is invalid.
    #[error("requestId: {0}")]
    RequestId(#[from] RequestIdError),
    /// The parameter `panToken` is invalid.
    #[error("panToken: {0}")]
    PanToken(#[from] PanTokenError),
    /// The parameter `errorCode` is invalid.
    #[error("errorCode: {0}")]
    ErrorCode(#[from] ErrorCodeError),
}

const ERROR_MESSAGE: &str = "errorMessage";
const NAMES: [&str; 4] = ["requestId", "panToken", "errorCode", ERROR_MESSAGE];

impl CallbackQuery {
    const MAX_LENGTH: usize = 8192;

    /// Reads a query, without its `?`. Parameters that the provider does not define are ignored, whatever
    /// their bytes are. So is an `errorMessage` that is not UTF-8, because the code that comes with it must not
    /// be lost.
    ///
    /// # Errors
    /// Returns [`CallbackQueryError`] with the first problem.
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
    for pair in query.split('&') {
        let (name, value) = text::split_once(pair, b'=').unwrap_or((pair, ""));
        let Some(name) = percent::decode(name) else {
            continue;
        };
        let slots = NAMES.into_iter().zip(&mut values);
        for (known, slot) in slots.filter(|(known, _)| *known == name) {
            let value = match percent::decode(value) {
                None if known == ERROR_MESSAGE => String::new(),
                value => value.ok_or(CallbackQueryError::Encoding)?,
            };
            if slot.replace(value).is_some() {
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
    fn a_failure_is_a_request_id_a_code_and_a_message() {
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
    fn what_the_provider_does_not_define_is_passed_over_whatever_its_bytes() {
        for excess in [
            "note=%CD%E5",
            "off=50%",
            "%zz=1",
            "%CD=1",
            "=",
            "",
            "a=b=c&%",
        ] {
            for query in [
                format!("requestId=1&panToken=tok-1&{excess}"),
                format!("{excess}&requestId=1&panToken=tok-1"),
            ] {
                let result = CallbackQuery::parse(&query).unwrap().result;
                let saved = FormResult::Saved(PanToken::parse("tok-1").unwrap());
                assert_eq!(result, saved, "{query}");
            }
        }
        let query = "requestId=1&errorCode=FORBIDDEN&errorMessage=%CD%E5";
        let failed = FormResult::Failed {
            code: ErrorCode::Forbidden,
            message: ErrorMessage::default(),
        };
        assert_eq!(CallbackQuery::parse(query).unwrap().result, failed);
    }

    #[test]
    fn an_ambiguous_query_is_refused() {
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
            ("requestId=%CD&panToken=a", CallbackQueryError::Encoding),
            (
                "requestId=1&panToken=a&panToken=%CD",
                CallbackQueryError::Encoding,
            ),
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
