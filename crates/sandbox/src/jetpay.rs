//! The stand-in for JetPay: the platform, which asks the merchant about deposits and sends callbacks, Gate, which takes
//! payouts, a page that plays the kiosk, and a control API with which a test makes deposits, sets faults, moves the
//! clock and looks at what was executed.

mod callbacks;
mod content_fault;
mod control;
mod deposits;
mod fault;
mod gate;
mod gate_body;
mod journal;
mod kiosk;
mod merchant;
mod outcome;
mod page;
mod payments;
mod payouts;
mod platform;
mod progress;
mod refusal;
mod routes;
mod schedule;
mod settings;
mod state;
mod status;

pub use routes::router;
pub use settings::Settings;

pub use crate::callback_address::{NotificationUrl, NotificationUrlError};
