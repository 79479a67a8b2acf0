#![doc = include_str!("../README.md")]

mod answer;
mod page;
mod pan_token;
mod provider;
mod random;
mod refusal;
mod routes;
mod save_request;
mod saved_requests;
mod settings;

pub use random::{OsRandom, Random, RandomError};
pub use routes::router;
pub use settings::Settings;
