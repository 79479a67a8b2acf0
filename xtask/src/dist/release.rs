//! What a release is made of, and for which systems.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use fs_err as fs;

use crate::command;
use crate::tools::{ARM_TARGET, CARGO_ZIGBUILD, INTEL_TARGET, QEMU, Tools};
use crate::workspace::Workspace;

/// A system that the programs are built for. They need no library of it.
pub(super) struct Platform {
    /// Rust's name.
    pub(super) target: &'static str,
    /// The part of the archive's name that says what it is for.
    pub(super) name: &'static str,
    /// The name that Debian and images have for the processor.
    pub(super) processor: &'static str,
    /// QEMU's program that runs the programs on another processor.
    pub(super) emulator: &'static str,
}

pub(super) const PLATFORMS: [Platform; 2] = [
    Platform {
        target: INTEL_TARGET,
        name: "linux-x86_64",
        processor: "amd64",
        emulator: "qemu-x86_64-static",
    },
    Platform {
        target: ARM_TARGET,
        name: "linux-aarch64",
        processor: "arm64",
        emulator: "qemu-aarch64-static",
    },
];

impl Platform {
    /// Returns the platform whose programs this machine can run.
    pub(super) fn own() -> Result<&'static Self> {
        let platform = PLATFORMS.iter().find(|platform| platform.is_own());
        platform.context("a release is built on Linux, on x86_64 or aarch64")
    }

    pub(super) fn is_own(&self) -> bool {
        self.name == format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
    }
}

/// A release that is being built.
pub(super) struct Release {
    pub(super) platforms: Vec<&'static Platform>,
    pub(super) workspace: Workspace,
    pub(super) tools: Tools,
    /// `dist/release`, which is empty at first.
    pub(super) folder: PathBuf,
    /// The time of the commit, in seconds since the Unix epoch: every file has it, so that everybody who builds
    /// the same commit gets the same bytes.
    pub(super) time: String,
    /// The same time in RFC 3339.
    pub(super) created: String,
}

impl Release {
    /// All packages of the workspace have one version.
    pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

    /// Finds or installs the tools, and empties the folder of the release.
    pub(super) fn of(workspace: Workspace, platforms: &[&'static Platform]) -> Result<Self> {
        refuse_changes(&workspace)?;
        let mut names = vec![CARGO_ZIGBUILD, "curl", "dpkg", "skopeo", "umoci"];
        names.extend(platforms.iter().map(|platform| platform.target));
        if platforms.iter().any(|platform| !platform.is_own()) {
            names.push(QEMU);
        }
        let tools = Tools::find_or_install(&names)?;
        let folder = workspace.root().join("dist/release");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let mut commit = git(&workspace);
        commit.env("TZ", "UTC").args(["log", "-1"]);
        commit.args(["--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--format=%ct %cd"]);
        let commit = command::output(&mut commit)?;
        let (time, created) = commit
            .trim()
            .split_once(' ')
            .context("git prints two times")?;
        Ok(Self {
            platforms: platforms.to_vec(),
            workspace,
            tools,
            folder,
            time: time.to_owned(),
            created: created.to_owned(),
        })
    }

    /// Returns the folder of a platform's programs and documents, as archives and packages contain them.
    pub(super) fn staged(&self, platform: &Platform) -> Result<PathBuf> {
        let name = format!("pantoken-{}-{}", Self::VERSION, platform.name);
        Ok(self.workspace.scratch("dist")?.join(name))
    }

    /// Returns a platform's archive.
    pub(super) fn archive(&self, platform: &Platform) -> PathBuf {
        let name = format!("pantoken-{}-{}.tar.gz", Self::VERSION, platform.name);
        self.folder.join(name)
    }

    /// Returns a platform's Debian package.
    pub(super) fn package(&self, platform: &Platform) -> PathBuf {
        let name = format!("pantoken_{}_{}.deb", Self::VERSION, platform.processor);
        self.folder.join(name)
    }

    /// Returns the archive of an image for all platforms.
    pub(super) fn image(&self, name: &str) -> PathBuf {
        let name = format!("{name}-{}-image.tar", Self::VERSION);
        self.folder.join(name)
    }
}

/// A release is what its commit says. Cargo would refuse to package changed files too, an hour later.
fn refuse_changes(workspace: &Workspace) -> Result<()> {
    let changes = command::output(git(workspace).args(["status", "--porcelain"]))?;
    ensure!(
        changes.is_empty(),
        "a release is built from a commit, and these files differ from it; commit or stash them:\n{changes}"
    );
    Ok(())
}

pub(super) fn git(workspace: &Workspace) -> Command {
    let mut git = Command::new("git");
    git.current_dir(workspace.root());
    git
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::dist::licences;
    use crate::dist::programs::{FILES, PROGRAMS};

    /// Returns a release in the folder, whose programs are only their own names.
    pub(in crate::dist) fn release_of_names(folder: &std::path::Path) -> Release {
        let workspace = Workspace::find().unwrap();
        let release = Release {
            platforms: PLATFORMS.iter().collect(),
            workspace: workspace.copied_to(folder),
            tools: Tools::find_or_install(&[]).unwrap(),
            folder: folder.join("dist/release"),
            time: "1700000000".to_owned(),
            created: "2023-11-14T22:13:20Z".to_owned(),
        };
        let copy = |file: &str, to: &std::path::Path| {
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(workspace.root().join(file), to).unwrap();
        };
        fs::create_dir_all(&release.folder).unwrap();
        copy("deploy/Dockerfile", &folder.join("deploy/Dockerfile"));
        for script in ["postinst", "postrm", "prerm"] {
            let script = format!("deploy/debian/{script}");
            copy(&script, &folder.join(&script));
        }
        for platform in &PLATFORMS {
            let staged = release.staged(platform).unwrap();
            for file in FILES {
                copy(file, &staged.join(file));
            }
            for folder in ["man", "completions", licences::FOLDER] {
                fs::create_dir_all(staged.join(folder)).unwrap();
            }
            for file in licences::FILES {
                fs::write(staged.join(licences::FOLDER).join(file), file).unwrap();
            }
            for program in PROGRAMS {
                for file in [
                    program.to_owned(),
                    format!("man/{program}.1"),
                    format!("completions/{program}.bash"),
                    format!("completions/_{program}"),
                    format!("completions/{program}.fish"),
                ] {
                    fs::write(staged.join(file), program).unwrap();
                }
            }
        }
        release
    }

    /// Whoever releases sets the version in each of these.
    #[test]
    fn the_guide_and_the_deployment_name_this_version() {
        let guide = include_str!("../../../docs/install.md");
        let compose = include_str!("../../../deploy/compose.yaml");
        let dockerfile = include_str!("../../../deploy/Dockerfile");
        let version = Release::VERSION;
        for (text, named) in [
            (guide, format!("`pantoken-{version}-linux-x86_64.tar.gz`")),
            (guide, format!("`pantoken_{version}_amd64.deb`")),
            (guide, format!("`pantoken-{version}-image.tar`")),
            (guide, format!("`pantoken-{version}.tgz`")),
            (compose, format!("image: pantoken:{version}\n")),
            (compose, format!("image: pantoken-sandbox:{version}\n")),
            (dockerfile, format!("\nARG VERSION={version}\n")),
        ] {
            assert!(text.contains(&named), "{named}");
        }
    }
}
