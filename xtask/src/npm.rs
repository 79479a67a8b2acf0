//! The tools that come from npm: found in the folder of tools, or installed there once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::tools;

/// Binaryen's wasm-opt (a system's own may be too old for today's Rust), and a minifier of scripts.
const PACKAGES: [&str; 2] = ["binaryen@132.0.0", "esbuild@0.28.2"];

/// The folder of the tools' commands.
pub(crate) struct Npm {
    commands: PathBuf,
}

impl Npm {
    /// Finds the packages, or installs them at their exact versions.
    pub(crate) fn find_or_install() -> Result<Self> {
        Ok(Self {
            commands: modules(&PACKAGES)?.join(".bin"),
        })
    }

    /// A command of one of the packages.
    pub(crate) fn command(&self, name: &str) -> Command {
        Command::new(self.commands.join(name))
    }
}

/// The folder `node_modules` with these packages, which are installed at their exact versions if they
/// are missing.
pub(crate) fn modules(packages: &[&str]) -> Result<PathBuf> {
    find_node()?;
    let folder = tools::folder()?.join(packages.join("-"));
    if folder.is_dir() {
        eprintln!("  {}: present", packages.join(", "));
    } else {
        install(&folder, packages)?;
    }
    Ok(folder.join("node_modules"))
}

/// Fails where there is no Node.
pub(crate) fn find_node() -> Result<()> {
    for program in ["node", "npm"] {
        if command::on_path(program).is_none() {
            bail!(
                "{program} is not on PATH: install Node 20 or later, which brings npm \
                 (on Debian: `apt-get install nodejs npm`)"
            );
        }
    }
    Ok(())
}

/// Installs beside the final folder, so that a broken install is not taken for a whole one.
fn install(folder: &Path, packages: &[&str]) -> Result<()> {
    let mut partial = folder.as_os_str().to_owned();
    partial.push(format!(".partial-{}", std::process::id()));
    let partial = PathBuf::from(partial);
    fs::create_dir_all(&partial).with_context(|| format!("cannot make {}", partial.display()))?;
    let options = ["install", "--no-audit", "--no-fund", "--ignore-scripts"];
    let mut npm = Command::new("npm");
    npm.args(options).arg("--prefix").arg(&partial);
    command::run(npm.args(packages))?;
    if folder.exists() {
        // Another checkout has installed it meanwhile.
        return fs::remove_dir_all(&partial).context("cannot remove what was installed twice");
    }
    fs::rename(&partial, folder).with_context(|| format!("cannot make {}", folder.display()))
}
