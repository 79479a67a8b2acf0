//! The JavaScript bindings of a wasm module, as the program `wasm-bindgen` would generate them.

use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

/// Generates `{out_name}.js` and `{out_name}_bg.wasm` in a folder, for a script of type `module`.
pub(crate) fn generate(wasm: &Path, out_dir: &Path, out_name: &str) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name(out_name)
        .typescript(false)
        .omit_default_module_path(false)
        .web(true)
        .and_then(|bindgen| bindgen.generate(out_dir))
        .with_context(|| format!("cannot generate the bindings of {}", wasm.display()))
}
