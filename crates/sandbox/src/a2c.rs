//! The stand-in for the a2c provider: its card form, and its answers to a card.

mod answer;
mod chaos;
mod form;
mod misbehaviour;
mod page;
mod provider;
mod refusal;
mod routes;
mod save_request;
mod saved_requests;
mod settings;

pub use misbehaviour::Misbehaviour;
pub use routes::router;
pub use settings::Settings;
