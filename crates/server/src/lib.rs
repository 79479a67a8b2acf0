#![doc = include_str!("../README.md")]

mod a2c;
mod admin;
mod app;
mod event_types;
mod http;
mod jetpay;
mod operations;
mod payin;
mod qiwi_pay;
mod server;
mod settings;
#[cfg(test)]
mod test_log;

pub mod cli;
pub mod webhooks;

pub use a2c::pan_token_alphabet::{PanTokenAlphabet, PanTokenAlphabetError};
pub use a2c::pan_token_check::{PanTokenCheck, PanTokenVerdict, ReportedPanToken};
pub use a2c::request_id::{RequestIdShard, RequestIdShardError};
pub use admin::key::{AdminKey, AdminKeyError};
pub use app::AppState;
pub use http::address_list::AddressListError;
pub use http::allowed_origin::{AllowedOrigin, AllowedOriginError};
pub use http::api_key::{ApiKey, ApiKeyError};
pub use http::client::{ClientError, Outgoing, OutgoingProxy, OutgoingProxyError, RootsError};
pub use http::client_address::TrustedProxies;
pub use http::connections::serve_connections;
pub use http::customer::{Customer, CustomerError};
pub use http::limits::Limits;
pub use http::metrics_endpoint::metrics_router;
pub use http::problem::Problem;
pub use http::public_url::{PublicUrl, PublicUrlError};
pub use http::rate_limit::PublicSessionLimits;
pub use http::return_url::{ReturnUrl, ReturnUrlError, ReturnUrls};
pub use http::router::router;
pub use http::senders::Senders;
pub use jetpay::{Accounts, AccountsUnavailable, JetpayOptions};
pub use operations::reconcile_operations;
pub use pantoken_a2c_signing::Signer;
pub use pantoken_core::{Clock, Random, RandomError, SystemClock, SystemRandom};
pub use payin::PayinOptions;
pub use qiwi_pay::QiwiPayOptions;
pub use server::{ServeError, serve};
pub use settings::{ApiOptions, LogFormat, SettingError, Settings, SettingsError, Sources};
