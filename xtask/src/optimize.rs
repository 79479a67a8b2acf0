//! Makes a wasm module as small as it can be.

use std::path::Path;

use anyhow::Result;

use crate::command;
use crate::npm::Npm;

/// What Rust compiles for wasm32 by default; wasm-opt has to be told.
pub(crate) const WASM_FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];
/// What the oldest browsers know that the element runs in.
pub(crate) const OLD_WASM_FEATURES: &[&str] = &["--enable-sign-ext", "--enable-mutable-globals"];
/// A later round finds what the one before has laid open. The passes that are skipped make the module
/// smaller and the compressed module larger: they remove repetitions that brotli finds by itself.
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

/// Optimizes a module, which may use these features and fails to if it uses others.
pub(crate) fn module(npm: &Npm, wasm: &Path, small_wasm: &Path, features: &[&str]) -> Result<()> {
    let mut wasm_opt = npm.command("wasm-opt");
    wasm_opt.args(WASM_OPT).args(features).arg(wasm);
    command::run(wasm_opt.arg("-o").arg(small_wasm))
}
