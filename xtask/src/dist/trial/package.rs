//! A Debian package installed by dpkg into an empty root folder.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use fs_err as fs;

use super::runner::{Runner, is_root};
use super::{has_files, shows_its_version};
use crate::command;
use crate::dist::programs::PROGRAMS;
use crate::dist::release::{Platform, Release};

const FILES: [&str; 17] = [
    "usr/bin/pantoken",
    "usr/bin/pantoken-sandbox",
    "usr/bin/pantoken-backup",
    "usr/lib/systemd/system/pantoken.service",
    "usr/lib/systemd/system/pantoken-backup.service",
    "usr/lib/systemd/system/pantoken-backup.timer",
    "usr/share/bash-completion/completions/pantoken",
    "usr/share/zsh/vendor-completions/_pantoken",
    "usr/share/fish/vendor_completions.d/pantoken.fish",
    "usr/share/man/man1/pantoken.1.gz",
    "usr/share/man/man1/pantoken-sandbox.1.gz",
    "usr/share/man/man1/pantoken-backup.1.gz",
    "usr/share/doc/pantoken/copyright",
    "usr/share/doc/pantoken/changelog.gz",
    "usr/share/doc/pantoken/licenses/crates.txt",
    "usr/share/doc/pantoken/README.md",
    "usr/share/doc/pantoken/examples/pantoken.toml",
];

pub(super) fn installs(release: &Release, platform: &Platform, runner: &Runner) -> Result<()> {
    let root = tempfile::tempdir()?;
    let root = root.path();
    let data = root.join("var/lib/dpkg");
    for folder in ["info", "updates", "triggers"] {
        fs::create_dir_all(data.join(folder))?;
    }
    fs::write(data.join("status"), "")?;
    let package = release.package(platform);
    let mut install = dpkg(root)?;
    // The package does not depend on anything of the system that it is installed in.
    install.args(["--force-architecture", "--install"]);
    command::run(install.arg(package))?;
    has_files(root, &FILES)?;
    for unit in ["pantoken", "pantoken-backup"] {
        let file = root.join("usr/lib/systemd/system").join(unit);
        let text = fs::read_to_string(file.with_added_extension("service"))?;
        let starts = format!("ExecStart=/usr/bin/{unit}");
        ensure!(
            text.contains(&starts),
            "{unit}.service starts another program"
        );
        ensure!(
            !text.contains("/usr/local/"),
            "{unit}.service names /usr/local"
        );
    }
    for program in PROGRAMS {
        let path = format!("/usr/bin/{program}");
        let mut command = runner.in_root(root, 65532, "/", &path)?;
        shows_its_version(&mut command, program)?;
    }
    // As `systemctl enable` does.
    let enabled = root.join("etc/systemd/system/multi-user.target.wants/pantoken.service");
    fs::create_dir_all(enabled.parent().context("a file is in a folder")?)?;
    fs::write(&enabled, "")?;
    command::run(dpkg(root)?.args(["--purge", "pantoken"]))?;
    ensure!(!enabled.exists(), "the package leaves its unit enabled");
    ensure!(
        !root.join("usr/bin/pantoken").exists(),
        "the package leaves its program"
    );
    Ok(())
}

/// Returns dpkg for another root folder. It runs the package's scripts here, because there is no shell there.
fn dpkg(root: &Path) -> Result<Command> {
    let mut dpkg = match is_root()? {
        true => Command::new("dpkg"),
        false => {
            let mut unshare = Command::new("unshare");
            unshare.args(["--map-root-user", "dpkg"]);
            unshare
        }
    };
    dpkg.arg("--root")
        .arg(root)
        .arg("--force-script-chrootless");
    dpkg.arg("--log=/dev/null");
    Ok(dpkg)
}
