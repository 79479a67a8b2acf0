//! The programs for each platform, linked with musl, with their manuals and completions.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use fs_err as fs;

use super::{PLATFORMS, Platform, Release};
use crate::command;

pub(super) const PROGRAMS: [&str; 2] = ["pantoken", "pantoken-sandbox"];
/// What comes with the programs, from the root folder.
const FILES: [&str; 7] = [
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "deploy/nginx.conf",
    "deploy/pantoken.service",
];

pub(super) fn build(release: &Release) -> Result<()> {
    for platform in &PLATFORMS {
        compile(release, platform)?;
        stage(release, platform)?;
    }
    // The descriptions do not depend on the platform, and this machine can run its own.
    for platform in &PLATFORMS {
        write_documents(release, &release.staged(platform)?)?;
    }
    Ok(())
}

/// Compiles for a platform with Zig as the C compiler and linker, which needs no toolchain of the platform.
fn compile(release: &Release, platform: &Platform) -> Result<()> {
    let mut build = release.workspace.cargo_line(
        "zigbuild --locked --release -p pantoken-server -p pantoken-sandbox --bins --target",
    );
    release.tools.lend_to(&mut build)?;
    // The path of a checkout is nobody's business, and would make two builds differ.
    let root = release.workspace.root().display().to_string();
    let flags = format!("-C strip=symbols --remap-path-prefix={root}=pantoken");
    command::run(build.arg(platform.target).env("RUSTFLAGS", flags))
}

fn stage(release: &Release, platform: &Platform) -> Result<()> {
    let staged = release.staged(platform)?;
    if staged.exists() {
        fs::remove_dir_all(&staged)?;
    }
    fs::create_dir_all(staged.join("deploy"))?;
    let built = release
        .workspace
        .target()
        .join(platform.target)
        .join("release");
    for program in PROGRAMS {
        fs::copy(built.join(program), staged.join(program))?;
    }
    for file in FILES {
        fs::copy(release.workspace.root().join(file), staged.join(file))?;
    }
    Ok(())
}

fn write_documents(release: &Release, folder: &Path) -> Result<()> {
    let own = release.staged(own_platform()?)?;
    command::run(
        Command::new(own.join("pantoken"))
            .arg("documents")
            .arg(folder),
    )?;
    let mut sandbox = Command::new(own.join("pantoken-sandbox"));
    command::run(sandbox.arg("--write-documents").arg(folder))
}

/// Returns the platform whose programs this machine can run.
pub(super) fn own_platform() -> Result<&'static Platform> {
    let own = format!("linux-{}", std::env::consts::ARCH);
    let platform = PLATFORMS.iter().find(|platform| platform.name == own);
    anyhow::Context::context(
        platform,
        "a release is built on Linux, on x86_64 or aarch64",
    )
}
