//! The running server against `openapi.json`, by schemathesis: it makes calls from the document,
//! right ones and wrong ones, and holds each answer against it.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command;
use crate::demo;
use crate::listening::Listening;
use crate::python::Python;
use crate::workspace::Workspace;

const PACKAGE: &str = "schemathesis==4.32.5";
const MODULE: &str = "schemathesis.cli";
/// Of the calls that are made up. One for all runs, so that a failure comes again.
const SEED: &str = "1";
/// What a document cannot say: which return URLs this server allows, what looks like a card number,
/// and which idempotency keys were used before.
const LEFT_OUT: &str = "positive_data_acceptance";
const API_KEY: &str = "a-key-for-schemathesis";
/// The call that takes a token of its own, which schemathesis cannot make up.
const REPORT: &str = "POST /v1/sessions/{requestId}/result";

pub(crate) fn run() -> Result<()> {
    check(&Workspace::find()?)
}

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let python = tool()?;
    demo::build_binaries(workspace)?;
    let folder = workspace.scratch("api-description")?;
    let server = start_server(workspace, &folder)?;
    let session = create_session(&server.url).context("cannot create a session")?;
    let config = config_for(&session);
    fs::write(folder.join("schemathesis.toml"), config).context("cannot write its settings")?;
    let mut run = python.command();
    run.current_dir(&folder)
        // Nothing is told to anybody about the run.
        .env("DO_NOT_TRACK", "1")
        .args(["-m", MODULE, "run", &format!("{}/openapi.json", server.url)])
        .args(["--header", &format!("Authorization: Bearer {API_KEY}")])
        .args(["--checks", "all", "--exclude-checks", LEFT_OUT])
        .args(["--max-examples", "50", "--seed", SEED, "--warnings", "off"])
        .args(["--suppress-health-check", "all"]);
    command::run(&mut run)
}

/// schemathesis itself.
pub(crate) fn tool() -> Result<Python> {
    Python::find_or_install(&[PACKAGE], MODULE)
}

/// `pantoken serve` on a free port, until this is dropped.
fn start_server(workspace: &Workspace, folder: &Path) -> Result<Listening> {
    let database = folder.join("pantoken.db");
    let mut command = demo::without_settings(&workspace.binary("pantoken"), folder);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--agent-id", "agent-01"])
        .args(["--form-host", "https://a2c-test.qiwi.kz"])
        .args(["--return-urls", "https://shop.kz/paid"])
        .args([
            "--database-url",
            &format!("sqlite://{}", database.display()),
        ])
        .env("PANTOKEN_AGENT_SECRET_KEY", "22f3b3cc2ae84451")
        .env("PANTOKEN_API_KEY", API_KEY);
    Listening::start(&mut command, &folder.join("server.log"))
}

/// A session whose result is reported, with its token.
fn create_session(server: &str) -> Result<Value> {
    let address = server.trim_start_matches("http://");
    let body = r#"{"flow":"iframe"}"#;
    let call = format!(
        "POST /v1/sessions HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {API_KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(call.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    serde_json::from_str(body).with_context(|| format!("no session in: {body}"))
}

/// Settings of schemathesis: every result is reported for this session.
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
