//! npm, and its tools that make a module and its script small.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::tools::Tools;

/// Binaryen and esbuild.
pub(crate) struct Npm {
    tools: Tools,
}

impl Npm {
    /// Finds the tools, or installs them.
    pub(crate) fn find_or_install() -> Result<Self> {
        let tools = Tools::find_or_install(&["node", "npm", "binaryen", "esbuild"])?;
        Ok(Self { tools })
    }

    /// A command that runs `wasm-opt`, `wasm-metadce` or `esbuild`.
    pub(crate) fn command(&self, name: &str) -> Command {
        let path = self.tools.path(name);
        Command::new(path.unwrap_or_else(|_| name.into()))
    }
}

/// Installs exactly what a project depends on, and runs none of its scripts.
pub(crate) fn install(project: &Path) -> Result<()> {
    command::run(&mut npm(
        project,
        "ci --ignore-scripts --no-audit --no-fund --prefer-offline",
    ))
}

/// Returns a command of npm in this folder.
pub(crate) fn npm(folder: &Path, arguments: &str) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(folder).args(arguments.split(' '));
    npm
}
