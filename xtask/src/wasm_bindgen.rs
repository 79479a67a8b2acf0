//! The JavaScript bindings of a wasm module, as the program `wasm-bindgen` would generate them.

use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

/// Generates `{out_name}.js` and `{out_name}_bg.wasm` in a folder, for a script of type `module`.
pub(crate) fn generate(wasm: &Path, out_dir: &Path, out_name: &str) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.typescript(false).omit_default_module_path(false);
    run(&mut bindgen, wasm, out_dir, out_name)
}

/// Generates `{out_name}_bg.js` and `{out_name}_bg.wasm` in a folder, for a script that instantiates the
/// module itself.
pub(crate) fn generate_for_own_script(wasm: &Path, out_dir: &Path, out_name: &str) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.typescript(false).bundler(true)?;
    // Every browser that can run the element has `TextEncoder.encodeInto`.
    bindgen.encode_into(EncodeInto::Always);
    write(&mut bindgen, wasm, out_dir, out_name)
}

fn run(bindgen: &mut Bindgen, wasm: &Path, out_dir: &Path, out_name: &str) -> Result<()> {
    bindgen.web(true)?;
    write(bindgen, wasm, out_dir, out_name)
}

fn write(bindgen: &mut Bindgen, wasm: &Path, out_dir: &Path, out_name: &str) -> Result<()> {
    bindgen
        .input_path(wasm)
        .out_name(out_name)
        .generate(out_dir)
        .with_context(|| format!("cannot generate the bindings of {}", wasm.display()))
}
