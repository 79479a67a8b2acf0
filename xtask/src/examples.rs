//! `cargo xtask examples`: pages that other tools build with the package's tarball, outside this checkout.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use fs_err as fs;
use tempfile::TempDir;

use crate::checkout;
use crate::command;
use crate::element;
use crate::npm::{self, Npm, npm};
use crate::steps::Steps;
use crate::tools::{NEW_NODE, Tools};
use crate::workspace::Workspace;

/// The name of the tarball that the examples depend on.
const TARBALL: &str = "pantoken-0.1.0.tgz";

/// The pages to build: the folder of each, its name in `dist/examples`, and its mode.
/// React's StrictMode mounts twice in development only.
const PAGES: [(&str, &str, &str); 4] = [
    ("examples/react", "react", "development"),
    ("examples/vue", "vue", "production"),
    (TESTS, "bundles", "production"),
    // Not a page, but a program that the end-to-end tests run, with what it imports.
    ("tests/npm/playwright", "playwright", "production"),
];

/// Applications of frameworks, which take minutes to install and to build, and need a newer Node than the rest.
const FRAMEWORKS: [(&str, &str, &str); 4] = [
    ("examples/angular", "angular", "production"),
    ("examples/next", "next", "production"),
    ("examples/nuxt", "nuxt", "production"),
    ("examples/svelte", "svelte", "production"),
];

/// The types, the import on a server and a page for each bundler, which only the tests need.
const TESTS: &str = "tests/npm";

/// The tests of the component for React again, with the oldest React that it supports.
const REACT_18: &str = "tests/npm/react-18";

pub(crate) fn run(all: bool) -> Result<()> {
    let workspace = Workspace::find()?;
    let mut steps = Steps::of(if all { 4 } else { 3 });
    let npm = steps.run("tools from npm", Npm::find_or_install)?;
    steps.run("element", || element::build(&workspace, &npm))?;
    steps.run("types and examples", || build(&workspace))?;
    if all {
        steps.run("frameworks", || build_frameworks(&workspace))?;
    }
    println!("\nThe examples are in dist/examples.");
    Ok(())
}

/// Checks the package's types, those of its scripts, its recorded sequences, its import on a server and its
/// components for React and Vue, and builds each example into `dist/examples`, beside
/// the script of axe-core for the end-to-end tests. The package must be built.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let copy = copy_with_tarball(workspace)?;
    let built = workspace.root().join("dist/examples");
    if built.exists() {
        // Vite puts hashes into names, and would leave the old files beside the new ones.
        fs::remove_dir_all(&built)?;
    }
    fs::create_dir_all(&built)?;
    for page in PAGES {
        build_page(copy.path(), page, &built, |_| Ok(()))?;
    }
    let tests = copy.path().join(TESTS);
    command::run(&mut npm(&tests, "run test"))?;
    let react_18 = copy.path().join(REACT_18);
    install(copy.path(), &react_18)?;
    command::run(&mut npm(&react_18, "run test"))?;
    element::check_types(workspace, &tests.join("node_modules/.bin/tsc"))?;
    element::check_sequences(workspace)?;
    fs::copy(
        tests.join("node_modules/axe-core/axe.min.js"),
        built.join("axe.min.js"),
    )?;
    Ok(())
}

/// Builds each application of a framework into `dist/examples`, beside the pages, which must be built before.
pub(crate) fn build_frameworks(workspace: &Workspace) -> Result<()> {
    let tools = Tools::find_or_install(&[NEW_NODE])?;
    let copy = copy_with_tarball(workspace)?;
    let built = workspace.root().join("dist/examples");
    for page in FRAMEWORKS {
        let (_, name, _) = page;
        if built.join(name).exists() {
            fs::remove_dir_all(built.join(name))?;
        }
        build_page(copy.path(), page, &built, |npm| tools.lend_to(npm))?;
    }
    Ok(())
}

/// Returns a copy of the checkout, in which npm finds nothing of it by chance, with the package's tarball.
fn copy_with_tarball(workspace: &Workspace) -> Result<TempDir> {
    let copy = checkout::copy(workspace)?;
    let package = workspace.root().join("dist/npm");
    command::run(npm(copy.path(), "pack --silent").arg(package))?;
    Ok(copy)
}

/// Installs and builds a page, and copies what it consists of into the folder `built`. `lend` gives tools to npm.
fn build_page(
    copy: &Path,
    (project, name, mode): (&str, &str, &str),
    built: &Path,
    lend: impl Fn(&mut Command) -> Result<()>,
) -> Result<()> {
    let folder = copy.join(project);
    install(copy, &folder)?;
    let mut build = npm(&folder, "run build");
    lend(&mut build)?;
    command::run(
        build
            .env("NODE_ENV", mode)
            .env("NEXT_TELEMETRY_DISABLED", "1"),
    )?;
    let mut copy = Command::new("cp");
    command::run(
        copy.arg("-R")
            .arg(folder.join("dist"))
            .arg(built.join(name)),
    )
}

/// Installs what a project depends on, with the tarball from this folder.
fn install(tarball: &Path, project: &Path) -> Result<()> {
    fs::copy(tarball.join(TARBALL), project.join(TARBALL))?;
    npm::install(project)
}
