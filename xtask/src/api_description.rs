//! The running server against `openapi.json`, by schemathesis: it makes calls from the document,
//! right ones and wrong ones, and holds each answer against it.

use std::path::Path;

use anyhow::Result;

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

pub(crate) fn run() -> Result<()> {
    check(&Workspace::find()?)
}

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let python = tool()?;
    demo::build_binaries(workspace)?;
    let folder = workspace.scratch("api-description")?;
    let server = start_server(workspace, &folder)?;
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
