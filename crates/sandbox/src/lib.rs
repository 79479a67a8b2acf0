#![doc = include_str!("../README.md")]

mod answer;
mod chaos;
mod misbehaviour;
mod page;
mod pan_token;
mod provider;
mod random;
mod refusal;
mod routes;
mod save_request;
mod saved_requests;
mod settings;

pub use misbehaviour::Misbehaviour;
pub use random::{OsRandom, Random, RandomError};
pub use routes::router;
pub use settings::Settings;
