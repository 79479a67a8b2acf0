//! The sources of this checkout in another folder, for builds that must not touch it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::command;
use crate::workspace::Workspace;

/// Copies all that git keeps or would keep; the folder is gone when it is dropped.
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
        let source = workspace.root().join(file);
        // One that was deleted, and not yet for git.
        if source.is_file() {
            copy_file(&source, &folder.path().join(file))?;
        }
    }
    Ok(folder)
}

fn copy_file(source: &Path, target: &Path) -> Result<()> {
    let parent = target.parent().context("a file is in a folder")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    fs::copy(source, target).with_context(|| format!("cannot copy {}", source.display()))?;
    Ok(())
}
