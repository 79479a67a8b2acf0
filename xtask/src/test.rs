//! `cargo xtask test`: every check and every test, those that fail fastest first.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use fs_err as fs;
use serde_json::Value;

use crate::api_description;
use crate::checkout;
use crate::command;
use crate::demo;
use crate::dependencies;
use crate::element;
use crate::examples;
use crate::fuzz::{self, Extent};
use crate::npm::Npm;
use crate::page;
use crate::reproduction;
use crate::sbom;
use crate::size;
use crate::steps::Steps;
use crate::tools::{BROWSERS, CARGO_DENY, CARGO_HACK, SERVERS, Tools, WASM_TARGET};
use crate::workspace::Workspace;

const WARNINGS: &str = "-- -D warnings";
/// What pantoken-a2c-signing says when it is compiled for a browser.
const REFUSAL: &str = "must never reach a browser";

/// For each target; the seed is the same in all runs.
const FUZZ: Extent = Extent {
    seconds: 5,
    seed: Some(1),
};
const LONG_FUZZ: Extent = Extent {
    seconds: 60,
    seed: None,
};

/// What the steps share.
struct Run {
    workspace: Workspace,
    tools: Tools,
    npm: Npm,
    long: bool,
}

type Step = (&'static str, fn(&Run) -> Result<()>);

const STEPS: [Step; 19] = [
    ("format", format),
    ("dependencies", check_dependencies),
    ("bills of materials", |run| sbom::write(&run.workspace)),
    ("clippy, native", |run| {
        run.cargo(&format!(
            "clippy --locked --workspace --all-targets {WARNINGS}"
        ))
    }),
    ("clippy, wasm32", clippy_wasm),
    ("no secret in a page", refuse_signing_for_wasm),
    ("features", check_features),
    ("packages", package),
    ("tests, native", test_native),
    ("fuzz", |run| {
        fuzz::run_all(&run.workspace, if run.long { &LONG_FUZZ } else { &FUZZ })
    }),
    ("API against its description", |run| {
        api_description::check(&run.workspace)
    }),
    ("tests, wasm32 in a browser", test_wasm),
    ("documentation", document),
    ("demo page, server and sandbox", |run| {
        page::build(&run.workspace)?;
        page::compare_with_trunk(&run.workspace, &run.tools)?;
        demo::build_binaries(&run.workspace)
    }),
    ("element package and size", |run| {
        element::build(&run.workspace, &run.npm)?;
        size::check(&run.workspace, &run.npm)
    }),
    ("element package, twice", |run| {
        reproduction::check(&run.workspace, &run.npm)
    }),
    ("types and examples", |run| examples::build(&run.workspace)),
    ("lowest versions", check_lowest_versions),
    ("tests, end to end", test_end_to_end),
];

/// Runs the steps; `long` includes what takes long.
pub(crate) fn run(long: bool) -> Result<()> {
    let mut steps = Steps::of(STEPS.len() + 1);
    let outcome = run_steps(&mut steps, long);
    eprintln!("\n{}", steps.summary());
    outcome
}

fn run_steps(steps: &mut Steps, long: bool) -> Result<()> {
    let run = steps.run("tools", || {
        let crates = [
            WASM_TARGET,
            "wasm-bindgen-cli",
            "trunk",
            CARGO_DENY,
            CARGO_HACK,
            "schemathesis",
            "g++",
        ];
        Ok(Run {
            workspace: Workspace::find()?,
            tools: Tools::find_or_install(&[&BROWSERS[..], &SERVERS, &crates].concat())?,
            npm: Npm::find_or_install()?,
            long,
        })
    })?;
    STEPS
        .iter()
        .try_for_each(|(name, step)| steps.run(name, || step(&run)))
}

impl Run {
    fn cargo(&self, arguments: &str) -> Result<()> {
        self.workspace.run_cargo(arguments)
    }
}

/// The fuzz targets are a workspace of their own.
fn format(run: &Run) -> Result<()> {
    run.cargo("fmt --all --check")?;
    run.cargo("fmt --manifest-path fuzz/Cargo.toml --check")
}

fn check_dependencies(run: &Run) -> Result<()> {
    dependencies::check(&run.workspace)?;
    run.cargo("test --locked -p xtask --bin xtask -- --ignored dependencies::")
}

/// With all targets where the tests run in a browser; the other tests are native.
fn clippy_wasm(run: &Run) -> Result<()> {
    for packages in [
        "-p pantoken-core -p pantoken-a2c -p pantoken-demo",
        "-p pantoken-widget -p pantoken-yew --all-targets",
        "-p pantoken-element",
    ] {
        run.cargo(&format!(
            "clippy --locked --target {WASM_TARGET} {packages} {WARNINGS}"
        ))?;
    }
    Ok(())
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

/// Each published package and each of a page by itself, without features, with each of them and with all: in
/// the whole workspace, a package may compile only because another one enables a feature.
fn check_features(run: &Run) -> Result<()> {
    with_each_feature(run, "check", "")
}

fn document(run: &Run) -> Result<()> {
    let mut doc = run
        .workspace
        .cargo_line("doc --locked --no-deps --workspace");
    command::run(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
    // As docs.rs does, which knows no workspace.
    with_each_feature(run, "doc --no-deps", "-D warnings")
}

/// Not with `--no-dev-deps`, which rewrites the manifests while it runs; Cargo leaves out the features of dev
/// dependencies anyway.
fn with_each_feature(run: &Run, task: &str, rustdoc_flags: &str) -> Result<()> {
    let task = format!("hack {task} --locked --each-feature");
    let published = run
        .workspace
        .cargo_line(&format!("{task} --workspace --ignore-private"));
    for mut hack in [published, run.workspace.cargo_for_pages(&task)] {
        run.tools.lend_to(&mut hack)?;
        command::run(hack.env("RUSTDOCFLAGS", rustdoc_flags))?;
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

fn test_native(run: &Run) -> Result<()> {
    let mut test = run
        .workspace
        .cargo_line("test --locked --workspace --exclude pantoken-tests");
    run.tools.lend_to(&mut test)?;
    lengthen(&mut test, run.long);
    command::run(&mut test)
}

/// .cargo/config.toml has the other settings of these tests.
fn test_wasm(run: &Run) -> Result<()> {
    let mut test = run
        .workspace
        .cargo_line("test --locked -p pantoken-widget -p pantoken-yew --target");
    test.arg(WASM_TARGET);
    run.tools.lend_to(&mut test)?;
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

fn test_end_to_end(run: &Run) -> Result<()> {
    let mut test = run.workspace.cargo_line("test --locked -p pantoken-tests");
    run.tools.lend_to(&mut test)?;
    lengthen(&mut test, run.long);
    let dist = fs::canonicalize(run.workspace.root().join("dist"))?;
    test.env("PANTOKEN_BROWSERS", "chromium,firefox,webkit");
    command::run(test.env("PANTOKEN_DIST", dist))
}

/// Tells the tests whether they may take long, and that nothing may be left out for want of a program.
pub(crate) fn lengthen(test: &mut Command, long: bool) {
    test.env("PANTOKEN_COMPLETE", "1");
    if long {
        test.env("PANTOKEN_LONG", "1");
    }
}
