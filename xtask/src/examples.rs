//! `cargo xtask examples`: pages that other tools build with the package's tarball, outside this checkout.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use fs_err as fs;

use crate::checkout;
use crate::command;
use crate::element;
use crate::npm::{self, Npm, npm};
use crate::steps::Steps;
use crate::workspace::Workspace;

/// The name of the tarball that the examples depend on.
const TARBALL: &str = "pantoken-0.1.0.tgz";

/// The pages to build: the folder of each, its name in `dist/examples`, and its mode.
/// React's StrictMode mounts twice in development only.
const PAGES: [(&str, &str, &str); 4] = [
    ("examples/react", "react", "development"),
    ("examples/vue", "vue", "production"),
    (TESTS, "webpack", "production"),
    // Not a page, but a program that the end-to-end tests run, with what it imports.
    ("tests/npm/playwright", "playwright", "production"),
];

/// The types, the import on a server and a page for webpack, which only the tests need.
const TESTS: &str = "tests/npm";

/// The tests of the component for React again, with the oldest React that it supports.
const REACT_18: &str = "tests/npm/react-18";

pub(crate) fn run() -> Result<()> {
    let workspace = Workspace::find()?;
    let mut steps = Steps::of(3);
    let npm = steps.run("tools from npm", Npm::find_or_install)?;
    steps.run("element", || element::build(&workspace, &npm))?;
    steps.run("types and examples", || build(&workspace))?;
    println!("\nThe examples are in dist/examples.");
    Ok(())
}

/// Checks the package's types, those of its scripts, its recorded sequences, its import on a server and its
/// components for React and Vue, and builds each example into `dist/examples`, beside
/// the script of axe-core for the end-to-end tests. The package must be built.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    // A copy, in which npm finds nothing of the checkout by chance.
    let copy = checkout::copy(workspace)?;
    let package = workspace.root().join("dist/npm");
    let built = workspace.root().join("dist/examples");
    if built.exists() {
        // Vite puts hashes into names, and would leave the old files beside the new ones.
        fs::remove_dir_all(&built)?;
    }
    fs::create_dir_all(&built)?;
    command::run(npm(copy.path(), "pack --silent").arg(package))?;
    for (project, name, mode) in PAGES {
        let folder = copy.path().join(project);
        install(copy.path(), &folder)?;
        command::run(npm(&folder, "run build").env("NODE_ENV", mode))?;
        let mut copy = Command::new("cp");
        command::run(
            copy.arg("-R")
                .arg(folder.join("dist"))
                .arg(built.join(name)),
        )?;
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

/// Installs what a project depends on, with the tarball from this folder.
fn install(tarball: &Path, project: &Path) -> Result<()> {
    fs::copy(tarball.join(TARBALL), project.join(TARBALL))?;
    npm::install(project)
}
