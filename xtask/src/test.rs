//! `cargo xtask test`: every check and every test, in the order of what fails fastest.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::api_description;
use crate::browser::Browsers;
use crate::command;
use crate::demo;
use crate::dependencies;
use crate::element;
use crate::examples;
use crate::features;
use crate::fuzz::{self, Extent, Fuzz};
use crate::lowest_versions;
use crate::npm::Npm;
use crate::packages;
use crate::page;
use crate::pages;
use crate::postgres;
use crate::reproduction;
use crate::sbom;
use crate::server_programs::ServerPrograms;
use crate::size;
use crate::steps::Steps;
use crate::tools::{self, Tools};
use crate::workspace::Workspace;

/// What may never be compiled into a page.
const SERVER_PACKAGES: [&str; 5] = [
    "pantoken-a2c-signing",
    "pantoken-store",
    "pantoken-test-support",
    "pantoken-server",
    "pantoken-sandbox",
];
/// What pantoken-a2c-signing says when it is compiled for a browser.
const REFUSAL: &str = "must never reach a browser";

/// For each target, and again from the same seed.
const FUZZ: Extent = Extent {
    seconds: 5,
    seed: Some(1),
};
const LONG_FUZZ: Extent = Extent {
    seconds: 60,
    seed: None,
};

/// `long` does everything that takes long too.
pub(crate) fn run(long: bool) -> Result<()> {
    let workspace = Workspace::find()?;
    let mut steps = Steps::of(if long { 21 } else { 20 });
    let outcome = run_steps(&workspace, &mut steps, long);
    eprintln!("\n{}", steps.summary());
    outcome
}

fn run_steps(workspace: &Workspace, steps: &mut Steps, long: bool) -> Result<()> {
    let (tools, browsers, servers) = steps.run("tools, browsers and servers", || {
        postgres::find_or_install()?;
        api_description::tool()?;
        fuzz::find_compiler()?;
        tools::cargo_deny(workspace)?;
        tools::cargo_hack(workspace)?;
        tools::cargo_sbom(workspace)?;
        Ok((
            Tools::find_or_install(workspace)?,
            Browsers::find_or_install(workspace)?,
            ServerPrograms::find_or_install()?,
        ))
    })?;
    let npm = steps.run("tools from npm", Npm::find_or_install)?;
    steps.run("format", || format(workspace))?;
    steps.run("dependencies", || dependencies::check(workspace))?;
    steps.run("bills of materials", || sbom::write(workspace))?;
    steps.run("clippy, native", || clippy_native(workspace))?;
    steps.run("clippy, wasm32", || clippy_wasm(workspace))?;
    steps.run("no secret in a page", || no_secret_in_a_page(workspace))?;
    steps.run("features", || features::check(workspace))?;
    steps.run("packages", || packages::check(workspace, long))?;
    steps.run("tests, native", || test_native(workspace, &servers, long))?;
    steps.run("fuzz", || {
        Fuzz::build(workspace)?.run_all(if long { &LONG_FUZZ } else { &FUZZ })
    })?;
    steps.run("API against its description", || {
        api_description::check(workspace)
    })?;
    steps.run("tests, wasm32 in a browser", || {
        test_wasm(workspace, &tools, &browsers)
    })?;
    steps.run("documentation", || document(workspace))?;
    steps.run("demo page, server and sandbox", || {
        page::build(workspace)?;
        demo::build_binaries(workspace)
    })?;
    steps.run("element package and size", || {
        element::build(workspace, &npm)?;
        size::check(workspace, &npm)
    })?;
    steps.run("element package, twice", || {
        reproduction::check(workspace, &npm)
    })?;
    steps.run("types and examples", || examples::build(workspace))?;
    if long {
        steps.run("lowest versions", || lowest_versions::check(workspace))?;
    }
    steps.run("tests, end to end", || {
        test_end_to_end(workspace, &browsers, long)
    })
}

/// The fuzz targets are a workspace of their own.
fn format(workspace: &Workspace) -> Result<()> {
    command::run(&mut workspace.cargo(&["fmt", "--all", "--check"]))?;
    let targets = ["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"];
    command::run(&mut workspace.cargo(&targets))
}

fn clippy_native(workspace: &Workspace) -> Result<()> {
    let arguments = ["clippy", "--locked", "--workspace", "--all-targets"];
    command::run(workspace.cargo(&arguments).args(["--", "-D", "warnings"]))
}

