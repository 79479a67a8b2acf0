//! `cargo xtask api`: the running server against its OpenAPI document, by schemathesis, which sends valid and
//! invalid requests that it makes from the document, and compares each response with it.

use std::process::Command;

use anyhow::{Context, Result};
use fs_err as fs;
use pantoken_test_support::send_request;
use serde_json::Value;

use crate::command;
use crate::demo;
use crate::dev;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// The same in all runs, so that a failure can be repeated.
const SEED: &str = "1";
/// A check of what a document cannot say: which return URLs this server allows, what looks like a card
/// number, and which idempotency keys were used before.
const LEFT_OUT: &str = "positive_data_acceptance";
const API_KEY: &str = "a-key-for-schemathesis";
/// The operation that takes a token of its own, which schemathesis cannot make up.
const REPORT: &str = "POST /v1/sessions/{requestId}/result";

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let tools = Tools::find_or_install(&["schemathesis"])?;
    dev::build_binaries(workspace)?;
    let folder = workspace.scratch("api-description")?;
    let database = format!("sqlite://{}", folder.join("pantoken.db").display());
    let settings = [
        ("PANTOKEN_API_KEY", API_KEY),
        ("PANTOKEN_DATABASE_URL", &database),
        // The document has this endpoint too.
        ("PANTOKEN_METRICS", "true"),
    ];
    let server = demo::start_server(&workspace.binary("pantoken"), &folder, "server", &settings)?;

    let head = format!(
        "POST /v1/sessions HTTP/1.1\r\nAuthorization: Bearer {API_KEY}\r\nContent-Type: application/json"
    );
    let response = send_request(server.address(), &head, r#"{"flow":"iframe"}"#);
    let (_, session) = response.split_once("\r\n\r\n").unwrap_or_default();
    let session = serde_json::from_str(session);
    let session = session.context("the server did not create a session")?;
    fs::write(folder.join("schemathesis.toml"), config_for(&session))?;

    let mut run = Command::new("schemathesis");
    tools.lend_to(&mut run)?;
    run.current_dir(&folder)
        .env("DO_NOT_TRACK", "1")
        .args(["run", &format!("{}/openapi.json", server.url)])
        .args(["--header", &format!("Authorization: Bearer {API_KEY}")])
        .args(["--checks", "all", "--exclude-checks", LEFT_OUT])
        .args(["--max-examples", "50", "--seed", SEED, "--warnings", "off"])
        .args(["--suppress-health-check", "all"]);
    command::run(&mut run)
}

/// Returns settings of schemathesis that report every result for this session.
fn config_for(session: &Value) -> String {
    let field = |name: &str| session[name].as_str().unwrap_or_default();
    let (request_id, token) = (field("requestId"), field("resultToken"));
    format!(
        "[[operations]]\n\
         include-name = \"{REPORT}\"\n\
         parameters = {{ requestId = \"{request_id}\" }}\n\
         headers = {{ Authorization = \"Bearer {token}\" }}\n"
    )
}
