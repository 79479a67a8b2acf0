//! A Debian package with the programs, their manuals and completions, and the systemd unit.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use fs_err as fs;

use super::programs::PROGRAMS;
use super::{Platform, Release};
use crate::command;

const DESCRIPTION: &str = "\
lets a merchant take payment cards without touching card numbers
 A server with an HTTP API that signs form URLs, keeps payment tokens and records
 every outcome exactly once, and a sandbox that plays the payment providers.";

pub(super) fn pack(release: &Release, platform: &Platform) -> Result<()> {
    let root = release.workspace.scratch("dist/deb")?.join(platform.debian);
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    install(release, &release.staged(platform)?, &root)?;
    fs::create_dir_all(root.join("DEBIAN"))?;
    fs::write(root.join("DEBIAN/control"), control(platform))?;
    let file = format!("pantoken_{}_{}.deb", Release::VERSION, platform.debian);
    let mut pack = Command::new("dpkg-deb");
    pack.args(["--root-owner-group", "-Zxz", "--build"])
        .arg(&root)
        .arg(release.folder.join(file))
        .env("SOURCE_DATE_EPOCH", &release.time);
    command::run(&mut pack)
}

fn control(platform: &Platform) -> String {
    format!(
        "Package: pantoken\nVersion: {}\nArchitecture: {}\nMaintainer: The pantoken authors\n\
         Section: net\nPriority: optional\nRecommends: ca-certificates\n\
         Homepage: {}\nDescription: {DESCRIPTION}\n",
        Release::VERSION,
        platform.debian,
        env!("CARGO_PKG_REPOSITORY"),
    )
}

/// Puts each file where Debian expects it.
fn install(release: &Release, staged: &Path, root: &Path) -> Result<()> {
    for program in PROGRAMS {
        copy(
            &staged.join(program),
            &root.join("usr/bin").join(program),
            0o755,
        )?;
        let bash = root
            .join("usr/share/bash-completion/completions")
            .join(program);
        copy(
            &staged.join(format!("completions/{program}.bash")),
            &bash,
            0o644,
        )?;
        let zsh = format!("_{program}");
        let folder = root.join("usr/share/zsh/vendor-completions");
        copy(
            &staged.join("completions").join(&zsh),
            &folder.join(&zsh),
            0o644,
        )?;
        let fish = format!("{program}.fish");
        let folder = root.join("usr/share/fish/vendor_completions.d");
        copy(
            &staged.join("completions").join(&fish),
            &folder.join(&fish),
            0o644,
        )?;
    }
    for page in fs::read_dir(staged.join("man"))? {
        let page = page?;
        let installed = root.join("usr/share/man/man1").join(page.file_name());
        copy(&page.path(), &installed, 0o644)?;
        let mut gzip = Command::new("gzip");
        command::run(gzip.args(["-9", "-n"]).arg(installed))?;
    }
    let documents = root.join("usr/share/doc/pantoken");
    for file in [
        "CHANGELOG.md",
        "README.md",
        "SECURITY.md",
        "deploy/nginx.conf",
    ] {
        let name = Path::new(file).file_name().unwrap_or_default();
        copy(&staged.join(file), &documents.join(name), 0o644)?;
    }
    let licences = ["LICENSE-MIT", "LICENSE-APACHE"].map(|file| staged.join(file));
    let copyright = [
        fs::read_to_string(&licences[0])?,
        fs::read_to_string(&licences[1])?,
    ];
    write(&documents.join("copyright"), &copyright.join("\n"))?;
    let unit = release.workspace.root().join("deploy/pantoken.service");
    // A package installs into /usr, and leaves /usr/local to the administrator.
    let unit = fs::read_to_string(unit)?.replace("/usr/local/bin/", "/usr/bin/");
    write(&root.join("usr/lib/systemd/system/pantoken.service"), &unit)
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(file.parent().unwrap_or(file))?;
    fs::write(file, text)?;
    Ok(fs::set_permissions(file, PermissionsExt::from_mode(0o644))?)
}

fn copy(from: &Path, to: &Path, mode: u32) -> Result<()> {
    fs::create_dir_all(to.parent().unwrap_or(to))?;
    fs::copy(from, to)?;
    Ok(fs::set_permissions(to, PermissionsExt::from_mode(mode))?)
}
