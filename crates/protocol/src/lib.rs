#![doc = include_str!("../README.md")]
// The element is built without std, which would make it twice its size.
#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod agent_id;
mod callback;
mod card_number;
pub mod cut;
mod decimal;
mod error_code;
mod event;
mod form_result;
mod form_url;
mod handshake;
mod language;
mod message;
mod origin;
mod pan_token;
mod percent;
mod request_id;
#[cfg(feature = "serde")]
mod serde_impls;

pub use agent_id::{AgentId, AgentIdError};
pub use callback::{CallbackQuery, CallbackQueryError};
pub use card_number::{contains_card_number, is_card_number, is_luhn_valid};
pub use decimal::{decimal_digits, parse_count};
pub use error_code::{ErrorCode, ErrorCodeError, ErrorMessage, Remedy};
pub use event::{
    ErrorSource, Event, FailureCode, FormError, HostCode, Ready, Saved, Warning, WarningCode,
};
pub use form_result::FormResult;
pub use form_url::{
    CallbackUrl, CallbackUrlError, Flow, FormHost, FormHostError, FormRequest, FormUrl,
    FormUrlError, Signature, SignatureError, SignedRequest,
};
pub use handshake::{FrameOrder, Handshake, Input, Outputs, State, TimerOrder};
pub use language::{Language, LanguageError};
pub use message::{Field, FormMessage, MessageError, RawMessage};
pub use origin::{FormOrigins, Origin, OriginError};
pub use pan_token::{PanToken, PanTokenError};
pub use request_id::{RequestId, RequestIdError};
