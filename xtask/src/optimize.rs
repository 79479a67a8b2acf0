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
const OLD_WASM_FEATURES: [&str; 2] = ["--enable-sign-ext", "--enable-mutable-globals"];
/// Replaces bulk-memory instructions, which Safari supports since version 15. Rust's own libraries are compiled
/// with them, whatever the features of the module are.
const LOWER: &str = "--llvm-memory-copy-fill-lowering";
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
    wasm_opt.args(features).args(WASM_OPT).arg(wasm);
    command::run(wasm_opt.arg("-o").arg(small_wasm))
}

/// Optimizes a module for the oldest browsers, and checks that it uses nothing that they do not know.
pub(crate) fn module_for_old_browsers(npm: &Npm, wasm: &Path, small_wasm: &Path) -> Result<()> {
    let features = [&OLD_WASM_FEATURES[..], &[LOWER]].concat();
    module(npm, wasm, small_wasm, &features)?;
    // The optimized module has no list of features any more, so that only the flags decide what is allowed.
    let mut check = npm.command("wasm-opt");
    check.arg("--mvp-features").args(OLD_WASM_FEATURES);
    command::run(check.arg(small_wasm))
}
