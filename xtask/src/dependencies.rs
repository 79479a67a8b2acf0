//! What comes in with the dependencies, held against `deny.toml`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::tools;
use crate::workspace::Workspace;

/// Licences, bans and sources always; known weaknesses where the database of them can be had.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let deny = Deny {
        workspace,
        program: tools::cargo_deny(workspace)?,
    };
    command::run(&mut deny.command(&["check", "bans", "licenses", "sources"]))?;
    if deny.has_advisories()? {
        let check = ["check", "--disable-fetch", "advisories"];
        return command::run(&mut deny.command(&check));
    }
    eprintln!(
        "  advisories: NOT CHECKED, because https://github.com/RustSec/advisory-db cannot be fetched"
    );
    Ok(())
}

struct Deny<'a> {
    workspace: &'a Workspace,
    program: PathBuf,
}

impl Deny<'_> {
    /// Fetches the database of advisories.
    fn has_advisories(&self) -> Result<bool> {
        let fetch = command::capture(&mut self.command(&["fetch", "db"]))?;
        Ok(fetch.status.success())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(self.workspace.root())
            .arg("--locked")
            .args(arguments);
        command
    }
}
