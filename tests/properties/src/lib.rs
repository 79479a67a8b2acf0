//! What holds for any input from outside, each property once: tests try it with the corpora of
//! `fuzz/corpus` and what comes of changing them, and a fuzz target of the same name with whatever
//! libFuzzer makes. Each panics where it does not hold.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod callback_query;
mod connection;
#[cfg(test)]
mod corpus;
mod form;
mod form_url;
mod handshake;
mod http;
mod message;
mod sandbox;
mod settings;

pub use callback_query::callback_query;
pub use form::form;
pub use form_url::form_url;
pub use handshake::handshake;
pub use http::Http;
pub use message::message;
pub use sandbox::Sandbox;
pub use settings::settings;
