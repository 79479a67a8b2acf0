use crate::{ErrorCode, ErrorMessage, FormResult, PanToken, PanTokenError, RequestId};

/// What the form says to say that it is ready.
const READY: &str = "Ready";

/// A message of the form's that we understand. Source: docs/a2c.md, "Iframe flow".
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field<Text> {
    /// Not there, `undefined` or `null`.
    #[default]
    Absent,
    /// A string.
    Text(Text),
    /// A BigInt, or a number that JavaScript holds exactly.
    Integer(i64),
    /// Of another type, or too long.
    Unusable,
}

/// The five fields that the protocol knows, before they are judged. A decoder fills it in from the
/// object that the message is, or that its JSON text holds; any other text is its `status`. What the
/// fields mean together is decided here, once for all decoders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RawMessage<Text> {
    /// `status`
    pub status: Field<Text>,
    /// `requestId`
    pub request_id: Field<Text>,
    /// `panToken`
    pub pan_token: Field<Text>,
    /// `errorCode`
    pub error_code: Field<Text>,
    /// `errorMessage`
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

    /// The message of these fields, in the order of [`Self::NAMES`].
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

    /// The field that has this name on the wire.
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
    /// Reads a message.
    ///
    /// # Errors
    /// [`MessageError`] unless it is Ready, or a result with a request id and exactly one of
    /// `panToken` and `errorCode`.
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
