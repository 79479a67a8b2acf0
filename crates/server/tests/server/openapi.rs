//! The OpenAPI document is made from the handlers, and `openapi.json` is a copy to read and compare.
//! `cargo xtask api` checks the responses of a running server against it, with schemathesis.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::support::{server, server_with};

fn document() -> Value {
    serde_json::from_str(include_str!("../../openapi.json")).unwrap()
}

fn operations(document: &Value, path: &str) -> Map<String, Value> {
    document["paths"][path].as_object().unwrap().clone()
}

/// Every text between these two in a source.
fn between<'a>(source: &'a str, start: &str, end: &str) -> BTreeSet<&'a str> {
    let parts = source.split(start).skip(1);
    parts.filter_map(|part| part.split(end).next()).collect()
}

/// `PANTOKEN_UPDATE_GOLDEN=1 cargo test -p pantoken-server openapi` writes the copy.
#[tokio::test]
async fn the_document_is_served_and_equals_its_copy() {
    const COPY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let answer = server().await.get("/openapi.json").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    if std::env::var_os("PANTOKEN_UPDATE_GOLDEN").is_some() {
        std::fs::write(COPY, &answer.text).unwrap();
    }
    assert_eq!(answer.text, std::fs::read_to_string(COPY).unwrap());
}

#[tokio::test]
async fn the_document_has_every_route_and_the_server_every_path() {
    let document = document();
    // Every other route is added together with its description.
    let routes = between(include_str!("../../src/http/router.rs"), ".route(\"", "\"");
    assert_eq!(routes, BTreeSet::from(["/v1/{*rest}"]));
    let paths: BTreeSet<_> = document["paths"].as_object().unwrap().keys().collect();
    let paths: BTreeSet<_> = paths.into_iter().map(String::as_str).collect();
    assert_eq!(paths.len(), 34);
    let server = server_with(|options| options.metrics = true).await;
    for path in paths {
        let url = path.replace("{requestId}", "1").replace("{state}", "x");
        let answer = server.call("TRACE", &url, &[], "").await;
        assert_eq!(answer.status, 405, "{path}");
        let allowed: BTreeSet<_> = answer.header("allow").split(',').collect();
        let allowed: BTreeSet<_> = allowed
            .into_iter()
            .filter(|method| *method != "HEAD")
            .collect();
        let described: Vec<_> = operations(&document, path)
            .keys()
            .map(|method| method.to_uppercase())
            .collect();
        assert_eq!(allowed, described.iter().map(String::as_str).collect());
    }
}

/// The component that a reference names.
fn component<'a>(document: &'a Value, reference: &Value) -> Option<&'a Value> {
    let path = reference["$ref"]
        .as_str()?
        .strip_prefix("#/components/schemas/")?;
    Some(&document["components"]["schemas"][path])
}

/// Every object schema that a schema leads to.
fn objects<'a>(document: &'a Value, schema: &'a Value, found: &mut Vec<&'a Value>) {
    match schema {
        Value::Object(map) => {
            if let Some(component) = component(document, schema) {
                objects(document, component, found);
            }
            if schema["type"] == "object" {
                found.push(schema);
            }
            for value in map.values() {
                objects(document, value, found);
            }
        }
        Value::Array(values) => values
            .iter()
            .for_each(|value| objects(document, value, found)),
        _ => {}
    }
}

