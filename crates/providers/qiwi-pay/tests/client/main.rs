//! The client over real connections.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod calls;
mod certificates;
mod provider;
