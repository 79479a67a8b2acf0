//! `cargo xtask test`: every check and every test, those that fail fastest first.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use fs_err as fs;
use serde_json::Value;

use crate::api_description;
use crate::api_users;
use crate::checkout;
use crate::command;
use crate::dependencies;
use crate::deployment;
use crate::dev;
use crate::element;
use crate::examples;
use crate::fuzz;
use crate::npm::Npm;
use crate::page;
use crate::reproduction;
use crate::sbom;
use crate::site;
use crate::size;
use crate::steps::Steps;
use crate::tools::{
    BROWSERS, CARGO_DENY, CARGO_HACK, LANGUAGES, NEW_NODE, SERVERS, Tools, WASM_TARGET,
};
use crate::workspace::Workspace;

/// What pantoken-a2c-signing says when it is compiled for a browser.
const REFUSAL: &str = "must never reach a browser";

/// What the steps share.
struct Run {
    workspace: Workspace,
    tools: Tools,
    npm: Npm,
    long: bool,
}

/// A part of the steps, which continuous integration runs beside the others.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// What can be said without running anything: format, clippy, dependencies, documentation
    Lint,
    /// Tests that need no browser, on SQLite and Postgres
    Native,
    /// Tests for wasm32, and what a browser loads
    Wasm,
    /// Tests end to end, in the engines of PANTOKEN_BROWSERS
    Browsers,
}
use Part::{Browsers, Lint, Native, Wasm};

/// The pages, which are built both to be measured and to be tested.
const PAGES: &[Part] = &[Wasm, Browsers];

/// What the pages are built with, by the steps and by the commands of the README that the tests run.
const PAGE_TOOLS: [&str; 3] = [WASM_TARGET, "wasm-bindgen-cli", "trunk"];

/// What a step does.
enum Work {
    /// Runs these commands of cargo, each written as in a shell, without quotes.
    Cargo(&'static [&'static str]),
    Call(fn(&Run) -> Result<()>),
}
use Work::{Call, Cargo};

#[rustfmt::skip]
const STEPS: &[(&[Part], &str, Work)] = &[
    // The fuzz targets are a workspace of their own.
    (&[Lint], "format", Cargo(&["fmt --all --check", "fmt --manifest-path fuzz/Cargo.toml --check"])),
    (&[Lint], "dependencies", Call(|run| dependencies::check(&run.workspace))),
    (&[Lint], "known vulnerabilities are found", Cargo(&["test --locked -p xtask --bin xtask -- --ignored dependencies::"])),
    (&[Lint], "bills of materials", Call(|run| sbom::write(&run.workspace))),
    (&[Lint], "workflows, manifests and rules", Call(|run| deployment::check(&run.workspace))),
    (&[Lint], "documentation site", Call(build_site)),
    (&[Lint], "clippy, native", Cargo(&["clippy --locked --workspace --all-targets -- -D warnings"])),
    // With all targets where the tests run in a browser; the other tests are native.
    (&[Lint], "clippy, wasm32", Cargo(&[
        "clippy --locked --target wasm32-unknown-unknown -p pantoken-core -p pantoken-a2c -p pantoken-demo -- -D warnings",
        "clippy --locked --target wasm32-unknown-unknown -p pantoken-widget -p pantoken-yew --all-targets -- -D warnings",
        "clippy --locked --target wasm32-unknown-unknown -p pantoken-element -- -D warnings",
    ])),
    (&[Lint], "no secret in a page", Call(refuse_signing_for_wasm)),
    (&[Lint], "features", Call(|run| with_each_feature(run, "check"))),
    (&[Lint], "packages", Call(package)),
    (&[Native], "tests, native", Call(|run| command::run(&mut run.tests("--workspace --exclude pantoken-tests")?))),
    // Not for its figures: a benchmark that nobody runs stops working.
    (&[Native], "benchmark of the store", Cargo(&["test --locked -p pantoken-store --bench creation -- 20000 1"])),
    (&[Native], "fuzz", Call(fuzz_all)),
    (&[Native], "API against its description", Call(|run| api_description::check(&run.workspace))),
    (&[Native], "clients of the API", Call(|run| api_users::check(&run.workspace))),
    (&[Wasm], "tests, wasm32 in a browser", Call(test_wasm)),
    (&[Lint], "documentation", Call(document)),
    (PAGES, "demo page", Call(|run| page::build(&run.workspace))),
    (&[Wasm], "demo page from Trunk", Call(|run| page::compare_with_trunk(&run.workspace, &run.tools))),
    (PAGES, "demo page, optimized", Call(|run| page::optimize(&run.workspace, &run.npm))),
    (&[Browsers], "server and sandbox", Call(|run| dev::build_binaries(&run.workspace))),
    (PAGES, "element package", Call(|run| element::build(&run.workspace, &run.npm).map(|_| ()))),
    (PAGES, "sizes", Call(|run| size::check(&run.workspace, &run.npm))),
    (&[Wasm], "element package, twice", Call(|run| reproduction::check(&run.workspace, &run.npm))),
    (PAGES, "types and examples", Call(|run| examples::build(&run.workspace))),
    (&[Browsers], "examples of frameworks", Call(build_frameworks)),
    (&[Lint], "lowest versions", Call(check_lowest_versions)),
    (&[Browsers], "tests, end to end", Call(test_end_to_end)),
];

