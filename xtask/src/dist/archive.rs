//! An archive of a platform's programs and documents, the same to the byte for the same commit.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::{Platform, Release};
use crate::command;

pub(super) fn pack(release: &Release, platform: &Platform) -> Result<()> {
    let staged = release.staged(platform)?;
    let name = staged.file_name().context("a folder has a name")?;
    let archive = release.folder.join(name).with_added_extension("tar.gz");
    tar(release, &archive, &staged)
}

/// Packs a folder with sorted names, without owners, and with the time of the commit.
fn tar(release: &Release, archive: &Path, folder: &Path) -> Result<()> {
    let parent = folder.parent().context("a folder is in a folder")?;
    let name = folder.file_name().context("a folder has a name")?;
    let mut tar = Command::new("tar");
    tar.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner"])
        .args(["--format=gnu", "--mode=go=rX,u+rw,a-s"])
        .arg(format!("--mtime=@{}", release.time))
        .args(["--use-compress-program=gzip -9 -n", "--create", "--file"])
        .arg(archive)
        .arg("--directory")
        .arg(parent)
        .arg(name);
    command::run(&mut tar)
}
