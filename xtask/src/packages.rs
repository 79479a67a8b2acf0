//! What would go to crates.io.

use anyhow::Result;

use crate::command;
use crate::published;
use crate::workspace::Workspace;

/// Makes the files of each published package in `target/package`; with `build` it compiles each from
/// its own file, as who depends on it would.
pub(crate) fn check(workspace: &Workspace, build: bool) -> Result<()> {
    // A developer tries it before the commit.
    let mut package = workspace.cargo(&["package", "--locked", "--allow-dirty"]);
    for published in published::packages(workspace)? {
        package.args(["-p", &published]);
    }
    if !build {
        package.arg("--no-verify");
    }
    command::run(&mut package)
}
