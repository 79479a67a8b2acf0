//! The npm package once more from the sources alone, in another folder: the tarball must be the same
//! to the byte, so that anybody can tell what is in the published one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::checkout;
use crate::command;
use crate::element;
use crate::npm::Npm;
use crate::workspace::Workspace;

/// The package has to be built.
pub(crate) fn check(workspace: &Workspace, npm: &Npm) -> Result<()> {
    let copy = checkout::copy(workspace)?;
    let copied = workspace.copied_to(copy.path());
    let again = element::build(&copied, npm)?;
    let tarballs = tempfile::tempdir().context("cannot make a temporary folder")?;
    let first = pack(&element::package(workspace), &tarballs.path().join("1"))?;
    let second = pack(&again, &tarballs.path().join("2"))?;
    if first != second {
        bail!("two builds of the same sources in two folders make two different npm packages");
    }
    Ok(())
}

/// The bytes of the package's tarball.
fn pack(package: &Path, folder: &Path) -> Result<Vec<u8>> {
    fs::create_dir(folder).context("cannot make a temporary folder")?;
    let mut npm = Command::new("npm");
    npm.arg("pack")
        .arg(package)
        .arg("--silent")
        .current_dir(folder);
    let name = command::output(&mut npm)?;
    let file: PathBuf = folder.join(name.trim());
    fs::read(&file).with_context(|| format!("cannot read {}", file.display()))
}
