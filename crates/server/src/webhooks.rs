//! Tells the agent's back end what became of its sessions: one signed POST for each result, as often
//! as it takes. `docs/webhooks.md` is the receiver's side of it.

mod backoff;
mod event;
mod public_address;
mod sender;
mod signature;
mod target;
mod worker;

pub use signature::{SignatureError, WebhookSecret, WebhookSecretError, sign, verify};
pub use target::{WebhookTarget, WebhookTargetError};
pub use worker::deliver;

/// The header that holds the signature.
pub const SIGNATURE_HEADER: &str = "Pantoken-Signature";
