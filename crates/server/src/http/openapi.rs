//! The OpenAPI document. `#[utoipa::path]` describes each handler and `ToSchema` each type; this adds what
//! they share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use axum::Extension;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa::openapi::{Ref, RefOr, Response};

use crate::http::problem::{Problem, ProblemDocument};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "pantoken",
        version = "1",
        description = "Saves, verifies and charges cards through the forms of payment providers.\n\nResponses and webhooks may gain \
                       fields, and their enumerations may gain values: ignore those that you do not know. Requests with \
                       unknown fields are refused.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "a2c", description = "Saves a card through the provider's form."),
        (name = "payin", description = "Verifies cards, keeps payment tokens and charges them."),
        (name = "jetpay", description = "Takes deposits at kiosks and from wallets, and pays out."),
        (name = "qiwi-pay", description = "Signs payment forms, charges saved cards, captures, gives back and pays out."),
        (name = "server", description = "The server itself.")
    ),
    components(schemas(ProblemDocument))
)]
pub(crate) struct Document;

/// A function that writes the document. The router provides it, because it knows the routes.
#[derive(Clone, Copy)]
pub(crate) struct Writer(pub(crate) fn() -> String);

/// Completes the document that was collected, with these webhooks. Returns it as JSON.
pub(crate) fn complete(openapi: &utoipa::openapi::OpenApi, webhooks: Value) -> String {
    let mut document = json!(openapi);
    document["components"]["securitySchemes"] = security_schemes();
    document["components"]["responses"] = problem_responses();
    document["webhooks"] = webhooks;
    let mut requests = Vec::new();
    for operation in operations(&mut document) {
        complete_responses(&mut operation["responses"]);
        let body = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let schema = body.as_str().and_then(|body| body.rsplit('/').next());
        requests.extend(schema.map(ToOwned::to_owned));
    }
    for request in requests {
        // The server refuses unknown fields. What it sends may gain some.
        let schema = &mut document["components"]["schemas"][request];
        schema["additionalProperties"] = false.into();
    }
    format!("{document:#}\n")
}

/// Returns references to the responses with these statuses, which are all problems.
pub(crate) fn problems<const N: usize>(
    statuses: [StatusCode; N],
) -> BTreeMap<String, RefOr<Response>> {
    let reference = |status| Ref::from_response_name(response_name(status)).into();
    statuses
        .into_iter()
        .map(|status| (status.as_str().to_owned(), reference(status)))
        .collect()
}

/// Returns the name of the response: `NotFound` for 404.
fn response_name(status: StatusCode) -> String {
    status
        .canonical_reason()
        .unwrap_or_default()
        .replace(' ', "")
}

fn security_schemes() -> Value {
    let bearer =
        |description| json!({"type": "http", "scheme": "bearer", "description": description});
    json!({
        "apiKey": bearer("The API key of the agent's back end."),
        "resultToken": {
            "type": "apiKey",
            "in": "header",
            "name": "Pantoken-Result-Token",
            "description": "The resultToken of the session.",
        },
        "resultTokenAsBearer": bearer("The resultToken of the session."),
    })
}

/// Returns one response for each status of a problem.
fn problem_responses() -> Value {
    let problems = Problem::one_of_each();
    let statuses: BTreeSet<StatusCode> = problems.iter().map(Problem::status).collect();
    let responses = statuses.into_iter().map(|status| {
        let codes = problems.iter().filter(|problem| problem.status() == status);
        let codes: Vec<_> = codes.map(|problem| problem.code().0).collect();
        let mut response = json!({
            "description": codes.join(", "),
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
            },
        });
        if let Some((name, schema)) = header_of(status) {
            response["headers"][name.as_str()] = json!({"required": true, "schema": schema});
        }
        (response_name(status), response)
    });
    Value::Object(responses.collect())
}

/// Returns the header that responses with this status have.
fn header_of(status: StatusCode) -> Option<(header::HeaderName, Value)> {
    match status {
        StatusCode::UNAUTHORIZED => Some((header::WWW_AUTHENTICATE, json!({"const": "Bearer"}))),
        StatusCode::METHOD_NOT_ALLOWED => Some((header::ALLOW, json!({"type": "string"}))),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let seconds = json!({
                "type": "integer",
                "minimum": 1,
                "description": "The number of seconds after which to try again.",
            });
            Some((header::RETRY_AFTER, seconds))
        }
        _ => None,
    }
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut();
    let methods = paths
        .into_iter()
        .flat_map(serde_json::Map::values_mut)
        .filter_map(Value::as_object_mut);
    methods.flat_map(serde_json::Map::values_mut)
}

/// Adds the responses that every endpoint can give, and requires the headers of each response.
fn complete_responses(responses: &mut Value) {
    for status in [
        StatusCode::METHOD_NOT_ALLOWED,
        StatusCode::SERVICE_UNAVAILABLE,
    ] {
        let response = &mut responses[status.as_str()];
        if response.is_null() {
            let name = response_name(status);
            *response = json!({"$ref": format!("#/components/responses/{name}")});
        }
    }
    for response in responses.as_object_mut().into_iter().flatten() {
        let headers = response.1.get_mut("headers").and_then(Value::as_object_mut);
        for (_, value) in headers.into_iter().flatten() {
            value["required"] = true.into();
        }
    }
}

#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "describe",
    tag = "server",
    summary = "Returns this document",
    responses((status = 200, description = "The document.", body = Object))
)]
pub(crate) async fn describe(Extension(Writer(write)): Extension<Writer>) -> impl IntoResponse {
    // Writing the document takes megabytes of memory, and few servers are ever asked for it.
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    let document = DOCUMENT.get_or_init(write).as_str();
    ([(header::CONTENT_TYPE, "application/json")], document)
}