/// Schemas of requests are closed, because the server refuses unknown fields; schemas of what it sends are open. That
/// it does refuse them is tested by
/// `create_session::unknown_fields_are_refused` and others.
#[test]
fn requests_are_closed_and_responses_and_webhooks_are_open() {
    let document = document();
    let (mut requests, mut responses) = (Vec::new(), Vec::new());
    for (path, methods) in document["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            // A notification is the provider's, which may extend it.
            let is_call_of_provider = [
                "/v1/payin/notifications",
                "/v1/qiwi-pay/notifications",
                "/v1/jetpay/merchant",
                "/v1/jetpay/callbacks",
            ];
            if !is_call_of_provider.contains(&path.as_str()) {
                objects(&document, &operation["requestBody"], &mut requests);
            }
            objects(&document, &operation["responses"], &mut responses);
        }
    }
    for webhook in document["webhooks"].as_object().unwrap().values() {
        let content = &webhook["post"]["requestBody"]["content"]["application/json"];
        objects(&document, &content["schema"], &mut responses);
    }
    objects(
        &document,
        &document["components"]["responses"],
        &mut responses,
    );
    assert_eq!(requests.len(), 45);
    assert!(responses.len() >= 7, "{}", responses.len());
    for request in requests {
        assert_eq!(request["additionalProperties"], false, "{request}");
    }
    for response in responses {
        assert_eq!(response["additionalProperties"], Value::Null, "{response}");
        let properties = response["properties"].as_object();
        for (name, property) in properties.into_iter().flatten() {
            assert_eq!(
                property["enum"],
                Value::Null,
                "{name} is a closed enumeration"
            );
        }
    }
}

#[test]
fn every_event_of_payin_is_described_with_an_example() {
    let document = document();
    let sources = [
        include_str!("../../src/payin/bill.rs"),
        include_str!("../../src/payin/calls.rs"),
        include_str!("../../src/payin/delete_token.rs"),
        include_str!("../../src/payin/part.rs"),
        include_str!("../../src/payin/payment.rs"),
        include_str!("../../src/payin/qr_code.rs"),
        include_str!("../../src/payin/token.rs"),
        include_str!("../../src/payin/verification.rs"),
    ];
    let names = sources.map(|source| between(source, "\"payin.", "\""));
    let mut expected = BTreeSet::new();
    for name in names.iter().flatten() {
        match name.contains('.') {
            true => expected.insert(format!("payin.{name}")),
            // Records of tokens are never asked about, and the empty name is what all kinds begin with.
            false if matches!(*name, "token" | "") => false,
            false => expected.insert(format!("payin.{name}.attention")),
        };
    }
    let webhooks = document["webhooks"].as_object().unwrap();
    let described = webhooks.keys().filter(|kind| kind.starts_with("payin."));
    assert_eq!(expected, described.cloned().collect());
    for kind in &expected {
        let body = &webhooks[kind]["post"]["requestBody"]["content"]["application/json"];
        assert_eq!(body["example"]["type"], kind.as_str());
        assert_eq!(body["example"]["live"], true, "{kind}");
        assert_ne!(body["example"]["occurredAt"], Value::Null, "{kind}");
    }
}

#[test]
fn every_operation_has_a_tag_and_every_body_of_json_an_example() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas
        .iter()
        .filter(|(_, schema)| schema["type"] == "object")
    {
        assert_ne!(schema["example"], Value::Null, "{name}");
    }
    let tags = document["tags"].as_array().unwrap().iter();
    let tags: BTreeSet<_> = tags.map(|tag| tag["name"].as_str().unwrap()).collect();
    for path in document["paths"].as_object().unwrap().values() {
        for operation in path.as_object().unwrap().values() {
            let tag = operation["tags"][0].as_str().unwrap();
            assert!(tags.contains(tag), "{tag}");
        }
    }
}

#[test]
fn the_document_and_the_guide_have_every_error_code() {
    let document = document();
    let source = include_str!("../../src/http/problem.rs");
    let (_, table) = source.split_once("fn status_and_code").unwrap();
    let (table, _) = table.split_once("\n    }\n").unwrap();
    let codes: BTreeSet<_> = between(table, "\"", "\"")
        .into_iter()
        .filter(|text| text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
        .collect();
    assert!(codes.len() > 20, "{codes:?}");
    let listed =
        &document["components"]["schemas"]["Problem"]["properties"]["code"]["anyOf"][0]["enum"];
    let listed = listed.as_array().unwrap().iter();
    assert_eq!(codes, listed.map(|code| code.as_str().unwrap()).collect());
    let responses = document["components"]["responses"].to_string();
    let guide = include_str!("../../../../docs/server.md");
    for code in codes {
        assert!(responses.contains(code), "{code}");
        assert!(guide.contains(&format!("`{code}`")), "{code}");
    }
}
