//! The element in Chromium, compared with hand-written JavaScript, penpal and post-robot.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use fs_err as fs;
use pantoken_test_support::Process;
use serde_json::Value;

use super::table::Table;
use super::{Options, number};
use crate::command;
use crate::element;
use crate::npm::Npm;
use crate::server::Server;
use crate::steps::Steps;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// The measurements in the page's report: the name of each, its description and its unit.
const MEASUREMENTS: [(&str, &str, &str); 4] = [
    ("warm", "tag to the frame's request", " ms"),
    ("cold", "tag to the frame's request, cold page", " ms"),
    ("spent", "foreign messages, in all", " ms"),
    ("longest", "foreign messages, the longest", " ms"),
];
const OTHERS: [&str; 3] = ["hand-written", "penpal", "post-robot"];
/// How much longer than with hand-written JavaScript a customer may wait for the form.
const TIME_TO_FORM_BAR: f64 = 1.05;

pub(crate) fn measure(workspace: &Workspace, options: &Options, table: &mut Table) -> Result<()> {
    let mut steps = Steps::of(5);
    let (tools, npm) = steps.run("tools", || {
        // It brings post-robot along.
        Ok((
            Tools::find_or_install(&["chromium", "chromium-driver", "penpal"])?,
            Npm::find_or_install()?,
        ))
    })?;
    let (chromium, peers) = (tools.path("chromium")?, tools.path("penpal")?);
    let package = steps.run("element", || element::build(workspace, &npm))?;
    let pages = steps.run("pages", || build_pages(workspace, &npm, &package, &peers))?;
    let result = steps.run("measurements", || {
        run_in_browser(workspace, &chromium, &pages, options)
    })?;
    for (name, what, unit) in MEASUREMENTS {
        fill(table, &result[name], what, unit, |_| None)?;
    }
    let driver = tools.path("chromium-driver")?;
    let times = steps.run("time to the form", || {
        time_forms(workspace, &pages, &driver, &chromium, options)
    })?;
    for (what, medians) in times.as_object().into_iter().flatten() {
        fill(table, medians, what, " ms", |other| {
            let is_written_by_hand = other == "hand-written";
            Some(if is_written_by_hand {
                TIME_TO_FORM_BAR
            } else {
                1.0
            })
        })?;
    }
    Ok(())
}

/// Measures how long a customer waits for the form, in a new browser for each page.
fn time_forms(
    workspace: &Workspace,
    pages: &Path,
    driver: &Path,
    chromium: &Path,
    options: &Options,
) -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let server = serve(workspace, pages, folder.path())?;
    let (shop, _) = server.url.split_once("/0/").context("the page's URL")?;
    let rounds = if options.quick { 3 } else { options.rounds };
    // It drives the browser and is not measured, so it need not be fast.
    workspace.run_cargo("build --locked -p pantoken-tests --bin form-times")?;
    let mut measure = Command::new(workspace.binary("form-times"));
    measure.arg(shop).arg(rounds.to_string());
    measure.env("CHROMEDRIVER", driver).env("CHROME", chromium);
    super::result_in(&command::output(measure.stderr(Stdio::inherit()))?)
}

/// Starts the server of the pages, with its log in this folder.
fn serve(workspace: &Workspace, pages: &Path, folder: &Path) -> Result<Server> {
    let mut command = Command::new(workspace.release_binary("bench-pages"));
    command
        .arg(pages)
        .stderr(File::create(folder.join("pages.log"))?);
    Server::start(&mut command)
}

/// Adds the medians to the table, and compares ours with those of each other, which may have a bar.
fn fill(
    table: &mut Table,
    medians: &Value,
    what: &str,
    unit: &str,
    bar: fn(&str) -> Option<f64>,
) -> Result<()> {
    let ours = number(medians, "/pantoken")?;
    table.figure(what, ours, unit);
    if let Ok(nothing) = number(medians, "/nothing") {
        table.figure(&format!("{what}: no form"), nothing, unit);
    }
    for other in OTHERS {
        // bench.js says why foreign messages are not measured for post-robot.
        let Ok(theirs) = number(medians, &format!("/{other}")) else {
            continue;
        };
        table.figure(&format!("{what}: {other}"), theirs, unit);
        let (compared, ratio) = (format!("{what}, to {other}"), ours / theirs);
        match bar(other) {
            Some(bar) => table.at_most(&compared, ratio, bar, " times"),
            None => table.figure(&compared, ratio, " times"),
        }
    }
    Ok(())
}

/// Bundles every script by itself, as pages would load them.
fn build_pages(workspace: &Workspace, npm: &Npm, package: &Path, peers: &Path) -> Result<PathBuf> {
    super::build_programs(workspace)?;
    let sources = workspace.root().join("benches/peers/pages");
    let pages = workspace.scratch("bench-pages")?;
    let mut scripts = Vec::new();
    for entry in fs::read_dir(&sources)? {
        let file = entry?.path();
        let name = file.file_name().context("a file has a name")?.to_owned();
        if file.extension().is_some_and(|extension| extension == "js") {
            scripts.push(name);
        } else {
            fs::copy(&file, pages.join(name))?;
        }
    }
    let mut esbuild = npm.command("esbuild");
    esbuild
        // The scripts that are left out of bundles are named from here.
        .current_dir(&sources)
        .args(scripts)
        .args(["--bundle", "--minify", "--format=esm", "--target=es2022"])
        // What is measured on a cold page loads the peer's own file.
        .args(["--external:./*.js", "--log-level=warning"])
        .arg(format!(
            "--alias:pantoken={}",
            package.join("element.js").display()
        ))
        .arg(format!("--outdir={}", pages.display()))
        .env("NODE_PATH", peers);
    command::run(&mut esbuild)?;
    for file in ["element.js", element::PUBLISHED_WASM] {
        fs::copy(package.join(file), pages.join(file))?;
    }
    Ok(pages)
}

/// Runs the page to its end and returns what it measured.
fn run_in_browser(
    workspace: &Workspace,
    chromium: &Path,
    pages: &Path,
    options: &Options,
) -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let (rounds, messages) = if options.quick {
        (5, 10_000)
    } else {
        (options.rounds, 100_000)
    };
    let mut server = serve(workspace, pages, folder.path())?;
    let url = format!("{}&rounds={rounds}&messages={messages}", server.url);
    let profile = folder.path().join("profile");
    let mut browser = Command::new(chromium);
    browser
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
        ])
        .args(["--disable-dev-shm-usage", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(url);
    let _browser = Process::start(&mut browser);
    loop {
        let line = server.next_line()?;
        let report: Value = serde_json::from_str(&line)?;
        if let Some(progress) = report["progress"].as_str() {
            eprintln!("  {progress}");
        } else if let Some(failure) = report["failure"].as_str() {
            bail!("the page failed: {failure}");
        } else {
            return Ok(report["result"].clone());
        }
    }
}
