//! Python packages at exact versions: found in the folder of tools, or installed there once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;
use crate::debian;
use crate::tools;

/// A folder of packages, and the Python that they are for.
pub(crate) struct Python {
    folder: PathBuf,
}

impl Python {
    /// Finds the packages, or installs them; `whole` is a module that runs and prints its version when
    /// they are there and made for the Python that is there now.
    pub(crate) fn find_or_install(packages: &[&str], whole: &str) -> Result<Self> {
        if !has_pip() {
            let installed = debian::install(&["python3", "python3-pip"]);
            installed.context("the tests need Python 3.10 or later with pip: `python3 -m pip`")?;
        }
        let name = packages.join("-").replace("==", "-");
        let python = Self {
            folder: tools::folder()?.join(name),
        };
        let names = packages.join(", ");
        if python.runs(whole) {
            eprintln!("  {names}: present");
        } else {
            eprintln!("  {names}: installing, once for this user");
            install(&python.folder, packages)?;
        }
        Ok(python)
    }

    /// Python with the packages.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new("python3");
        command.env("PYTHONPATH", &self.folder);
        command
    }

    fn runs(&self, module: &str) -> bool {
        let output = self.command().args(["-m", module, "--version"]).output();
        self.folder.is_dir() && output.is_ok_and(|output| output.status.success())
    }
}

fn has_pip() -> bool {
    let mut pip = Command::new("python3");
    let output = pip.args(["-m", "pip", "--version"]).output();
    output.is_ok_and(|output| output.status.success())
}

/// Installs beside the final folder, so that a broken install is not taken for a whole one.
fn install(folder: &Path, packages: &[&str]) -> Result<()> {
    let mut partial = folder.as_os_str().to_owned();
    partial.push(format!(".partial-{}", std::process::id()));
    let partial = PathBuf::from(partial);
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet"])
        .args(["--no-warn-script-location", "--disable-pip-version-check"])
        .arg("--target")
        .arg(&partial)
        .args(packages);
    command::run(&mut pip)?;
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::rename(&partial, folder).with_context(|| format!("cannot make {}", folder.display()))
}
