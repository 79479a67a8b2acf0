//! The stand-in for QIWI PAY's API: payments by card and by token, captures, reversals, refunds and payouts at
//! `/merchant/direct`, signed notifications, and a control API with which a test pays a form as a customer does, sets
//! faults, moves the clock and looks at what was executed.

mod card;
mod control;
mod fault;
mod fields;
mod notifications;
mod operations;
mod provider;
mod refusal;
mod returns;
mod routes;
mod schedule;
mod settings;
mod state;
mod transaction;

pub use routes::router;
pub use settings::Settings;

pub use crate::callback_address::{NotificationUrl, NotificationUrlError};
