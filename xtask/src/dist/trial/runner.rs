//! Runs the programs of a platform, under QEMU where this machine has another processor.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use fs_err as fs;

use crate::dist::release::{Platform, Release};
use crate::tools::QEMU;

/// Where the emulator is in a root folder.
const EMULATOR: &str = "emulator";

pub(super) struct Runner {
    emulator: Option<PathBuf>,
}

impl Runner {
    pub(super) fn of(release: &Release, platform: &Platform) -> Result<Self> {
        let emulator = match platform.is_own() {
            true => None,
            // All of them are in one folder.
            false => Some(release.tools.path(QEMU)?.with_file_name(platform.emulator)),
        };
        Ok(Self { emulator })
    }

    /// Returns a command that runs a program of the platform.
    pub(super) fn command(&self, program: &Path) -> Command {
        match &self.emulator {
            None => Command::new(program),
            Some(emulator) => {
                let mut command = Command::new(emulator);
                command.arg(program);
                command
            }
        }
    }

    /// Returns a command that runs a program in a root folder of its own, with no variable of this process, and as
    /// this user there. Without root's rights, the user is one of a user namespace.
    pub(super) fn in_root(
        &self,
        root: &Path,
        user: u32,
        folder: &str,
        program: &str,
    ) -> Result<Command> {
        let mut command = Command::new("unshare");
        command.env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command.arg("--root").arg(root).args(["--wd", folder]);
        match is_root()? {
            true => command.args([format!("--setuid={user}"), format!("--setgid={user}")]),
            false => command.args([
                "--user".to_owned(),
                format!("--map-user={user}"),
                format!("--map-group={user}"),
            ]),
        };
        if let Some(emulator) = &self.emulator {
            let copy = root.join(EMULATOR);
            // One that runs cannot be replaced.
            if !copy.exists() {
                fs::copy(emulator, copy)?;
            }
            command.arg(Path::new("/").join(EMULATOR));
        }
        command.arg(program);
        Ok(command)
    }
}

/// Returns whether this process may do everything.
pub(super) fn is_root() -> Result<bool> {
    let own = tempfile::tempdir().context("cannot make a temporary folder")?;
    Ok(fs::metadata(own.path())?.uid() == 0)
}
