//! The tools from npm that make a module and its script small.

use std::process::Command;

use anyhow::Result;

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
