//! Makes a wasm module and its script as small as they can be.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::command;
use crate::npm::Npm;
use crate::short_names::ShortNames;

/// What Rust compiles for wasm32 by default; wasm-opt has to be told.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];
/// The second round finds what the first has laid open.
const WASM_OPT: [&str; 8] = [
    "--low-memory-unused",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Optimizes a module.
pub(crate) fn module(npm: &Npm, wasm: &Path, small_wasm: &Path) -> Result<()> {
    let mut wasm_opt = npm.command("wasm-opt");
    wasm_opt.args(WASM_OPT).args(WASM_FEATURES).arg(wasm);
    command::run(wasm_opt.arg("-o").arg(small_wasm))
}

/// Optimizes a module of wasm-bindgen's, makes the names between it and its script short, and gives
/// the script the names that the module then has.
pub(crate) fn module_and_script(
    npm: &Npm,
    wasm: &Path,
    small_wasm: &Path,
    script: &Path,
    small_script: &Path,
) -> Result<()> {
    let mut wasm_opt = npm.command("wasm-opt");
    wasm_opt
        .args(WASM_OPT)
        .arg("--minify-imports-and-exports-and-modules")
        .args(WASM_FEATURES)
        .arg(wasm);
    let names = ShortNames::read(&command::output(wasm_opt.arg("-o").arg(small_wasm))?)?;
    let text =
        fs::read_to_string(script).with_context(|| format!("cannot read {}", script.display()))?;
    fs::write(small_script, names.apply(&text))
        .with_context(|| format!("cannot write {}", small_script.display()))
}
