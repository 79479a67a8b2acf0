//! A shop with its server, the provider's sandbox, and a customer with a browser.

mod customer;
mod process;
mod shop;

pub(crate) use customer::{Customer, Screen, browse, browse_on};
pub(crate) use process::{binaries, workspace};
pub(crate) use shop::{AGENT_ID, API_KEY, SECRET_KEY, Shop, ShopOptions, dist};

/// Numbers that the sandbox knows. Source: design.md, "Contract: sandbox".
pub(crate) const GOOD_NUMBER: &str = "4242424242424242";
pub(crate) const BAD_NUMBER: &str = "4242424242424241";
pub(crate) const FORBIDDEN_NUMBER: &str = "4000000000000002";
pub(crate) const INVALID_SESSION_NUMBER: &str = "4000000000000069";
