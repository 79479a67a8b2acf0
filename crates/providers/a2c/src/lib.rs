#![doc = include_str!("../README.md")]
// The element is built without std, which would double its size.
#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod agent_id;
mod callback;
mod error_code;
mod event;
mod form_origins;
mod form_result;
mod form_url;
mod handshake;
mod language;
mod message;
mod pan_token;
mod request_id;
#[cfg(feature = "serde")]
mod serde_impls;

pub use agent_id::{AgentId, AgentIdError};
pub use callback::{CallbackQuery, CallbackQueryError};
pub use error_code::{ErrorCode, ErrorCodeError, ErrorMessage, Remedy};
pub use event::{
    ErrorSource, Event, FailureCode, FormError, FormId, HostCode, Problem, Ready, Saved, Warning,
    WarningCode,
};
pub use form_origins::FormOrigins;
pub use form_result::FormResult;
pub use form_url::{
    CallbackUrl, CallbackUrlError, Flow, FormHost, FormHostError, FormRequest, FormUrl,
    FormUrlError, Signature, SignatureError, SignedRequest,
};
pub use handshake::{FrameOrder, Handshake, HandshakeInput, HandshakeOrders, State, TimerOrder};
pub use language::{Language, LanguageError};
pub use message::{Field, FormMessage, MessageError, RawMessage};
// Part of this crate's own types.
pub use pantoken_core::{Origin, OriginError};

pub use pan_token::{PanToken, PanTokenError};
pub use request_id::{RequestId, RequestIdError};
