//! The sources of this checkout in another folder, for builds that must not touch it.

use std::process::Command;

use anyhow::{Context, Result};
use fs_err as fs;
use tempfile::TempDir;

use crate::command;
use crate::workspace::Workspace;

/// Copies every file that git tracks or would add. The folder is removed when it is dropped.
pub(crate) fn copy(workspace: &Workspace) -> Result<TempDir> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let mut list = Command::new("git");
    list.current_dir(workspace.root()).args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    for file in command::output(&mut list)?.lines() {
        let (source, target) = (workspace.root().join(file), folder.path().join(file));
        // Git lists a file that was deleted until the deletion is added.
        if source.is_file() {
            fs::create_dir_all(target.parent().context("a file is in a folder")?)?;
            fs::copy(source, target)?;
        }
    }
    Ok(folder)
}
