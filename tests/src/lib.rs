//! What the end-to-end tests are made of: a shop with its server, the provider's sandbox, and a
//! customer with a browser.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::missing_panics_doc, clippy::must_use_candidate)]

mod browser;
mod customer;
mod engine;
mod front;
mod page;
mod process;
mod scene;
mod shop;
mod suite;

pub use browser::close_browsers;
pub use customer::Customer;
pub use engine::{Engine, Screen, engines_taking_part};
pub use front::{Answer, Front, Gate};
pub use page::{Page, Pages, dist};
pub use process::{Process, binaries, workspace};
pub use scene::Scene;
pub use shop::{AGENT_ID, API_KEY, SECRET_KEY, Shop, ShopOptions, clear_settings};
pub use suite::{Suite, Test};

/// A number that the sandbox saves. Source: docs/sandbox.md, "Cards".
pub const GOOD_NUMBER: &str = "4242424242424242";
/// A number whose check digit is wrong.
pub const BAD_NUMBER: &str = "4242424242424241";
/// A number that the sandbox answers with FORBIDDEN.
pub const FORBIDDEN_NUMBER: &str = "4000000000000002";
/// A number that the sandbox answers with INVALID_SESSION.
pub const INVALID_SESSION_NUMBER: &str = "4000000000000069";
