//! What a customer and an agent see: the server, the sandbox and the demo page, in a real browser,
//! on different sites (the page on localhost, the form on 127.0.0.1).
//!
//! `cargo xtask test` builds the page and runs these; `cargo test -p pantoken-tests` runs them on the
//! page that is in `dist`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod error_codes;
mod iframe_flow;
mod languages;
mod layout;
mod redirect_flow;
mod secrecy;
mod strict_policy;
