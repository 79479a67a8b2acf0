use core::fmt;

use crate::{ErrorCode, ErrorMessage, FormResult, PanToken, PanTokenError, RequestId};

/// The status of the message by which the form announces that it is ready.
const READY: &str = "Ready";

/// A message that the form posts to the page. Source: docs/a2c.md, "Iframe flow".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormMessage {
    /// The form is ready and waits for the page's reply.
    Ready,
    /// The result of a request.
    Result {
        /// The request id of the operation.
        request_id: RequestId,
        /// The result itself.
        result: FormResult,
    },
}

/// The reason why a message is not a [`FormMessage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// The message is neither Ready nor a complete result.
    #[error("the message must be Ready or a complete result")]
    Unreadable,
    /// The token in the result contains a card number.
    #[error("the result contains a card number instead of a panToken")]
    CardNumber,
}

/// One field of a message, before validation. Its `Debug` output leaves the text out, which may be a token.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Field<Text> {
    /// The field is missing, `undefined` or `null`.
    #[default]
    Absent,
    /// A string.
    Text(Text),
    /// A BigInt, or a number that JavaScript represents exactly.
    Integer(i64),
    /// The value has another type or is too long.
    Unusable,
}

impl<Text> fmt::Debug for Field<Text> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::Text(_) => "Text(…)",
            Self::Integer(_) => "Integer(…)",
            Self::Unusable => "Unusable",
        })
    }
}

/// The five fields that the protocol defines, before validation. A decoder fills them in from the message,
/// which is an object or JSON text of an object. Any other text is the `status`. What the fields mean
/// together is decided here, once for all decoders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RawMessage<Text> {
    /// The field `status`.
    pub status: Field<Text>,
    /// The field `requestId`.
    pub request_id: Field<Text>,
    /// The field `panToken`.
    pub pan_token: Field<Text>,
    /// The field `errorCode`.
    pub error_code: Field<Text>,
    /// The field `errorMessage`.
    pub error_message: Field<Text>,
}

impl<Text> RawMessage<Text> {
    /// The names of the fields on the wire.
    pub const NAMES: [&str; 5] = [
        "status",
        "requestId",
        "panToken",
        "errorCode",
        "errorMessage",
    ];

    /// Creates a message from its fields, in the order of [`Self::NAMES`].
    #[must_use]
    pub fn from_fields(fields: [Field<Text>; 5]) -> Self {
        let [status, request_id, pan_token, error_code, error_message] = fields;
        Self {
            status,
            request_id,
            pan_token,
            error_code,
            error_message,
        }
    }

    /// Returns the field with this name on the wire.
    pub fn field_mut(&mut self, name: &str) -> Option<&mut Field<Text>> {
        match name {
            "status" => Some(&mut self.status),
            "requestId" => Some(&mut self.request_id),
            "panToken" => Some(&mut self.pan_token),
            "errorCode" => Some(&mut self.error_code),
            "errorMessage" => Some(&mut self.error_message),
            _ => None,
        }
    }
}

impl FormMessage {
    /// Validates the fields and returns the message.
    ///
    /// # Errors
    /// Returns [`MessageError`] unless the message is Ready, or a result with a request id and exactly one
    /// of `panToken` and `errorCode`.
    pub fn from_raw<Text: AsRef<str>>(raw: &RawMessage<Text>) -> Result<Self, MessageError> {
        let is_ready = text(&raw.status) == Some(READY);
        let result = match (&raw.pan_token, &raw.error_code) {
            (Field::Absent, Field::Absent) if is_ready => return Ok(Self::Ready),
            _ if is_ready => return Err(MessageError::Unreadable),
            (Field::Text(token), Field::Absent) => {
                FormResult::Saved(read_pan_token(token.as_ref())?)
            }
            (Field::Absent, Field::Text(code)) => FormResult::Failed {
                code: ErrorCode::parse(code.as_ref()).map_err(|_| MessageError::Unreadable)?,
                message: ErrorMessage::from_text(text(&raw.error_message).unwrap_or_default()),
            },
            _ => return Err(MessageError::Unreadable),
        };
        let request_id = match &raw.request_id {
            Field::Text(text) => RequestId::parse(text.as_ref()),
            Field::Integer(value) => RequestId::from_i64(*value),
            Field::Absent | Field::Unusable => return Err(MessageError::Unreadable),
        };
        let request_id = request_id.map_err(|_| MessageError::Unreadable)?;
        Ok(Self::Result { request_id, result })
    }
}

fn text<Text: AsRef<str>>(field: &Field<Text>) -> Option<&str> {
    match field {
        Field::Text(text) => Some(text.as_ref()),
        _ => None,
    }
}

fn read_pan_token(text: &str) -> Result<PanToken, MessageError> {
    PanToken::parse(text).map_err(|error| match error {
        PanTokenError::CardNumber => MessageError::CardNumber,
        _ => MessageError::Unreadable,
    })
}
