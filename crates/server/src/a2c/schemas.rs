//! The schemas of pantoken-a2c's types in the OpenAPI document.

use pantoken_a2c as a2c;
use pantoken_store::SessionState;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::http::enumerations::{closed, open};

pub(crate) struct RequestId;

impl ToSchema for RequestId {}

impl PartialSchema for RequestId {
    fn schema() -> RefOr<Schema> {
        let description = "A decimal number up to 2^63 - 1, as a string, because JavaScript rounds \
                           numbers above 2^53 - 1.";
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[1-9][0-9]{0,18}$"))
            .description(Some(description));
        Schema::from(schema).into()
    }
}

pub(crate) struct Flow;

impl ToSchema for Flow {}

impl PartialSchema for Flow {
    fn schema() -> RefOr<Schema> {
        closed(flows())
    }
}

fn flows() -> [&'static str; 2] {
    [a2c::Flow::Iframe, a2c::Flow::Redirect].map(a2c::Flow::as_str)
}

/// The flow in a response.
pub(crate) fn flow() -> RefOr<Schema> {
    open(flows())
}

/// The language in a response.
pub(crate) fn language() -> RefOr<Schema> {
    open(a2c::Language::ALL.map(a2c::Language::as_str))
}

/// The value of `form` in a created session.
pub(crate) const FORM: &str = "a2c";

pub(crate) fn form() -> RefOr<Schema> {
    open([FORM])
}

/// The states that a session can have.
pub(crate) fn session_state() -> RefOr<Schema> {
    open(SessionState::ALL.map(SessionState::as_str))
}

/// The types of events about sessions.
pub(crate) fn event_type() -> RefOr<Schema> {
    open(["session.saved", "session.failed"])
}

/// The states of a session with a result.
pub(crate) fn recorded_state() -> RefOr<Schema> {
    open([SessionState::Saved, SessionState::Failed].map(SessionState::as_str))
}
