//! The parts of the end-to-end tests: a site with its server, the provider's sandbox, and a browser.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::missing_panics_doc, clippy::must_use_candidate)]

mod browser;
mod context;
mod engine;
mod page;
mod programs;
mod shop;
mod site;
mod suite;
mod tab;

pub use browser::close_browsers;
pub use context::TestContext;
pub use engine::{Engine, Screen, available_engines, chromium_capabilities, start_chromedriver};
pub use page::{Page, Pages, dist, has_pages};
pub use pantoken_test_support::{Gate, PlannedResponse, Process, ReverseProxy};
pub use programs::{binaries, workspace};
pub use shop::Shop;
pub use site::{ADMIN_KEY, AGENT_ID, API_KEY, SECRET_KEY, SiteOptions, TestSite, clear_settings};
pub use suite::{Suite, Test};
pub use tab::Tab;

/// A card number that the sandbox saves.
pub const GOOD_NUMBER: &str = "4242424242424242";
/// A card number whose check digit is wrong.
pub const BAD_NUMBER: &str = "4242424242424241";
/// A card number that the sandbox answers with FORBIDDEN.
pub const FORBIDDEN_NUMBER: &str = "4000000000000002";
/// A card number that the sandbox answers with INVALID_SESSION.
pub const INVALID_SESSION_NUMBER: &str = "4000000000000069";
