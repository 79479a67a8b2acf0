//! `cargo xtask demo`: the pages with `pantoken dev`, or with the provider's public test host, until Ctrl-C.

use std::env;
use std::fs::File;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use crate::dev;
use crate::element;
use crate::page;
use crate::server::Server;
use crate::steps::Steps;
use crate::tools::{Tools, WASM_TARGET};
use crate::workspace::Workspace;

const SERVER_PORT: u16 = 3019;
/// The host that the provider's test agent has registered, and the one that `trunk serve` uses.
const PAGE_ORIGINS: [&str; 2] = ["http://localhost:3019", "http://localhost:8080"];
const PROVIDER_TEST_HOST: &str = "https://a2c-test.qiwi.kz";
/// Test data that the provider publishes. Source: docs/a2c.md, "Signed form URL".
pub(crate) const TEST_AGENT_ID: &str = "agent-01";
pub(crate) const TEST_AGENT_SECRET_KEY: &str = "22f3b3cc2ae84451";

pub(crate) fn run(live: bool) -> Result<()> {
    let workspace = Workspace::find()?;
    if live {
        check_port(SERVER_PORT)?;
    }
    let mut steps = Steps::of(if live { 5 } else { 4 });
    steps.run("tools", || Tools::find_or_install(&[WASM_TARGET]))?;
    steps.run("demo page", || page::build(&workspace))?;
    steps.run("element", || element::build_for_binary(&workspace))?;
    steps.run("server and sandbox", || dev::build_binaries(&workspace))?;
    match live {
        true => run_live(&workspace, &mut steps),
        false => {
            let mut pantoken = Command::new(workspace.binary("pantoken"));
            let pantoken = pantoken.current_dir(workspace.root());
            dev::run_until_stopped(pantoken.args(["dev", "--pages", "dist"]))
        }
    }
}

/// Serves the pages with the provider's test host, until Ctrl-C.
fn run_live(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        let _ = stop.send(());
    })?;
    let api_key = random_key()?;
    let mut server = steps.run("start", || start_apart(&mut server(workspace, &api_key)?))?;
    println!("{}", what_to_try(&api_key));
    wait(&mut server, &stopped)?;
    eprintln!("\nStopping the demo.");
    Ok(())
}

/// Starts a server in its own process group: Ctrl-C in the terminal then reaches this task alone, which
/// stops it.
fn start_apart(command: &mut Command) -> Result<Server> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    Server::start(command)
}

fn server(workspace: &Workspace, api_key: &str) -> Result<Command> {
    let database = workspace.scratch("demo")?.join("pantoken.db");
    let database = database
        .to_str()
        .context("the path of the target folder is not UTF-8")?;
    let return_urls = PAGE_ORIGINS.map(|origin| format!("{origin}/")).join(",");
    let mut command = without_settings(&workspace.binary("pantoken"), workspace.root());
    command
        .args(["serve", "--pages", "dist"])
        .env("PANTOKEN_AGENT_ID", TEST_AGENT_ID)
        .env("PANTOKEN_AGENT_SECRET_KEY", TEST_AGENT_SECRET_KEY)
        .env("PANTOKEN_FORM_HOST", PROVIDER_TEST_HOST)
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

/// Returns a command that does not see the settings of the developer's own shell.
pub(crate) fn without_settings(binary: &Path, folder: &Path) -> Command {
    let mut command = Command::new(binary);
    command.current_dir(folder);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("PANTOKEN_") {
            command.env_remove(name);
        }
    }
    command
}

/// Starts `pantoken serve` on a free port, with its log in a file of the folder.
pub(crate) fn start_server(
    binary: &Path,
    folder: &Path,
    name: &str,
    settings: &[(&str, &str)],
) -> Result<Server> {
    let mut command = without_settings(binary, folder);
    command
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--agent-id",
            TEST_AGENT_ID,
        ])
        .args([
            "--form-host",
            PROVIDER_TEST_HOST,
            "--return-urls",
            "https://shop.kz/paid",
        ])
        .env("PANTOKEN_AGENT_SECRET_KEY", TEST_AGENT_SECRET_KEY)
        .envs(settings.iter().copied())
        .stderr(File::create(folder.join(name).with_extension("log"))?);
    Server::start(&mut command)
        .with_context(|| format!("its log is {name}.log in {}", folder.display()))
}

/// Fails if something listens on the port: on 127.0.0.1, or on ::1, where a browser looks for `localhost`
/// first.
fn check_port(port: u16) -> Result<()> {
    for address in [
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
    ] {
        let outcome = TcpListener::bind(address);
        // A machine without IPv6 has another error for ::1.
        if outcome.is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse) {
            bail!(
                "port {port} is in use, and the server needs it: stop what listens on {address}, and try again"
            );
        }
    }
    Ok(())
}

/// Waits until the developer stops the demo, and fails if the server ends before.
fn wait(server: &mut Server, stopped: &Receiver<()>) -> Result<()> {
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(Duration::from_millis(100)) {
        server.check()?;
    }
    Ok(())
}

fn random_key() -> Result<String> {
    let mut bytes = [0; 16];
    // The key lives as long as this command.
    #[allow(clippy::disallowed_methods)]
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no randomness: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn what_to_try(api_key: &str) -> String {
    let [address, _] = PAGE_ORIGINS;
    format!(
        "
Open {address}

The form is the provider's own, on its public test host. Use its test cards, never a real one. The other tabs of
the page need the sandbox: `cargo xtask demo` without --live.

To see what the server recorded for a request id that the page shows:
  curl -H 'Authorization: Bearer {api_key}' {address}/v1/sessions/REQUEST_ID

Ctrl-C stops everything."
    )
}
