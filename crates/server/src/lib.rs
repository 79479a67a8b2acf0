#![doc = include_str!("../README.md")]

mod api_key;
mod app;
mod caller;
mod clock;
mod customer_page;
mod endpoints;
mod fields;
mod mint;
mod pages;
mod problem;
mod public_url;
mod random;
mod request_log;
mod return_url;
mod router;
mod server;
mod session_token;
mod settings;
mod stop_signals;
mod wire_time;

pub mod cli;

pub use api_key::{ApiKey, ApiKeyError};
pub use app::{ApiOptions, AppState};
pub use clock::{Clock, SystemClock};
pub use pantoken_signing::Signer;
pub use problem::Problem;
pub use public_url::{PublicUrl, PublicUrlError};
pub use random::{Random, RandomError, SystemRandom};
pub use return_url::{ReturnUrl, ReturnUrlError, ReturnUrls};
pub use router::router;
pub use server::{ServeError, serve};
pub use settings::{LogFormat, SettingError, Settings, SettingsError, Sources};
