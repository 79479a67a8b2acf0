//! The client against a real HTTP server that plays published and broken answers.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod answers;
mod certificates;
mod connections;
mod provider;
mod requests;
