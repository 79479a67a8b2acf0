//! This checkout, and cargo in it.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand};
use fs_err as fs;

use crate::command;

/// The packages that are compiled for a browser.
const PACKAGES_OF_A_PAGE: &str = "-p pantoken-core -p pantoken-a2c -p pantoken-widget \
                                  -p pantoken-element -p pantoken-yew -p pantoken-demo";

/// What tells programs that make backups to leave a folder out. Source: the Cache Directory Tagging Specification.
const CACHE_FOLDER: &str = "Signature: 8a477f597d28d172789f06886806bc55\n";

/// The root folder of this checkout, and the folder in which its binaries are built.
pub(crate) struct Workspace {
    root: PathBuf,
    binaries: PathBuf,
    cargo: OsString,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        let package = env::var_os("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`")?;
        let root = Path::new(&package)
            .parent()
            .context("xtask is not in a workspace")?;
        // Cargo puts all binaries of one profile side by side, wherever the target folder is.
        let own = env::current_exe().context("cannot tell where this binary is")?;
        Ok(Self {
            root: root.to_owned(),
            binaries: own
                .parent()
                .context("this binary is in no folder")?
                .to_owned(),
            cargo: env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        })
    }

    /// Returns a copy of this checkout in another folder, which builds there.
    pub(crate) fn copied_to(&self, root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            binaries: root.join("target/debug"),
            cargo: self.cargo.clone(),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the path of a binary of the workspace, which may not be built yet.
    pub(crate) fn binary(&self, name: &str) -> PathBuf {
        self.binaries
            .join(name)
            .with_extension(env::consts::EXE_EXTENSION)
    }

    /// Returns the path of a binary of the workspace, built for release.
    pub(crate) fn release_binary(&self, name: &str) -> PathBuf {
        let path = self.target().join("release").join(name);
        path.with_extension(env::consts::EXE_EXTENSION)
    }

    pub(crate) fn target(&self) -> &Path {
        self.binaries.parent().unwrap_or(&self.binaries)
    }

    /// Returns a folder below the target folder for files that a task writes, and creates it.
    pub(crate) fn scratch(&self, name: &str) -> Result<PathBuf> {
        let folder = self.target().join(name);
        fs::create_dir_all(&folder)?;
        self.mark_target()?;
        Ok(folder)
    }

    /// Marks the target folder as cargo does, which marks only a folder that it has created. The server's build script
    /// looks for the element in the folder that is marked.
    fn mark_target(&self) -> Result<()> {
        let mark = self.target().join("CACHEDIR.TAG");
        if !mark.exists() {
            fs::write(mark, CACHE_FOLDER)?;
        }
        Ok(())
    }

    /// Returns the folder of the toolchain that builds this checkout.
    pub(crate) fn sysroot(&self) -> Result<PathBuf> {
        let mut rustc = Command::new("rustc");
        let sysroot = command::output(rustc.current_dir(&self.root).arg("--print=sysroot"))?;
        Ok(sysroot.trim().into())
    }

    /// Returns a cargo command in the root folder, without what cargo says to this package: crates whose
    /// build looks at that would be compiled again whenever cargo is called without xtask.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.cargo);
        command.current_dir(&self.root).args(arguments);
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        command
    }

    /// Returns a cargo command whose arguments are written as in a shell, without quotes.
    pub(crate) fn cargo_line(&self, arguments: &str) -> Command {
        self.cargo(&arguments.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs a cargo command whose arguments are written as in a shell, without quotes.
    pub(crate) fn run_cargo(&self, arguments: &str) -> Result<()> {
        command::run(&mut self.cargo_line(arguments))
    }

    /// Returns a cargo command for all packages that are compiled for a browser.
    pub(crate) fn cargo_for_pages(&self, arguments: &str) -> Command {
        self.cargo_line(&format!(
            "{arguments} --target wasm32-unknown-unknown {PACKAGES_OF_A_PAGE}"
        ))
    }

    /// Returns the names of the packages that are published on crates.io.
    pub(crate) fn published(&self) -> Result<Vec<String>> {
        let Metadata { packages, .. } = MetadataCommand::new()
            .current_dir(&self.root)
            .no_deps()
            .exec()?;
        // A list of no registries is `publish = false`.
        let published = packages
            .into_iter()
            .filter(|package| package.publish.is_none());
        Ok(published.map(|package| package.name.to_string()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_folder_that_cargo_did_not_create_is_marked() {
        let root = tempfile::tempdir().unwrap();
        let copy = Workspace::find().unwrap().copied_to(root.path());
        let folder = copy.scratch("embedded-element").unwrap();
        assert!(folder.is_dir());
        let mark = fs::read_to_string(root.path().join("target/CACHEDIR.TAG")).unwrap();
        assert!(mark.starts_with("Signature: 8a477f597d28d172789f06886806bc55"));
    }
}
