//! `cargo xtask element`: the npm package of the custom element.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use fs_err as fs;

use crate::command;
use crate::npm::Npm;
use crate::optimize;
use crate::reproduction;
use crate::steps::Steps;
use crate::wasm_bindgen;
use crate::workspace::Workspace;

const NAME: &str = "pantoken_element";
/// The folder below the target folder that has all sources of the package.
const SOURCES: &str = "element";
const WASM: &str = "pantoken_element_bg.wasm";
const SCRIPTS: [&str; 3] = ["element.js", "driver.js", "module.js"];

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

/// Builds the scripts and the module as they are, without Node, for the binary `pantoken`.
pub(crate) fn build_for_binary(workspace: &Workspace) -> Result<()> {
    let module = compile(workspace)?;
    embed(workspace, &sources(workspace, &module)?)
}

/// Builds the package, also for the binary `pantoken`, and returns its folder.
pub(crate) fn build(workspace: &Workspace, npm: &Npm) -> Result<PathBuf> {
    let module = compile(workspace)?;
    let sources = sources(workspace, &module)?;
    let package = package(workspace);
    fs::create_dir_all(&package)?;
    optimize::module(npm, &sources.join(WASM), &package.join(WASM))?;
    bundle(npm, &sources, &package)?;
    copy_files(workspace, &package)?;
    embed(workspace, &package)?;
    Ok(package)
}

/// Puts what a browser loads where `crates/server/build.rs` looks for it. Files that have not changed are not
/// written, because the server is compiled again whenever they are.
fn embed(workspace: &Workspace, built: &Path) -> Result<()> {
    let folder = workspace.scratch("embedded-element")?;
    let files = files_of_a_browser(built)?;
    for old in files_of_a_browser(&folder)? {
        if old
            .file_name()
            .is_none_or(|name| !built.join(name).exists())
        {
            fs::remove_file(old)?;
        }
    }
    for file in files {
        let embedded = folder.join(file.file_name().context("a file has a name")?);
        let content = fs::read(&file)?;
        if !fs::read(&embedded).is_ok_and(|before| before == content) {
            fs::write(embedded, content)?;
        }
    }
    Ok(())
}

fn files_of_a_browser(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|it| it == "js" || it == "wasm")
        {
            files.push(path);
        }
    }
    Ok(files)
}

/// Compiles the module as a cdylib alone: a build that makes an rlib too has no link-time optimization.
fn compile(workspace: &Workspace) -> Result<PathBuf> {
    let mut rustc = workspace.cargo(&["rustc", "--locked", "-p", "pantoken-element", "--lib"]);
    rustc
        .args(["--crate-type", "cdylib"])
        .args(["--profile", "web", "--target", "wasm32-unknown-unknown"])
        // A cheap phone would have to find room for the usual megabyte on each page.
        .args(["--", "-C", "link-arg=-zstack-size=65536"])
        // Its instructions are longer than the calls that they stand for.
        .args(["-C", "target-feature=-bulk-memory"]);
    command::run(&mut rustc)?;
    Ok(workspace
        .target()
        .join("wasm32-unknown-unknown/web/pantoken_element.wasm"))
}

/// Puts the element's scripts and the module's bindings into one folder, from which the package is bundled
/// and in which the types are checked.
fn sources(workspace: &Workspace, module: &Path) -> Result<PathBuf> {
    let folder = workspace.scratch(SOURCES)?;
    wasm_bindgen::generate_with_types(module, &folder, NAME)?;
    for script in SCRIPTS {
        fs::copy(
            workspace.root().join("web/element").join(script),
            folder.join(script),
        )?;
    }
    Ok(folder)
}

/// Checks the types of the element's scripts with TypeScript's compiler. The package must be built.
pub(crate) fn check_types(workspace: &Workspace, typescript: &Path) -> Result<()> {
    let sources = workspace.scratch(SOURCES)?;
    let config = "tsconfig.json";
    fs::copy(
        workspace.root().join("web/element").join(config),
        sources.join(config),
    )?;
    command::run(Command::new(typescript).arg("-p").arg(&sources))
}

/// Bundles the scripts and the module's bindings into one file.
fn bundle(npm: &Npm, sources: &Path, package: &Path) -> Result<()> {
    let mut esbuild = npm.command("esbuild");
    esbuild
        .arg(sources.join("element.js"))
        .args(["--bundle", "--minify", "--format=esm", "--target=es2022"])
        .args(["--legal-comments=none", "--log-level=warning"])
        .arg(format!(
            "--outfile={}",
            package.join("element.js").display()
        ));
    command::run(&mut esbuild)
}

/// Runs the recorded sequences of inputs and orders through the built module.
pub(crate) fn check_sequences(workspace: &Workspace) -> Result<()> {
    let root = workspace.root();
    let golden = "crates/browser/element/tests/golden/sequences.json";
    command::run(
        Command::new("node")
            .arg(root.join("tests/npm/sequences.js"))
            .arg(workspace.scratch(SOURCES)?)
            .arg(root.join(golden)),
    )
}

fn copy_files(workspace: &Workspace, package: &Path) -> Result<()> {
    let root = workspace.root();
    let own = ["README.md", "index.d.ts", "package.json"];
    let own = own.map(|name| root.join("web/element").join(name));
    let licences = ["LICENSE-MIT", "LICENSE-APACHE"].map(|name| root.join(name));
    for file in own.iter().chain(&licences) {
        let name = file.file_name().context("a file has a name")?;
        fs::copy(file, package.join(name))?;
    }
    Ok(())
}
