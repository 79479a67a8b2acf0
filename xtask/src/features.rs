//! Each published package alone, without features and with each of them alone: in the whole workspace
//! a package may live on what another one asks for.

use anyhow::Result;

use crate::command;
use crate::published;
use crate::workspace::Workspace;

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    for package in published::packages(workspace)? {
        let check = ["check", "--locked", "-p", &package.name];
        command::run(workspace.cargo(&check).arg("--no-default-features"))?;
        for feature in &package.features {
            let alone = ["--no-default-features", "--features", feature];
            command::run(workspace.cargo(&check).args(alone))?;
        }
    }
    Ok(())
}
