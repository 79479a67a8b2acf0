//! The stand-in for QIWI Master: one wallet with money, its package of virtual cards and its history, and a control
//! API with which a test sets faults, moves the clock and looks at what was executed.

mod actions;
mod card_number;
mod cards;
mod control;
mod money;
mod orders;
mod payment_body;
mod payments;
mod pdf;
mod permission;
mod rate_limit;
mod refusal;
mod routes;
mod settings;
mod settle;
mod state;
mod statement;
mod times;
mod wallet;

pub use routes::router;
pub use settings::Settings;
