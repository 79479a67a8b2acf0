//! `cargo xtask element`: the npm package of the custom element.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command;
use crate::npm::Npm;
use crate::optimize;
use crate::reproduction;
use crate::steps::Steps;
use crate::workspace::Workspace;

const WASM: &str = "pantoken_element_bg.wasm";
/// What `web/element/module.js` calls.
const EXPORTS: [&str; 5] = ["memory", "letter", "open", "input", "close"];

/// `twice` builds it in another folder too, and compares.
pub(crate) fn run(twice: bool) -> Result<()> {
    let workspace = Workspace::find()?;
    let mut steps = Steps::of(if twice { 3 } else { 2 });
    let npm = steps.run("tools from npm", Npm::find_or_install)?;
    let folder = steps.run("element", || build(&workspace, &npm))?;
    if twice {
        steps.run("element, twice", || reproduction::check(&workspace, &npm))?;
    }
    println!(
        "\nThe package is in {0}; `npm pack {0}` makes its tarball.",
        folder.display()
    );
    Ok(())
}

/// The folder of the package.
pub(crate) fn package(workspace: &Workspace) -> PathBuf {
    workspace.root().join("dist").join("npm")
}

/// Builds the package and gives its folder.
pub(crate) fn build(workspace: &Workspace, npm: &Npm) -> Result<PathBuf> {
    let module = compile(workspace)?;
    let package = package(workspace);
    fs::create_dir_all(&package).with_context(|| format!("cannot make {}", package.display()))?;
    optimize::module(npm, &module, &package.join(WASM), &EXPORTS)?;
    bundle(workspace, npm, &package)?;
    copy_files(workspace, &package)?;
    Ok(package)
}

/// As a cdylib alone, because a build that makes an rlib too has no link-time optimization.
fn compile(workspace: &Workspace) -> Result<PathBuf> {
    let mut rustc = workspace.cargo(&["rustc", "--locked", "-p", "pantoken-element", "--lib"]);
    rustc
        .args(["--crate-type", "cdylib", "--features", "standalone"])
        .args(["--profile", "web", "--target", "wasm32-unknown-unknown"])
        // Of a megabyte, which is usual, a cheap phone would have to find room for each page.
        .args(["--", "-C", "link-arg=-zstack-size=65536"])
        // Its instructions are longer than the calls that they stand for.
        .args(["-C", "target-feature=-bulk-memory"])
        .args(["-C", "llvm-args=-inline-threshold=8"]);
    command::run(&mut rustc)?;
    Ok(workspace
        .target()
        .join("wasm32-unknown-unknown/web/pantoken_element.wasm"))
}

/// One file of the element and the module's bindings.
fn bundle(workspace: &Workspace, npm: &Npm, package: &Path) -> Result<()> {
    let mut esbuild = npm.command("esbuild");
    esbuild
        .arg(workspace.root().join("web/element/element.js"))
        .args(["--bundle", "--minify", "--format=esm", "--target=es2022"])
        .args(["--legal-comments=none", "--log-level=warning"])
        .arg(format!(
            "--outfile={}",
            package.join("element.js").display()
        ));
    command::run(&mut esbuild)
}

fn copy_files(workspace: &Workspace, package: &Path) -> Result<()> {
    let root = workspace.root();
    let own = ["README.md", "index.d.ts", "package.json"];
    let own = own.map(|name| root.join("web/element").join(name));
    let licences = ["LICENSE-MIT", "LICENSE-APACHE"].map(|name| root.join(name));
    for file in own.iter().chain(&licences) {
        let name = file.file_name().context("a file has a name")?;
        fs::copy(file, package.join(name))
            .with_context(|| format!("cannot copy {}", file.display()))?;
    }
    Ok(())
}
