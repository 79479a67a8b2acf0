//! The tools that are no part of the Rust toolchain: found, or installed once per user.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::workspace::Workspace;

const TRUNK_VERSION: &str = "0.21.14";
const GECKODRIVER_VERSION: &str = "0.37.1";
const CARGO_DENY_VERSION: &str = "0.20.2";
const CARGO_HACK_VERSION: &str = "0.6.46";
const CARGO_SBOM_VERSION: &str = "0.10.0";
const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The folders to put before PATH, so that the tools are found there.
pub(crate) struct Tools {
    folders: Vec<PathBuf>,
}

impl Tools {
    /// Finds the wasm target, wasm-bindgen and trunk; installs those that are missing.
    pub(crate) fn find_or_install(workspace: &Workspace) -> Result<Self> {
        find_or_add_wasm_target()?;
        let tools = [wasm_bindgen(workspace)?, trunk()];
        let mut folders = Vec::new();
        for tool in tools {
            folders.extend(tool.find_or_install(workspace)?);
        }
        Ok(Self { folders })
    }

    /// Lets a command find the tools by name.
    pub(crate) fn on_path_of(&self, command: &mut Command) -> Result<()> {
        command::prepend_to_path(command, &self.folders)
    }
}

/// Finds the driver of Firefox, or installs it: Debian has no package of it.
pub(crate) fn geckodriver(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(path) = env::var_os("GECKODRIVER").filter(|value| !value.is_empty()) {
        return Ok(PathBuf::from(path));
    }
    Tool::locked("geckodriver", GECKODRIVER_VERSION).binary(workspace)
}

/// Finds what judges the dependencies' licences, sources and advisories, or installs it.
pub(crate) fn cargo_deny(workspace: &Workspace) -> Result<PathBuf> {
    Tool::locked("cargo-deny", CARGO_DENY_VERSION).binary(workspace)
}

/// Finds what writes bills of materials, or installs it.
pub(crate) fn cargo_sbom(workspace: &Workspace) -> Result<PathBuf> {
    Tool::locked("cargo-sbom", CARGO_SBOM_VERSION).binary(workspace)
}

/// Finds what checks a package with each of its features, or installs it: the folder to put before PATH.
pub(crate) fn cargo_hack(workspace: &Workspace) -> Result<PathBuf> {
    let tool = Tool {
        // It answers only as a subcommand of cargo's.
        version_arguments: &["hack", "--version"],
        ..Tool::locked("cargo-hack", CARGO_HACK_VERSION)
    };
    let binary = tool.binary(workspace)?;
    let folder = binary.parent().context("cargo-hack is in no folder")?;
    Ok(folder.to_owned())
}

pub(crate) fn find_or_add_wasm_target() -> Result<()> {
    let output = command::capture(Command::new("rustc").args(["--print", "sysroot"]))?;
    let sysroot = String::from_utf8_lossy(&output.stdout);
    let target = Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(WASM_TARGET);
    if target.is_dir() {
        eprintln!("  {WASM_TARGET}: present");
        return Ok(());
    }
    if command::on_path("rustup").is_none() {
        bail!(
            "the target {WASM_TARGET} is missing from {}, and there is no rustup to add it: \
             install the package of your system that holds it, or rustup",
            sysroot.trim()
        );
    }
    eprintln!("  {WASM_TARGET}: adding it");
    command::run(Command::new("rustup").args(["target", "add", WASM_TARGET]))
}

struct Tool {
    package: &'static str,
    binaries: Vec<&'static str>,
    version: String,
    version_arguments: &'static [&'static str],
    options: &'static [&'static str],
}

/// Its version must be that of the library: they share a format that has no other version number.
fn wasm_bindgen(workspace: &Workspace) -> Result<Tool> {
    Ok(Tool {
        package: "wasm-bindgen-cli",
        binaries: vec!["wasm-bindgen", "wasm-bindgen-test-runner"],
        version: workspace.locked_version("wasm-bindgen")?,
        version_arguments: &["--version"],
        // Not --locked: its lock file names a version that its registry has withdrawn.
        options: &[],
    })
}

fn trunk() -> Tool {
    Tool {
        options: &["--locked", "--no-default-features", "--features", "rustls"],
        ..Tool::locked("trunk", TRUNK_VERSION)
    }
}

impl Tool {
    /// A tool of one binary, with the dependencies that its own lock file names.
    fn locked(package: &'static str, version: &str) -> Self {
        Self {
            package,
            binaries: vec![package],
            version: version.to_owned(),
            version_arguments: &["--version"],
            options: &["--locked"],
        }
    }