/// Runs the steps of a part, or all; `long` includes what takes long.
pub(crate) fn run(part: Option<Part>, long: bool) -> Result<()> {
    let is_of = |parts: &[Part]| part.is_none_or(|part| parts.contains(&part));
    let chosen: Vec<_> = STEPS.iter().filter(|(parts, ..)| is_of(parts)).collect();
    let mut steps = Steps::of(chosen.len() + 1);
    let outcome = run_steps(&mut steps, &chosen, &tools_of(part), long);
    eprintln!("\n{}", steps.summary());
    outcome
}

/// Returns the tools that the steps of a part need. A step may ask for more by itself.
fn tools_of(part: Option<Part>) -> Vec<&'static str> {
    let of = |part| match part {
        Lint => vec![WASM_TARGET, CARGO_DENY, CARGO_HACK],
        Native => [&SERVERS[..], &LANGUAGES, &["schemathesis", "g++"]].concat(),
        Wasm => [&BROWSERS[..2], &PAGE_TOOLS].concat(),
        // One of the examples is in Go.
        Browsers => [&BROWSERS[..], &SERVERS, &PAGE_TOOLS, &["golang-go"]].concat(),
    };
    match part {
        Some(part) => of(part),
        None => Part::value_variants()
            .iter()
            .copied()
            .flat_map(of)
            .collect(),
    }
}

fn run_steps(
    steps: &mut Steps,
    chosen: &[&(&[Part], &str, Work)],
    tools: &[&str],
    long: bool,
) -> Result<()> {
    let run = steps.run("tools", || {
        Ok(Run {
            workspace: Workspace::find()?,
            tools: Tools::find_or_install(tools)?,
            npm: Npm::find_or_install()?,
            long,
        })
    })?;
    chosen.iter().try_for_each(|(_, name, work)| {
        steps.run(name, || match work {
            Cargo(lines) => lines
                .iter()
                .try_for_each(|line| run.workspace.run_cargo(line)),
            Call(work) => work(&run),
        })
    })
}

impl Run {
    /// Returns a command that runs tests of these packages, for which nothing may be left out.
    fn tests(&self, packages: &str) -> Result<Command> {
        let mut test = self
            .workspace
            .cargo_line(&format!("test --locked {packages}"));
        self.tools.lend_to(&mut test)?;
        lengthen(&mut test, self.long);
        Ok(test)
    }
}

/// xtask/tests/arrows.rs checks that no page depends on it; this is the second lock.
fn refuse_signing_for_wasm(run: &Run) -> Result<()> {
    let mut check = run
        .workspace
        .cargo_line("check --locked -p pantoken-a2c-signing --target");
    check.arg(WASM_TARGET);
    let line = command::shell_line(&check);
    eprintln!("  $ {line}    (must fail)");
    let output = command::capture(&mut check)?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        bail!(
            "pantoken-a2c-signing compiles for wasm32, so a secret could reach a browser: {line}"
        );
    }
    if !errors.contains(REFUSAL) {
        bail!("pantoken-a2c-signing fails for wasm32 for another reason: {line}\n{errors}");
    }
    Ok(())
}

