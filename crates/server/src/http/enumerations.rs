//! The schemas of texts that have one of a few values.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AnyOfBuilder, Object, ObjectBuilder, Schema, Type};

/// Returns the schema of a text in a request, which has to be one of these.
pub(crate) fn closed<const N: usize>(values: [&'static str; N]) -> RefOr<Schema> {
    Schema::from(one_of(values)).into()
}

/// Returns the schema of a text in a response, which later versions may give other values.
pub(crate) fn open<const N: usize>(values: [&'static str; N]) -> RefOr<Schema> {
    let any = ObjectBuilder::new().schema_type(Type::String);
    AnyOfBuilder::new().item(one_of(values)).item(any).into()
}

fn one_of<const N: usize>(values: [&'static str; N]) -> Object {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.enum_values(Some(values)).build()
}