/// All targets where the tests run in a browser; elsewhere they are for the host.
fn clippy_wasm(workspace: &Workspace) -> Result<()> {
    let sources = ["-p", "pantoken-a2c", "-p", "pantoken-demo"];
    let with_tests = [
        "-p",
        "pantoken-widget",
        "-p",
        "pantoken-yew",
        "--all-targets",
    ];
    let standalone = ["-p", "pantoken-element", "--features", "standalone"];
    for packages in [&sources[..], &with_tests, &standalone] {
        let mut clippy = workspace.cargo(&["clippy", "--locked"]);
        command::run(
            clippy
                .args(pages::TARGET)
                .args(packages)
                .args(["--", "-D", "warnings"]),
        )?;
    }
    Ok(())
}

fn no_secret_in_a_page(workspace: &Workspace) -> Result<()> {
    signing_refuses_wasm(workspace)?;
    for package in pages::PACKAGES {
        has_no_server_package(workspace, package)?;
    }
    Ok(())
}

fn signing_refuses_wasm(workspace: &Workspace) -> Result<()> {
    let mut check = workspace.cargo(&["check", "--locked", "-p", "pantoken-a2c-signing"]);
    check.args(pages::TARGET);
    let line = command::shell_line(&check);
    eprintln!("  $ {line}    (has to fail)");
    let output = command::capture(&mut check)?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        bail!(
            "pantoken-a2c-signing compiles for wasm32, and a secret could reach a browser: {line}"
        );
    }
    if !errors.contains(REFUSAL) {
        bail!("pantoken-a2c-signing fails for wasm32 for another reason: {line}\n{errors}");
    }
    Ok(())
}

fn has_no_server_package(workspace: &Workspace, package: &str) -> Result<()> {
    let mut tree = workspace.cargo(&["tree", "--locked", "--prefix", "none", "-e", "normal"]);
    tree.args(pages::TARGET).args(["-p", package]);
    let line = command::shell_line(&tree);
    eprintln!("  $ {line}");
    let output = command::capture(&mut tree)?;
    if !output.status.success() {
        bail!("{}{line}", String::from_utf8_lossy(&output.stderr));
    }
    match server_package_in(&String::from_utf8_lossy(&output.stdout)) {
        Some(found) => bail!("{package} depends on {found}, which is for servers only: {line}"),
        None => Ok(()),
    }
}

/// The first package of a dependency tree that is for servers only.
fn server_package_in(tree: &str) -> Option<&str> {
    tree.lines()
        .filter_map(|line| line.split(' ').next())
        .find(|name| SERVER_PACKAGES.contains(name))
}

fn test_native(workspace: &Workspace, servers: &ServerPrograms, long: bool) -> Result<()> {
    let mut test = workspace.cargo(&["test", "--locked", "--workspace"]);
    test.args(["--exclude", "pantoken-tests"]);
    servers.on_path_of(&mut test)?;
    lengthen(&mut test, long);
    command::run(&mut test)
}

/// The runner and its other settings are in .cargo/config.toml.
fn test_wasm(workspace: &Workspace, tools: &Tools, browsers: &Browsers) -> Result<()> {
    let mut test = workspace.cargo(&["test", "--locked"]);
    test.args(pages::TARGET)
        .args(["-p", "pantoken-widget", "-p", "pantoken-yew"])
        .env("CHROMEDRIVER", &browsers.chromedriver)
        .env(
            "WASM_BINDGEN_TEST_WEBDRIVER_JSON",
            browsers.write_capabilities(workspace)?,
        );
    tools.on_path_of(&mut test)?;
    command::run(&mut test)
}

fn document(workspace: &Workspace) -> Result<()> {
    let mut doc = workspace.cargo(&["doc", "--locked", "--no-deps", "--workspace"]);
    command::run(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
    features::document(workspace)
}

fn test_end_to_end(workspace: &Workspace, browsers: &Browsers, long: bool) -> Result<()> {
    let dist = workspace.root().join("dist");
    let dist = dist.canonicalize().context("the demo page is not built")?;
    let mut test = workspace.cargo(&["test", "--locked", "-p", "pantoken-tests"]);
    browsers.demand_in(&mut test);
    test.env("PANTOKEN_DIST", dist);
    lengthen(&mut test, long);
    command::run(&mut test)
}

/// Tells the tests that they may take long.
pub(crate) fn lengthen(test: &mut Command, long: bool) {
    if long {
        test.env("PANTOKEN_LONG", "1");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_package_is_found_by_its_whole_name() {
        let tree = "pantoken-demo v0.1.0 (/checkout/web/demo)\npantoken-a2c-signing v0.1.0 (*)\n";
        assert_eq!(server_package_in(tree), Some("pantoken-a2c-signing"));
        let tree = "pantoken-demo v0.1.0\npantoken-a2c-signing-like v0.1.0\n";
        assert_eq!(server_package_in(tree), None);
    }
}
