use crate::{ErrorCode, ErrorMessage, FormResult, PanToken, PanTokenError, RequestId};
use alloc::string::String;

/// What the form says to say that it is ready.
const READY: &str = "Ready";

/// A message of the form's that we understand. Source: protocol.md, "Iframe flow".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormMessage {
    /// The form waits for our answer.
    Ready,
    /// Something came of a request.
    Result {
        /// The operation that it answers.
        request_id: RequestId,
        /// What came of it.
        result: FormResult,
    },
}

/// Why a message is none that we understand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// Neither Ready nor one whole result.
    #[error("the message is neither Ready nor a result")]
    Unreadable,
    /// A result whose token is a card number.
    #[error("the result holds a card number where the panToken should be")]
    CardNumber,
}

/// One field of a message, before it is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// Not there, `undefined` or `null`.
    #[default]
    Absent,
    /// A string.
    Text(String),
    /// A BigInt, or a number that JavaScript holds exactly.
    Integer(i64),
    /// Of another type, or too long.
    Unusable,
}

/// The five fields that the protocol knows, before they are judged. A decoder fills it in from the
/// object that the message is, or that its JSON text holds; any other text is its `status`. What the
/// fields mean together is decided here, once for all decoders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawMessage {
    /// `status`
    pub status: Field,
    /// `requestId`
    pub request_id: Field,
    /// `panToken`
    pub pan_token: Field,
    /// `errorCode`
    pub error_code: Field,
    /// `errorMessage`
    pub error_message: Field,
}

impl RawMessage {
    /// The field that has this name on the wire.
    pub fn field_mut(&mut self, name: &str) -> Option<&mut Field> {
        match name {
            "status" => Some(&mut self.status),
            "requestId" => Some(&mut self.request_id),
            "panToken" => Some(&mut self.pan_token),
            "errorCode" => Some(&mut self.error_code),
            "errorMessage" => Some(&mut self.error_message),
            _ => None,
        }
    }

    /// The names of the fields on the wire.
    pub const NAMES: [&str; 5] = [
        "status",
        "requestId",
        "panToken",
        "errorCode",
        "errorMessage",
    ];
}

impl FormMessage {
    /// Reads a message.
    ///
    /// # Errors
    /// [`MessageError`] unless it is Ready, or a result with a request id and exactly one of
    /// `panToken` and `errorCode`.
    pub fn from_raw(raw: RawMessage) -> Result<Self, MessageError> {
        let result = match (raw.pan_token, raw.error_code) {
            (Field::Absent, Field::Absent) if is_ready(&raw.status) => return Ok(Self::Ready),
            _ if is_ready(&raw.status) => return Err(MessageError::Unreadable),
            (Field::Text(token), Field::Absent) => FormResult::Saved(read_pan_token(&token)?),
            (Field::Absent, Field::Text(code)) => FormResult::Failed {
                code: ErrorCode::parse(&code).map_err(|_| MessageError::Unreadable)?,
                message: match &raw.error_message {
                    Field::Text(text) => ErrorMessage::from_text(text),
                    _ => ErrorMessage::default(),
                },
            },
            _ => return Err(MessageError::Unreadable),
        };
        let request_id = read_request_id(&raw.request_id)?;
        Ok(Self::Result { request_id, result })
    }
}

fn read_pan_token(text: &str) -> Result<PanToken, MessageError> {
    PanToken::parse(text).map_err(|error| match error {
        PanTokenError::CardNumber => MessageError::CardNumber,
        _ => MessageError::Unreadable,
    })
}

fn is_ready(status: &Field) -> bool {
    matches!(status, Field::Text(text) if text == READY)
}

fn read_request_id(field: &Field) -> Result<RequestId, MessageError> {
    match field {
        Field::Text(text) => RequestId::parse(text).ok(),
        Field::Integer(value) => RequestId::from_i64(*value).ok(),
        Field::Absent | Field::Unusable => None,
    }
    .ok_or(MessageError::Unreadable)
}
