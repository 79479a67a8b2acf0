//! The HTTP server: router, middleware, authorisation, limits, errors and metrics.

pub(crate) mod api_key;
pub(crate) mod api_key_holder;
pub(crate) mod auth;
pub(crate) mod client;
pub(crate) mod client_address;
pub(crate) mod connections;
pub(crate) mod customer;
pub(crate) mod element_files;
pub(crate) mod fields;
pub(crate) mod health;
pub(crate) mod key_guesses;
pub(crate) mod limits;
pub(crate) mod metrics;
pub(crate) mod metrics_endpoint;
pub(crate) mod middleware;
pub(crate) mod openapi;
pub(crate) mod pages;
pub(crate) mod path_segment;
pub(crate) mod problem;
pub(crate) mod public_url;
pub(crate) mod rate_limit;
pub(crate) mod readiness;
pub(crate) mod request_id;
pub(crate) mod router;
pub(crate) mod trace;
pub(crate) mod wire_time;
