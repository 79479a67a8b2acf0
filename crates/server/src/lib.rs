#![doc = include_str!("../README.md")]

mod api_key;
mod app;
mod call;
mod call_id;
mod caller;
mod client_address;
mod clock;
mod connections;
mod customer;
mod customer_page;
mod doctor;
mod endpoints;
mod every_call;
mod fields;
mod http_client;
mod limits;
mod metrics;
mod mint;
mod pages;
mod problem;
mod public_url;
mod random;
mod rate_limit;
mod readiness;
mod retention;
mod return_url;
mod router;
mod server;
mod session_token;
mod settings;
mod stop_signals;
#[cfg(test)]
mod test_log;
mod wire_time;

pub mod cli;
pub mod webhook;

pub use api_key::{ApiKey, ApiKeyError};
pub use app::{ApiOptions, AppState, Store};
pub use client_address::{TrustedProxies, TrustedProxiesError};
pub use clock::{Clock, SystemClock};
pub use connections::serve_connections;
pub use customer::{Customer, CustomerError};
pub use limits::Limits;
pub use metrics::metrics_router;
pub use pantoken_signing::Signer;
pub use problem::Problem;
pub use public_url::{PublicUrl, PublicUrlError};
pub use random::{Random, RandomError, SystemRandom};
pub use rate_limit::PublicSessionLimits;
pub use return_url::{ReturnUrl, ReturnUrlError, ReturnUrls};
pub use router::router;
pub use server::{ServeError, serve};
pub use settings::{LogFormat, SettingError, Settings, SettingsError, Sources};
