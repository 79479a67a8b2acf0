//! The form as a state machine, without a browser.
#![allow(unreachable_pub)] // the modules are private to the test
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(not(target_family = "wasm"))]

mod form_url;
mod interleavings;
mod payin;
mod redirect;
mod redirect_button;
mod reloads;
mod report;
mod session;
mod support;
mod view;
