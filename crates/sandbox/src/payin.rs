//! The stand-in for the payin provider: its API, its hosted pages and its notifications, and a control API with
//! which a test does what a customer does and looks at what was executed.

mod bills;
mod body;
mod captures;
mod card;
mod checks;
mod control;
mod delivery;
mod fault;
mod forms;
mod notification;
mod page;
mod pages;
mod payments;
mod payout_key;
mod payouts;
mod provider;
mod qr_codes;
mod refunds;
mod refusal;
mod repeats;
mod routes;
mod schedule;
mod settings;
mod state;
mod three_ds;

pub use payout_key::{PayoutKey, PayoutKeyError};
pub use routes::router;
pub use settings::Settings;

pub use crate::callback_address::{NotificationUrl, NotificationUrlError};
