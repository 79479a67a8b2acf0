//! A collection of the API's calls, which Postman and Bruno import. The collections that converters make have
//! random values; this one has the examples of the description.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result};
use fs_err as fs;
use serde_json::{Map, Value, json};

use crate::workspace::Workspace;

const SCHEMA: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
const FILE: &str = "pantoken.postman_collection.json";
const METHODS: [&str; 4] = ["get", "put", "post", "delete"];
/// What `pantoken dev` has. Whoever imports the collection sets what another server has.
const VARIABLES: [(&str, &str); 2] = [
    ("baseUrl", "http://localhost:3019"),
    ("apiKey", "pantoken-dev-api-key"),
];

/// Writes the collection into `dist/api`, and returns its file.
pub(crate) fn write(workspace: &Workspace) -> Result<PathBuf> {
    let root = workspace.root();
    let description = fs::read_to_string(root.join("crates/server/openapi.json"))?;
    let collection = collection(&serde_json::from_str(&description)?)?;
    let folder = root.join("dist/api");
    fs::create_dir_all(&folder)?;
    let file = folder.join(FILE);
    fs::write(&file, serde_json::to_string_pretty(&collection)? + "\n")?;
    Ok(file)
}

fn collection(description: &Value) -> Result<Value> {
    let tags = description["tags"]
        .as_array()
        .context("the description has no tags")?;
    let mut parameters = BTreeSet::new();
    let mut folders = Vec::new();
    for tag in tags {
        let mut requests = Vec::new();
        for (path, call) in calls(description)? {
            if call.operation["tags"][0] == tag["name"] {
                requests.push(request(description, path, &call)?);
                parameters.extend(parameters_in(path).map(str::to_owned));
            }
        }
        folders.push(json!({
            "name": tag["name"], "description": tag["description"], "item": requests,
        }));
    }
    let fixed = VARIABLES.map(|(key, value)| json!({"key": key, "value": value}));
    let ids = parameters
        .iter()
        .map(|name| json!({"key": name, "value": "1"}));
    Ok(json!({
        "info": {"name": "pantoken", "description": description["info"]["description"], "schema": SCHEMA},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{apiKey}}", "type": "string"}]},
        "variable": fixed.into_iter().chain(ids).collect::<Vec<_>>(),
        "item": folders,
    }))
}

struct Call<'a> {
    method: &'a str,
    operation: &'a Value,
}

/// Returns each call of the description with its path, but those that the providers and their customers make: a
/// developer's calls have a key or a token, or are about the server itself.
fn calls(description: &Value) -> Result<Vec<(&str, Call<'_>)>> {
    let paths = description["paths"]
        .as_object()
        .context("the description has no paths")?;
    let calls = paths.iter().flat_map(|(path, item)| {
        METHODS.into_iter().filter_map(move |method| {
            let operation = item.get(method)?;
            let is_own = operation.get("security").is_some() || operation["tags"][0] == "server";
            is_own.then_some((path.as_str(), Call { method, operation }))
        })
    });
    Ok(calls.collect())
}

fn request(description: &Value, path: &str, call: &Call<'_>) -> Result<Value> {
    let address = path.replace('{', "{{").replace('}', "}}");
    let segments: Vec<_> = address.trim_start_matches('/').split('/').collect();
    let mut request = json!({
        "method": call.method.to_uppercase(),
        "description": call.operation["description"],
        "header": optional(call, "header"),
        "url": {
            "raw": format!("{{{{baseUrl}}}}{address}"),
            "host": ["{{baseUrl}}"],
            "path": segments,
            "query": optional(call, "query"),
        },
    });
    if let Some(body) = call
        .operation
        .pointer("/requestBody/content/application~1json/schema")
    {
        let text = serde_json::to_string_pretty(&example(description, body))?;
        request["body"] = json!({
            "mode": "raw", "raw": text, "options": {"raw": {"language": "json"}},
        });
    }
    let name = &call.operation["summary"];
    Ok(json!({"name": name, "request": without_nulls(request)}))
}

/// Returns the optional parameters at this place. The user of the collection switches on what is needed.
fn optional(call: &Call<'_>, place: &str) -> Vec<Value> {
    let parameters = call.operation["parameters"].as_array();
    let here = parameters
        .into_iter()
        .flatten()
        .filter(|parameter| parameter["in"] == place);
    here.map(|parameter| {
        without_nulls(json!({
            "key": parameter["name"], "value": "", "description": parameter["description"], "disabled": true,
        }))
    })
    .collect()
}

/// Returns the example of a body, which may stand at the schema that it refers to.
fn example(description: &Value, schema: &Value) -> Value {
    let named = schema["$ref"]
        .as_str()
        .and_then(|name| description.pointer(name.trim_start_matches('#')));
    let example = named.unwrap_or(schema).get("example");
    example.cloned().unwrap_or_else(|| json!({}))
}

/// Returns the names of the parameters in a path.
fn parameters_in(path: &str) -> impl Iterator<Item = &str> {
    let segments = path.split('/');
    segments.filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(fields.collect::<Map<_, _>>())
        }
        value => value,
    }
}
