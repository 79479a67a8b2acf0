//! Makes a wasm module and its script as small as they can be.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

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
/// A later round finds what the one before has laid open. What is passed over makes the module smaller,
/// and the compressed module larger: it takes away repetitions that brotli finds by itself.
const WASM_OPT: [&str; 12] = [
    "--skip-pass=local-cse",
    "--skip-pass=simplify-locals",
    "--skip-pass=ssa-nomerge",
    "--low-memory-unused",
    "-Oz",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Optimizes a module, of which only these exports are used.
pub(crate) fn module(npm: &Npm, wasm: &Path, small_wasm: &Path, exports: &[&str]) -> Result<()> {
    let graph = wasm.with_extension("exports.json");
    fs::write(&graph, graph_of(exports).to_string())
        .with_context(|| format!("cannot write {}", graph.display()))?;
    let mut metadce = npm.command("wasm-metadce");
    metadce
        .args(WASM_FEATURES)
        .arg(format!("--graph-file={}", graph.display()))
        .arg(wasm);
    command::output(metadce.arg("-o").arg(small_wasm))?;
    let mut wasm_opt = npm.command("wasm-opt");
    wasm_opt.args(WASM_OPT).args(WASM_FEATURES).arg(small_wasm);
    command::run(wasm_opt.arg("-o").arg(small_wasm))
}

/// What `wasm-metadce` is told: the root of what is used reaches each export.
fn graph_of(exports: &[&str]) -> Value {
    let root = json!({ "name": "script", "root": true, "reaches": exports });
    let exports = exports
        .iter()
        .map(|name| json!({ "name": name, "export": name }));
    std::iter::once(root).chain(exports).collect()
}

/// Optimizes a module of wasm-bindgen's and its script, with short names between them. The script's
/// snippets, which are beside `small_script`, become a part of it.
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
        .with_context(|| format!("cannot write {}", small_script.display()))?;
    let mut esbuild = npm.command("esbuild");
    let options = ["--bundle", "--minify", "--format=esm", "--allow-overwrite"];
    let outfile = format!("--outfile={}", small_script.display());
    command::run(
        esbuild
            .args(options)
            .args(["--log-level=warning", &outfile])
            .arg(small_script),
    )
}
