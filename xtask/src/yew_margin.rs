//! What the Yew components cost: an application with a form beside one of nothing but Yew.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::npm::Npm;
use crate::optimize;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// The module and the script of each application, as one would publish them.
pub(crate) struct Applications {
    pub(crate) empty: [PathBuf; 2],
    pub(crate) with_form: [PathBuf; 2],
}

pub(crate) fn measure(workspace: &Workspace, tools: &Tools, npm: &Npm) -> Result<Applications> {
    let mut build = workspace.cargo(&["build", "--locked", "-p", "pantoken-yew", "--examples"]);
    build.args(["--features", "yew/csr"]);
    command::run(build.args(["--profile", "web", "--target", "wasm32-unknown-unknown"]))?;
    let publish = |name| publish(workspace, tools, npm, name);
    Ok(Applications {
        empty: publish("empty")?,
        with_form: publish("session_form")?,
    })
}

fn publish(workspace: &Workspace, tools: &Tools, npm: &Npm, name: &str) -> Result<[PathBuf; 2]> {
    let examples = "wasm32-unknown-unknown/web/examples";
    let module = workspace.target().join(examples).join(name);
    let folder = workspace.scratch(&format!("yew-{name}"))?;
    bind(tools, &module.with_extension("wasm"), &folder)?;
    let [wasm, script] = [format!("{name}_bg.wasm"), format!("{name}.js")];
    let small = [&wasm, &script].map(|file| folder.join(format!("small-{file}")));
    let (wasm, script) = (folder.join(wasm), folder.join(script));
    optimize::module_and_script(npm, &wasm, &small[0], &script, &small[1])?;
    Ok(small)
}

fn bind(tools: &Tools, module: &Path, folder: &Path) -> Result<()> {
    let mut bindgen = Command::new("wasm-bindgen");
    bindgen
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .args([folder, module]);
    tools.on_path_of(&mut bindgen)?;
    command::run(&mut bindgen)
}