    /// The folder of its binaries, or none when PATH has them already.
    fn find_or_install(&self, workspace: &Workspace) -> Result<Option<PathBuf>> {
        let Self {
            package, version, ..
        } = self;
        if self.is_whole(command::on_path) {
            eprintln!("  {package} {version}: on PATH");
            return Ok(None);
        }
        let folder = self::folder()?.join(format!("{package}-{version}"));
        if self.is_in(&folder) {
            eprintln!("  {package} {version}: present");
        } else {
            eprintln!(
                "  {package} {version}: installing it, once for this user; this takes up to 10 minutes"
            );
            self.install(workspace, &folder)?;
        }
        Ok(Some(folder.join("bin")))
    }

    /// Where its one binary is.
    fn binary(&self, workspace: &Workspace) -> Result<PathBuf> {
        let name = self.package;
        let path = match self.find_or_install(workspace)? {
            Some(folder) => Some(folder.join(name)),
            None => command::on_path(name),
        };
        path.map(|path| path.with_extension(env::consts::EXE_EXTENSION))
            .with_context(|| format!("{name} was on PATH, and is there no more"))
    }

    /// Installs beside the final folder, so that a broken install is not taken for a whole one.
    fn install(&self, workspace: &Workspace, folder: &Path) -> Result<()> {
        let partial = folder.with_file_name(format!(
            "{}-{}.partial-{}",
            self.package,
            self.version,
            std::process::id()
        ));
        command::run(&mut self.install_command(workspace, &partial))?;
        if !self.is_in(&partial) {
            bail!("{} was installed, and does not run", self.package);
        }
        if self.is_in(folder) {
            // Another checkout has installed it meanwhile.
            return remove(&partial);
        }
        if folder.exists() {
            remove(folder)?;
        }
        fs::rename(&partial, folder).with_context(|| format!("cannot make {}", folder.display()))
    }

    fn install_command(&self, workspace: &Workspace, root: &Path) -> Command {
        let mut command = workspace.cargo(&["install", self.package, "--version", &self.version]);
        command.args(self.options).arg("--root").arg(root);
        // A tool that runs for seconds need not be compiled for minutes.
        command
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        command
    }

    fn is_in(&self, folder: &Path) -> bool {
        self.is_whole(|binary| {
            let path = folder.join("bin").join(binary);
            Some(path.with_extension(env::consts::EXE_EXTENSION))
        })
    }

    fn is_whole(&self, path_of: impl Fn(&str) -> Option<PathBuf>) -> bool {
        let expected = |path: PathBuf| {
            version_of(&path, self.version_arguments).as_deref() == Some(&self.version)
        };
        self.binaries
            .iter()
            .all(|binary| path_of(binary).is_some_and(expected))
    }
}

fn remove(folder: &Path) -> Result<()> {
    fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))
}

/// Where tools are installed, once per user.
pub(crate) fn folder() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("PANTOKEN_TOOLS").filter(|value| !value.is_empty()) {
        return std::path::absolute(folder).context("PANTOKEN_TOOLS names no folder");
    }
    let cache = match env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()) {
        Some(cache) => PathBuf::from(cache),
        None => env::home_dir()
            .context("this user has no home folder: name a folder for tools in PANTOKEN_TOOLS")?
            .join(".cache"),
    };
    Ok(cache.join("pantoken").join("tools"))
}

/// The second word of what it prints when it is asked for its version, if the file is there and runs.
fn version_of(binary: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(binary).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().nth(1).map(str::to_owned)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn tool(version: &str) -> Tool {
        Tool::locked("trunk", version)
    }

    fn folder_with_trunk(script: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        // Written by another process: a test beside this one may fork while the file is open here,
        // and a file that is open for writing cannot be run.
        let write =
            "mkdir bin && printf '#!/bin/sh\\n%s\\n' \"$1\" >bin/trunk && chmod +x bin/trunk";
        let status = Command::new("sh")
            .args(["-c", write, "sh", script])
            .current_dir(folder.path())
            .status();
        assert!(status.unwrap().success());
        folder
    }

    #[test]
    fn a_tool_of_another_version_is_not_taken_for_the_right_one() {
        let folder = folder_with_trunk("echo trunk 0.21.14");
        assert!(tool("0.21.14").is_in(folder.path()));
        assert!(!tool("0.22.1").is_in(folder.path()));
    }

    #[test]
    fn a_tool_that_does_not_run_is_installed_again() {
        let broken = folder_with_trunk("exit 1");
        assert!(!tool("0.21.14").is_in(broken.path()));
        let empty = tempfile::tempdir().unwrap();
        assert!(!tool("0.21.14").is_in(empty.path()));
    }
}
