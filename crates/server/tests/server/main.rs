//! The server as its callers meet it: its router, and its binary.
#![allow(clippy::unwrap_used, clippy::panic)]

mod api_keys;
mod callback;
mod command_line;
mod create_session;
mod database;
#[cfg(feature = "dev")]
mod dev;
mod doctor;
mod doctor_origin;
mod form_urls;
mod get_session;
mod http;
mod limits;
mod metrics;
mod openapi;
mod outgoing;
mod pages;
mod pan_tokens;
mod payin;
mod payin_faults;
mod payin_qr_codes;
mod payin_senders;
mod payin_shop;
mod process;
mod rate_limits;
mod record_result;
mod retention;
mod support;
mod wait;
mod webhooks;