fn document(run: &Run) -> Result<()> {
    let mut doc = run
        .workspace
        .cargo_line("doc --locked --no-deps --workspace");
    command::run(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
    // As docs.rs does, which knows no workspace.
    with_each_feature(run, "doc --no-deps")
}

/// Each published package and each of a page by itself, without features, with each of them and with all: in
/// the whole workspace, a package may compile only because another one enables a feature.
///
/// Not with `--no-dev-deps`, which rewrites the manifests while it runs; Cargo leaves out the features of dev
/// dependencies anyway.
fn with_each_feature(run: &Run, task: &str) -> Result<()> {
    let task = format!("hack {task} --locked --each-feature");
    let published = run
        .workspace
        .cargo_line(&format!("{task} --workspace --ignore-private"));
    // A page has no use for the features of core that are for servers, and they do not compile there.
    let for_pages = format!(
        "{task} --exclude-features std,process,client,command-line,json --exclude-all-features"
    );
    for mut hack in [published, run.workspace.cargo_for_pages(&for_pages)] {
        run.tools.lend_to(&mut hack)?;
        command::run(hack.env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    Ok(())
}

/// What would go to crates.io. A long run compiles each package from its own file.
fn package(run: &Run) -> Result<()> {
    // A developer tries it before the commit.
    let mut package = run.workspace.cargo_line("package --locked --allow-dirty");
    for name in run.workspace.published()? {
        package.args(["-p", &name]);
    }
    if !run.long {
        package.arg("--no-verify");
    }
    command::run(&mut package)
}

/// For a minute per target in a long run; otherwise for seconds, with the same seed in all runs.
fn fuzz_all(run: &Run) -> Result<()> {
    fuzz::run(&fuzz::Options {
        seconds: if run.long { 60 } else { 5 },
        seed: (!run.long).then_some(1),
        target: None,
        input: None,
    })
}

/// .cargo/config.toml has the other settings of these tests.
fn test_wasm(run: &Run) -> Result<()> {
    let mut test =
        run.tests("-p pantoken-widget -p pantoken-yew --target wasm32-unknown-unknown")?;
    command::run(test.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", write_capabilities(run)?))
}

/// Writes webdriver.json with the Chromium of the table: the driver alone might find another one.
fn write_capabilities(run: &Run) -> Result<PathBuf> {
    let source = fs::read_to_string(run.workspace.root().join("webdriver.json"))?;
    let mut capabilities: Value = serde_json::from_str(&source).context("webdriver.json")?;
    capabilities["goog:chromeOptions"]["binary"] =
        run.tools.path("chromium")?.display().to_string().into();
    let path = run.workspace.scratch("xtask")?.join("webdriver.json");
    fs::write(&path, capabilities.to_string())?;
    Ok(path)
}

/// Checks the workspace with the lowest versions that its manifests allow, so that no user gets a version that
/// lacks what we use. Only in a long run, and in a copy, because the lock file is written anew.
fn check_lowest_versions(run: &Run) -> Result<()> {
    if !run.long {
        eprintln!("  left out: `cargo xtask test --long` runs it");
        return Ok(());
    }
    let copy = checkout::copy(&run.workspace)?;
    let copied = run.workspace.copied_to(copy.path());
    // The flag is unstable, and the stable cargo accepts it with this variable.
    let mut resolve = copied.cargo_line("update -Z direct-minimal-versions");
    command::run(resolve.env("RUSTC_BOOTSTRAP", "1"))?;
    let target = run.workspace.scratch("lowest-versions")?;
    let mut native = copied.cargo_line("check --locked --workspace");
    command::run(native.env("CARGO_TARGET_DIR", &target))?;
    let mut pages = copied.cargo_for_pages("check --locked");
    command::run(pages.env("CARGO_TARGET_DIR", &target))
}

/// Only in a long run, because mdBook takes minutes to compile; xtask/tests/links.rs checks the links in any run.
fn build_site(run: &Run) -> Result<()> {
    if !run.long {
        eprintln!("  left out: `cargo xtask test --long` runs it");
        return Ok(());
    }
    site::build(&run.workspace).map(|_| ())
}

/// Only in a long run, because they take minutes to install and to build.
fn build_frameworks(run: &Run) -> Result<()> {
    if !run.long {
        eprintln!("  left out: `cargo xtask test --long` runs it");
        return Ok(());
    }
    examples::build_frameworks(&run.workspace)
}

fn test_end_to_end(run: &Run) -> Result<()> {
    let mut test = run.tests("-p pantoken-tests")?;
    if run.long {
        Tools::find_or_install(&[NEW_NODE, "fastapi"])?.lend_to(&mut test)?;
    }
    let named = env::var("PANTOKEN_BROWSERS").unwrap_or_default();
    let engines = Some(named).filter(|named| !named.is_empty());
    test.env(
        "PANTOKEN_BROWSERS",
        engines.as_deref().unwrap_or("chromium,firefox,webkit"),
    );
    let dist = fs::canonicalize(run.workspace.root().join("dist"))?;
    command::run(test.env("PANTOKEN_DIST", dist))
}

/// Tells the tests whether they may take long, and that nothing may be left out for want of a program.
pub(crate) fn lengthen(test: &mut Command, long: bool) {
    test.env("PANTOKEN_COMPLETE", "1");
    if long {
        test.env("PANTOKEN_LONG", "1");
    }
}
