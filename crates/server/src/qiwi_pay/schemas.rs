//! The schemas of texts with few values.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use crate::http::enumerations::{closed, open};

const PAYMENT_STATES: [&str; 8] = [
    "created",
    "requires-3ds",
    "authorized",
    "captured",
    "declined",
    "reversed",
    "refunded",
    "attention",
];
const PART_STATES: [&str; 3] = ["pending", "completed", "declined"];

pub(super) fn operation() -> RefOr<Schema> {
    closed(["sale", "auth"])
}

/// In responses, a later version may know more.
pub(super) fn told_operation() -> RefOr<Schema> {
    open(["sale", "auth"])
}

pub(super) fn payment_state() -> RefOr<Schema> {
    open(PAYMENT_STATES)
}

pub(super) fn part_state() -> RefOr<Schema> {
    open(PART_STATES)
}

pub(super) fn industry() -> RefOr<Schema> {
    closed(["avia"])
}
