//! The running server against `openapi.json`, by schemathesis: it makes calls from the document,
//! right ones and wrong ones, and holds each answer against it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::command;
use crate::debian;
use crate::demo;
use crate::tools;
use crate::workspace::Workspace;

const VERSION: &str = "4.32.5";
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
    let schemathesis = find_or_install()?;
    demo::build_binaries(workspace)?;
    let folder = workspace.scratch("api-description")?;
    let server = Server::start(workspace, &folder)?;
    let mut run = python(&schemathesis);
    run.current_dir(&folder)
        .args(["run", &format!("{}/openapi.json", server.url)])
        .args(["--header", &format!("Authorization: Bearer {API_KEY}")])
        .args(["--checks", "all", "--exclude-checks", LEFT_OUT])
        .args(["--max-examples", "50", "--seed", SEED, "--warnings", "off"])
        .args(["--suppress-health-check", "all"]);
    command::run(&mut run)
}

/// The folder of its Python packages.
pub(crate) fn find_or_install() -> Result<PathBuf> {
    if !has_pip() {
        let installed = debian::install(&["python3", "python3-pip"]);
        installed.context("the tests need Python 3.10 or later with pip: `python3 -m pip`")?;
    }
    let folder = tools::folder()?.join(format!("schemathesis-{VERSION}"));
    if runs(&folder) {
        eprintln!("  schemathesis {VERSION}: present");
    } else {
        install(&folder)?;
    }
    Ok(folder)
}

fn has_pip() -> bool {
    let output = Command::new("python3")
        .args(["-m", "pip", "--version"])
        .output();
    output.is_ok_and(|output| output.status.success())
}

/// Whether it is whole, and made for the Python that is there now.
fn runs(folder: &Path) -> bool {
    let output = python(folder).arg("--version").output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(VERSION))
}

/// Installs beside the final folder, so that a broken install is not taken for a whole one.
fn install(folder: &Path) -> Result<()> {
    eprintln!("  schemathesis {VERSION}: installing it, once for this user");
    let partial = folder.with_file_name(format!(
        "schemathesis-{VERSION}.partial-{}",
        std::process::id()
    ));
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-warn-script-location",
    ])
    .args(["--disable-pip-version-check", "--target"])
    .arg(&partial)
    .arg(format!("schemathesis=={VERSION}"));
    command::run(&mut pip)?;
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::rename(&partial, folder).with_context(|| format!("cannot make {}", folder.display()))
}

fn python(folder: &Path) -> Command {
    let mut command = Command::new("python3");
    command
        .args(["-m", "schemathesis.cli"])
        .env("PYTHONPATH", folder)
        // Nothing is told to anybody about the run.
        .env("DO_NOT_TRACK", "1");
    command
}

/// `pantoken serve` on a free port, until this is dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(workspace: &Workspace, folder: &Path) -> Result<Self> {
        let log = fs::File::create(folder.join("server.log"))?;
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
            .env("PANTOKEN_API_KEY", API_KEY)
            .stdout(Stdio::piped())
            .stderr(log);
        let mut child = command.spawn().context("cannot start the server")?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let Some((_, url)) = line.trim().split_once("listening on ") else {
            let log = fs::read_to_string(folder.join("server.log")).unwrap_or_default();
            let _ = child.wait();
            bail!("the server did not start:\n{log}");
        };
        Ok(Self {
            child,
            url: url.to_owned(),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
