//! What the Yew components cost: an application with a form beside one of nothing but Yew.

use std::path::PathBuf;

use anyhow::Result;

use crate::command;
use crate::npm::Npm;
use crate::optimize;
use crate::wasm_bindgen;
use crate::workspace::Workspace;

/// The module and the script of each application, as one would publish them.
pub(crate) struct Applications {
    pub(crate) empty: [PathBuf; 2],
    pub(crate) with_form: [PathBuf; 2],
}

pub(crate) fn measure(workspace: &Workspace, npm: &Npm) -> Result<Applications> {
    let mut build = workspace.cargo(&["build", "--locked", "-p", "pantoken-yew", "--examples"]);
    build.args(["--features", "yew/csr"]);
    command::run(build.args(["--profile", "web", "--target", "wasm32-unknown-unknown"]))?;
    let publish = |name| publish(workspace, npm, name);
    Ok(Applications {
        empty: publish("empty")?,
        with_form: publish("session_form")?,
    })
}

/// As `trunk build --release` does it with `data-wasm-opt`: the module optimized, the script as it is.
fn publish(workspace: &Workspace, npm: &Npm, name: &str) -> Result<[PathBuf; 2]> {
    let examples = "wasm32-unknown-unknown/web/examples";
    let module = workspace.target().join(examples).join(name);
    let folder = workspace.scratch(&format!("yew-{name}"))?;
    wasm_bindgen::generate(&module.with_extension("wasm"), &folder, name)?;
    let wasm = folder.join(format!("{name}_bg.wasm"));
    let small = folder.join(format!("small-{name}_bg.wasm"));
    optimize::module(npm, &wasm, &small, optimize::WASM_FEATURES)?;
    Ok([small, folder.join(format!("{name}.js"))])
}
