//! Each published package and each of a page alone, without features, with each of them alone and with
//! all: in the whole workspace a package may live on what another one asks for.

use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::pages;
use crate::tools;
use crate::workspace::Workspace;

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    for mut check in with_each_feature(workspace, &["check"])? {
        command::run(&mut check)?;
    }
    Ok(())
}

/// As docs.rs would, which knows no workspace.
pub(crate) fn document(workspace: &Workspace) -> Result<()> {
    for mut document in with_each_feature(workspace, &["doc", "--no-deps"])? {
        command::run(document.env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    Ok(())
}

/// For the published packages here, and for those of a page in a browser.
fn with_each_feature(workspace: &Workspace, task: &[&str]) -> Result<[Command; 2]> {
    let folder = [tools::cargo_hack(workspace)?];
    let mut published = hack(workspace, task);
    published.args(["--workspace", "--ignore-private"]);
    let mut of_a_page = hack(workspace, task);
    pages::select(&mut of_a_page);
    let mut commands = [published, of_a_page];
    for command in &mut commands {
        command::prepend_to_path(command, &folder)?;
    }
    Ok(commands)
}

/// Not with `--no-dev-deps`, which rewrites the manifests while it runs: Cargo's resolver leaves the
/// features of the tests' dependencies out of what is not tested.
fn hack(workspace: &Workspace, task: &[&str]) -> Command {
    let mut command = workspace.cargo(&["hack"]);
    command.args(task).args(["--locked", "--each-feature"]);
    command
}
