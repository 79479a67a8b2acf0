//! `cargo xtask demo`: the page, its server and the sandbox, as one process tree.

use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::command;
use crate::health;
use crate::page;
use crate::processes::{Processes, Wait};
use crate::steps::Steps;
use crate::tools;
use crate::workspace::Workspace;

const SERVER_PORT: u16 = 3019;
const SANDBOX_PORT: u16 = 3020;
/// The host that the provider's test agent has registered, and the one that `trunk serve` uses.
const PAGE_ORIGINS: [&str; 2] = ["http://localhost:3019", "http://localhost:8080"];
const SANDBOX_HOST: &str = "http://127.0.0.1:3020";
const PROVIDER_TEST_HOST: &str = "https://a2c-test.qiwi.kz";
/// Published test data of the provider's. Source: docs/a2c.md, "Signed form URL".
const TEST_AGENT_ID: &str = "agent-01";
const TEST_AGENT_SECRET_KEY: &str = "22f3b3cc2ae84451";
const START_PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn run(live: bool) -> Result<()> {
    let workspace = Workspace::find()?;
    check_ports(live)?;
    let mut steps = Steps::of(4);
    steps.run("wasm32 target", tools::find_or_add_wasm_target)?;
    steps.run("demo page", || page::build(&workspace))?;
    steps.run("server and sandbox", || build_binaries(&workspace))?;

    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        let _ = stop.send(());
    })?;
    let api_key = random_key()?;
    let mut processes = Processes::default();
    let started = steps.run("start", || {
        if !live {
            processes.start("the sandbox", &mut sandbox(&workspace))?;
        }
        processes.start("the server", &mut server(&workspace, live, &api_key)?)?;
        let deadline = Instant::now() + START_PATIENCE;
        processes.wait_until(&stopped, || all_answer(live, deadline))
    })?;
    if started == Wait::Done {
        println!("{}", what_to_try(live, &api_key));
        processes.wait_until(&stopped, || Ok(false))?;
    }
    eprintln!("\nStopping the demo.");
    Ok(())
}

/// Builds `pantoken` and `pantoken-sandbox`.
pub(crate) fn build_binaries(workspace: &Workspace) -> Result<()> {
    let packages = ["-p", "pantoken-server", "-p", "pantoken-sandbox"];
    command::run(
        workspace
            .cargo(&["build", "--locked", "--bins"])
            .args(packages),
    )
}

fn check_ports(live: bool) -> Result<()> {
    health::port_is_free(SERVER_PORT, "the server")?;
    if live {
        return Ok(());
    }
    health::port_is_free(SANDBOX_PORT, "the sandbox")
}

fn all_answer(live: bool, deadline: Instant) -> Result<bool> {
    if health::answers(SERVER_PORT) && (live || health::answers(SANDBOX_PORT)) {
        return Ok(true);
    }
    if Instant::now() > deadline {
        bail!(
            "no answer from /healthz within {} s",
            START_PATIENCE.as_secs()
        );
    }
    Ok(false)
}

fn sandbox(workspace: &Workspace) -> Command {
    let mut command = without_settings(&workspace.binary("pantoken-sandbox"), workspace.root());
    for origin in PAGE_ORIGINS {
        command.args(["--registered-host", origin]);
    }
    command
}

fn server(workspace: &Workspace, live: bool, api_key: &str) -> Result<Command> {
    let database = workspace.scratch("demo")?.join("pantoken.db");
    let database = database
        .to_str()
        .context("the target folder's path is no UTF-8")?;
    let return_urls = PAGE_ORIGINS.map(|origin| format!("{origin}/")).join(",");
    let form_host = if live {
        PROVIDER_TEST_HOST
    } else {
        SANDBOX_HOST
    };
    let mut command = without_settings(&workspace.binary("pantoken"), workspace.root());
    command
        .args(["serve", "--pages", "dist"])
        .env("PANTOKEN_AGENT_ID", TEST_AGENT_ID)
        .env("PANTOKEN_AGENT_SECRET_KEY", TEST_AGENT_SECRET_KEY)
        .env("PANTOKEN_FORM_HOST", form_host)
        .env("PANTOKEN_DATABASE_URL", format!("sqlite://{database}"))
        .env("PANTOKEN_LISTEN", format!("127.0.0.1:{SERVER_PORT}"))
        .env(
            "PANTOKEN_PUBLIC_URL",
            format!("http://localhost:{SERVER_PORT}"),
        )
        .env("PANTOKEN_PUBLIC_SESSIONS", "true")
        .env("PANTOKEN_ALLOWED_ORIGINS", PAGE_ORIGINS.join(","))
        .env("PANTOKEN_RETURN_URLS", return_urls)
        .env("PANTOKEN_API_KEY", api_key);
    Ok(command)
}

/// A command that settings of the developer's own shell do not reach.
pub(crate) fn without_settings(binary: &Path, root: &Path) -> Command {
    let mut command = Command::new(binary);
    command.current_dir(root);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("PANTOKEN_") {
            command.env_remove(name);
        }
    }
    command
}

fn random_key() -> Result<String> {
    let mut bytes = [0; 16];
    // A key that lives as long as this command.
    #[allow(clippy::disallowed_methods)]
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no randomness: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn what_to_try(live: bool, api_key: &str) -> String {
    let cards = if live {
        "The form is the provider's own, on its public test host. Use its test cards, never a real one."
    } else {
        "\
Cards to try (this is a sandbox: no real card belongs here):
  4242 4242 4242 4242   is saved
  4242 4242 4242 4241   INVALID_PAN, to be corrected
  4000 0000 0000 0002   FORBIDDEN
  4000 0000 0000 0069   INVALID_SESSION"
    };
    format!(
        "
Open {}

{cards}

Ask the server what became of a request id that the page shows:
  curl -H 'Authorization: Bearer {api_key}' {}/v1/sessions/REQUEST_ID

Ctrl-C stops everything.",
        PAGE_ORIGINS[0], PAGE_ORIGINS[0]
    )
}
