//! `cargo xtask dist`: everything that a release consists of, into `dist/release`.

mod archive;
mod debian;
mod programs;
mod trial;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use fs_err as fs;

use crate::command;
use crate::element;
use crate::npm::Npm;
use crate::sbom;
use crate::steps::Steps;
use crate::tools::{ARM_TARGET, CARGO_ZIGBUILD, INTEL_TARGET, Tools};
use crate::workspace::Workspace;

/// A system that the programs are built for. They need no library of it.
struct Platform {
    /// Rust's name.
    target: &'static str,
    /// The part of the archive's name that says what it is for.
    name: &'static str,
    /// Debian's name.
    debian: &'static str,
}

const PLATFORMS: [Platform; 2] = [
    Platform {
        target: INTEL_TARGET,
        name: "linux-x86_64",
        debian: "amd64",
    },
    Platform {
        target: ARM_TARGET,
        name: "linux-aarch64",
        debian: "arm64",
    },
];

/// A release that is being built.
struct Release {
    workspace: Workspace,
    tools: Tools,
    /// `dist/release`, which is empty at first.
    folder: PathBuf,
    /// The time of the commit, in seconds since the Unix epoch: every file has it, so that everybody who builds
    /// the same commit gets the same bytes.
    time: String,
}

impl Release {
    /// All packages of the workspace have one version.
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    fn find() -> Result<Self> {
        let workspace = Workspace::find()?;
        let names = [CARGO_ZIGBUILD, INTEL_TARGET, ARM_TARGET, "dpkg"];
        let tools = Tools::find_or_install(&names)?;
        let folder = workspace.root().join("dist/release");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let mut time = Command::new("git");
        time.current_dir(workspace.root());
        let time = command::output(time.args(["log", "-1", "--format=%ct"]))?;
        Ok(Self {
            workspace,
            tools,
            folder,
            time: time.trim().to_owned(),
        })
    }

    /// Returns the folder of a platform's programs and documents, as archives and packages contain them.
    fn staged(&self, platform: &Platform) -> Result<PathBuf> {
        let name = format!("pantoken-{}-{}", Self::VERSION, platform.name);
        Ok(self.workspace.scratch("dist")?.join(name))
    }
}

pub(crate) fn run() -> Result<()> {
    let mut steps = Steps::of(9);
    let npm = steps.run("tools from npm", Npm::find_or_install)?;
    let release = steps.run("tools", Release::find)?;
    steps.run("element package", || pack_element(&release, &npm))?;
    steps.run("programs", || programs::build(&release))?;
    steps.run("archives", || {
        let mut platforms = PLATFORMS.iter();
        platforms.try_for_each(|platform| archive::pack(&release, platform))
    })?;
    steps.run("Debian packages", || {
        let mut platforms = PLATFORMS.iter();
        platforms.try_for_each(|platform| debian::pack(&release, platform))
    })?;
    steps.run("crates and bills of materials", || collect(&release))?;
    steps.run("checksums", || write_checksums(&release.folder))?;
    steps.run("trial", || trial::run(&release))?;
    println!("\nThe release is in {}.", release.folder.display());
    Ok(())
}

fn pack_element(release: &Release, npm: &Npm) -> Result<()> {
    let package = element::build(&release.workspace, npm)?;
    let mut pack = Command::new("npm");
    pack.current_dir(&release.folder).args(["pack", "--silent"]);
    command::run(pack.arg(package))
}

/// Copies what `cargo package` makes, and the bills of materials.
fn collect(release: &Release) -> Result<()> {
    let workspace = &release.workspace;
    let packages = workspace.published()?;
    let mut package = workspace.cargo_line("package --locked --no-verify");
    for name in &packages {
        package.args(["-p", name]);
    }
    command::run(&mut package)?;
    for name in &packages {
        let file = format!("{name}-{}.crate", Release::VERSION);
        let packed = workspace.target().join("package").join(&file);
        fs::copy(packed, release.folder.join(file))?;
    }
    sbom::write(workspace)?;
    for entry in fs::read_dir(workspace.root().join("dist/sbom"))? {
        let entry = entry?;
        fs::copy(entry.path(), release.folder.join(entry.file_name()))?;
    }
    Ok(())
}

/// Writes `SHA256SUMS`, which `sha256sum --check` reads.
fn write_checksums(folder: &Path) -> Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().into_string();
        names.push(
            name.ok()
                .context("a file of the release has a name in UTF-8")?,
        );
    }
    names.sort();
    let mut sums = Command::new("sha256sum");
    let sums = command::output(sums.current_dir(folder).args(names))?;
    Ok(fs::write(folder.join("SHA256SUMS"), sums)?)
}
