//! The JavaScript bindings of a wasm module, as the program `wasm-bindgen` would generate them.

use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

/// Generates `{out_name}.js` and `{out_name}_bg.wasm` in a folder, for a script of type `module`.
pub(crate) fn generate(wasm: &Path, out_dir: &Path, out_name: &str) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.typescript(false).omit_default_module_path(false);
    run(&mut bindgen, wasm, out_dir, out_name)
}

/// Generates the same with the types, for a script that says itself where the module is.
pub(crate) fn generate_with_types(wasm: &Path, out_dir: &Path, out_name: &str) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.typescript(true).omit_default_module_path(true);
    run(&mut bindgen, wasm, out_dir, out_name)
}

fn run(bindgen: &mut Bindgen, wasm: &Path, out_dir: &Path, out_name: &str) -> Result<()> {
    bindgen
        .input_path(wasm)
        .out_name(out_name)
        .web(true)
        .and_then(|bindgen| bindgen.generate(out_dir))
        .with_context(|| format!("cannot generate the bindings of {}", wasm.display()))
}
