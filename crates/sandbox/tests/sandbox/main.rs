//! Tests the sandbox over HTTP and on the command line.

// A helper of a test fails by panicking, as the test itself does.
#![allow(clippy::panic, clippy::unwrap_used)]

mod chaos;
mod command_line;
mod form;
mod headers;
mod jetpay;
mod payin;
mod qiwi_master;
mod qiwi_pay;
mod save;
mod set_clock;
mod support;
