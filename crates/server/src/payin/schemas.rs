//! The schemas of states in responses, to which later versions may add.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::payment_method::PaymentMethod;
use super::{bill, part, payment, qr_code, verification};
use crate::http::enumerations::{closed, open};

pub(super) fn bill_state() -> RefOr<Schema> {
    use bill::State::{Created, Declined, Expired, Paid};
    open([Created, Paid, Expired, Declined].map(bill::State::as_str))
}

pub(super) fn part_state() -> RefOr<Schema> {
    use part::State::{Completed, Declined, Pending};
    open([Pending, Completed, Declined].map(part::State::as_str))
}

pub(super) fn payment_method() -> RefOr<Schema> {
    open([PaymentMethod::Card, PaymentMethod::Sbp].map(PaymentMethod::as_str))
}

pub(super) fn payment_state() -> RefOr<Schema> {
    use payment::State::{Authorized, Captured, Declined, Pending, Refunded, Reversed};
    let states = [Pending, Authorized, Captured, Declined, Reversed, Refunded];
    open(states.map(payment::State::as_str))
}

pub(super) fn qr_code_state() -> RefOr<Schema> {
    use qr_code::State::{Created, Declined, Expired, Paid, Pending};
    let states = [Created, Pending, Paid, Declined, Expired];
    open(states.map(qr_code::State::as_str))
}

pub(super) fn new_qr_code_type() -> RefOr<Schema> {
    closed([qr_code::Kind::Dynamic, qr_code::Kind::Token].map(qr_code::Kind::as_str))
}

pub(super) fn verification_state() -> RefOr<Schema> {
    use verification::State::{Created, Expired, Failed, Refused, Verified};
    let states = [Created, Verified, Refused, Failed, Expired];
    open(states.map(verification::State::as_str))
}
