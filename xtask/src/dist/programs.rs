//! The programs for each platform, linked with musl, with their manuals and completions.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use fs_err as fs;

use super::licences;
use super::release::{Platform, Release};
use crate::command;

pub(super) const PROGRAMS: [&str; 2] = ["pantoken", "pantoken-sandbox"];
/// What comes with the programs, from the root folder.
pub(super) const FILES: [&str; 11] = [
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "deploy/nginx.conf",
    "deploy/pantoken-backup",
    "deploy/pantoken-backup.service",
    "deploy/pantoken-backup.timer",
    "deploy/pantoken.service",
    "deploy/pantoken.toml",
];

const BACKUP_MANUAL: &str = "pantoken-backup.1";

pub(super) fn build(release: &Release) -> Result<()> {
    for platform in &release.platforms {
        compile(release, platform)?;
        stage(release, platform)?;
    }
    // The descriptions do not depend on the platform, and this machine can run its own.
    for platform in &release.platforms {
        write_documents(release, &release.staged(platform)?)?;
    }
    Ok(())
}

/// Returns the folders of this machine that no program may name: what was built where is nobody's business, and would make
/// two builds differ. Each has the name that the programs have for it.
pub(super) fn private_folders(release: &Release) -> Result<[(PathBuf, String); 3]> {
    let cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let cargo = cargo.context("this user has no home folder: set CARGO_HOME")?;
    let root = release.workspace.root().to_owned();
    let mut version = Command::new("rustc");
    let version = command::output(version.current_dir(&root).arg("-vV"))?;
    let commit = version
        .lines()
        .find_map(|line| line.strip_prefix("commit-hash: "));
    let commit = commit.context("rustc does not say of which commit it is")?;
    // The name that the standard library has in a toolchain without the component rust-src.
    let library = release.workspace.sysroot()?.join("lib/rustlib/src/rust");
    Ok([
        (cargo, "cargo".to_owned()),
        (root, "pantoken".to_owned()),
        (library, format!("/rustc/{commit}")),
    ])
}

/// Compiles for a platform with Zig as the C compiler and linker, which needs no toolchain of the platform.
fn compile(release: &Release, platform: &Platform) -> Result<()> {
    let mut build = release.workspace.cargo_line(
        "zigbuild --locked --release -p pantoken-server -p pantoken-sandbox --bins --target",
    );
    release.tools.lend_to(&mut build)?;
    let mut flags = "-C strip=symbols".to_owned();
    for (folder, name) in private_folders(release)? {
        flags += &format!(" --remap-path-prefix={}={name}", folder.display());
    }
    command::run(build.arg(platform.target).env("RUSTFLAGS", flags))
}

fn stage(release: &Release, platform: &Platform) -> Result<()> {
    let staged = release.staged(platform)?;
    if staged.exists() {
        fs::remove_dir_all(&staged)?;
    }
    fs::create_dir_all(staged.join("deploy"))?;
    let built = release.workspace.target().join(platform.target);
    for program in PROGRAMS {
        fs::copy(built.join("release").join(program), staged.join(program))?;
    }
    for file in FILES {
        fs::copy(release.workspace.root().join(file), staged.join(file))?;
    }
    // The programs write their own manuals into the same folder later.
    let manuals = staged.join("man");
    fs::create_dir_all(&manuals)?;
    let manual = release.workspace.root().join("deploy").join(BACKUP_MANUAL);
    fs::copy(manual, manuals.join(BACKUP_MANUAL))?;
    licences::write(release, platform, &staged.join(licences::FOLDER))
}

fn write_documents(release: &Release, folder: &Path) -> Result<()> {
    let own = release.staged(Platform::own()?)?;
    let mut server = Command::new(own.join("pantoken"));
    command::run(server.arg("documents").arg(folder))?;
    let mut sandbox = Command::new(own.join("pantoken-sandbox"));
    command::run(sandbox.arg("--write-documents").arg(folder))
}
