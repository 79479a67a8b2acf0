//! The a2c provider: its card form, and what it answers to a card.

mod answer;
mod chaos;
mod misbehaviour;
mod page;
mod pan_token;
mod provider;
mod refusal;
mod routes;
mod save_request;
mod saved_requests;
mod settings;

pub use misbehaviour::Misbehaviour;
pub use routes::router;
pub use settings::Settings;
