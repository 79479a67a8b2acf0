use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// This checkout: its root folder, and the folder in which its binaries are built.
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
        let binaries = own.parent().context("this binary is in no folder")?;
        Ok(Self {
            root: root.to_owned(),
            binaries: binaries.to_owned(),
            cargo: env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        })
    }

    /// A copy of it in another folder, which builds there.
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

    /// Where a binary of the workspace is once it is built.
    pub(crate) fn binary(&self, name: &str) -> PathBuf {
        self.binaries
            .join(name)
            .with_extension(env::consts::EXE_EXTENSION)
    }

    /// Where a binary of the workspace is once it is built for release.
    pub(crate) fn release_binary(&self, name: &str) -> PathBuf {
        self.target()
            .join("release")
            .join(name)
            .with_extension(env::consts::EXE_EXTENSION)
    }

    /// The target folder.
    pub(crate) fn target(&self) -> &Path {
        self.binaries.parent().unwrap_or(&self.binaries)
    }

    /// A folder beneath the target folder for files that a task writes; made when it is missing.
    pub(crate) fn scratch(&self, name: &str) -> Result<PathBuf> {
        let folder = self.target().join(name);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }

    /// A cargo command in the root folder. It does not see what cargo says of this package, or crates
    /// whose build looks at that would be compiled anew whenever cargo is called in the other way.
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

    /// The version of a package in Cargo.lock.
    pub(crate) fn locked_version(&self, package: &str) -> Result<String> {
        let path = self.root.join("Cargo.lock");
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        version_in_lock(&text, package)
            .with_context(|| format!("{} names no package {package}", path.display()))
    }
}

fn version_in_lock(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?;
    Some(version.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_version_is_that_of_the_package_itself_not_of_one_whose_name_starts_alike() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.9\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(
            version_in_lock(lock, "wasm-bindgen").as_deref(),
            Some("0.2.130")
        );
        assert_eq!(version_in_lock(lock, "wasm"), None);
    }
}
