//! JetPay: takes deposits at kiosks and from wallets, and pays out. The documentation is docs/jetpay.md.

mod account;
mod accounts;
pub(crate) mod callbacks;
mod deposit;
pub(crate) mod deposits;
mod describe;
mod endpoint;
pub(crate) mod event_types;
mod fact;
mod id;
pub(crate) mod merchant;
mod options;
mod outcome;
mod payout;
pub(crate) mod payouts;
mod provider;

pub use accounts::{Accounts, AccountsUnavailable};
pub use options::JetpayOptions;
pub(crate) use provider::JetpayProvider;
