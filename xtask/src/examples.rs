//! `cargo xtask examples`: the package's tarball in pages of other tools, outside this checkout.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use fs_err as fs;
use tempfile::TempDir;

use crate::command;
use crate::element;
use crate::npm::Npm;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// The tarball's name, as the examples depend on it.
const TARBALL: &str = "pantoken-0.1.0.tgz";

/// The pages to build: where each is, its name in `dist/examples`, and what it is built for.
/// React's StrictMode mounts twice in development only.
const PAGES: [(&str, &str, &str); 3] = [
    ("examples/react", "react", "development"),
    ("examples/vue", "vue", "production"),
    (TESTS, "webpack", "production"),
];

/// The types, the import on a server and a page for webpack, which are for the tests alone.
const TESTS: &str = "tests/npm";

pub(crate) fn run() -> Result<()> {
    let workspace = Workspace::find()?;
    let mut steps = Steps::of(3);
    let npm = steps.run("tools from npm", Npm::find_or_install)?;
    steps.run("element", || element::build(&workspace, &npm))?;
    steps.run("types and examples", || build(&workspace))?;
    println!("\nThe examples are in dist/examples.");
    Ok(())
}

/// Checks the package's types and its import on a server, and builds each example into
/// `dist/examples`, beside the script of axe-core for the end-to-end tests. The package has to be
/// built.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let outside = Outside {
        workspace,
        folder: tempfile::tempdir().context("cannot make a temporary folder")?,
    };
    outside.pack()?;
    let built = workspace.root().join("dist/examples");
    if built.exists() {
        // Vite names its files by what is in them, and would leave the old ones beside the new.
        fs::remove_dir_all(&built)?;
    }
    for (project, name, mode) in PAGES {
        let folder = outside.install(project)?;
        command::run(npm(&folder).args(["run", "build"]).env("NODE_ENV", mode))?;
        copy(&folder.join("dist"), &built.join(name))?;
    }
    let tests = outside.folder.path().join(TESTS);
    command::run(npm(&tests).args(["run", "test"]))?;
    let axe = tests.join("node_modules/axe-core/axe.min.js");
    fs::copy(&axe, built.join("axe.min.js"))?;
    Ok(())
}

/// A folder in which nothing of the checkout is found by chance.
struct Outside<'a> {
    workspace: &'a Workspace,
    folder: TempDir,
}

impl Outside<'_> {
    fn pack(&self) -> Result<()> {
        let mut pack = npm(self.folder.path());
        let package = self.workspace.root().join("dist/npm");
        command::run(pack.args(["pack", "--silent"]).arg(package))
    }

    /// Copies a project there and installs what its lock file says, and the tarball.
    fn install(&self, project: &str) -> Result<PathBuf> {
        let folder = self.folder.path().join(project);
        copy(&self.workspace.root().join(project), &folder)?;
        let tarball = self.folder.path().join(TARBALL);
        fs::copy(&tarball, folder.join(TARBALL))?;
        let quietly = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        command::run(npm(&folder).args(quietly).arg("--prefer-offline"))?;
        Ok(folder)
    }
}

fn npm(folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(folder);
    npm
}

/// A developer's own install and build stay behind.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name() == "node_modules" || entry.file_name() == "dist" {
            continue;
        }
        if from.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}
