//! The stand-in for the payin provider: its API for bills, payments, captures, refunds, card checks and tokens, and
//! a control API with which a test does what a customer does and looks at what was executed.

mod bills;
mod card;
mod checks;
mod control;
mod fault;
mod notification;
mod payments;
mod provider;
mod refusal;
mod routes;
mod settings;
mod state;

pub use routes::router;
pub use settings::{NotificationUrl, NotificationUrlError, Settings};
