//! Sends each result of a session to the agent's back end as a signed POST, and retries until it is
//! accepted. `docs/webhooks.md` explains how to receive webhooks.

mod backoff;
pub(crate) mod description;
mod event;
mod public_address;
mod sample;
mod sender;
mod signature;
pub(crate) mod summary;
mod target;
mod worker;

pub(crate) use sample::Sample;
pub(crate) use sender::Sender;
pub use signature::{SignatureError, WebhookSecret, WebhookSecretError, sign, verify};
pub use target::{WebhookTarget, WebhookTargetError};
pub use worker::deliver;

/// The header that contains the signature.
pub const SIGNATURE_HEADER: &str = "Pantoken-Signature";
