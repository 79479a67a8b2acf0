//! Uses each artefact as a stranger would.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use fs_err as fs;

use super::programs::{PROGRAMS, own_platform};
use super::{PLATFORMS, Platform, Release};
use crate::command;
use crate::server::Server;

pub(super) fn run(release: &Release) -> Result<()> {
    let mut check = Command::new("sha256sum");
    check.args(["--check", "--quiet", "SHA256SUMS"]);
    command::run(check.current_dir(&release.folder))?;
    for platform in &PLATFORMS {
        let folder = tempfile::tempdir()?;
        let programs = unpack_archive(release, platform, folder.path())?;
        is_static(&programs)?;
        let package = unpack_package(release, platform, folder.path())?;
        if platform.name == own_platform()?.name {
            shows_its_version(&programs)?;
            shows_its_version(&package.join("usr/bin"))?;
            answers(&programs, folder.path())?;
        } else {
            eprintln!(
                "  {}: not run, because this machine is another one",
                platform.name
            );
        }
    }
    Ok(())
}

fn unpack_archive(release: &Release, platform: &Platform, folder: &Path) -> Result<PathBuf> {
    let staged = release.staged(platform)?;
    let name = staged.file_name().context("a folder has a name")?;
    let archive = release.folder.join(name).with_added_extension("tar.gz");
    let mut tar = Command::new("tar");
    command::run(
        tar.arg("--extract")
            .arg("--file")
            .arg(archive)
            .current_dir(folder),
    )?;
    Ok(folder.join(name))
}

fn unpack_package(release: &Release, platform: &Platform, folder: &Path) -> Result<PathBuf> {
    let file = format!("pantoken_{}_{}.deb", Release::VERSION, platform.debian);
    let unpacked = folder.join("package");
    let mut unpack = Command::new("dpkg-deb");
    unpack.arg("--extract").arg(release.folder.join(file));
    command::run(unpack.arg(&unpacked))?;
    let unit = fs::read_to_string(unpacked.join("usr/lib/systemd/system/pantoken.service"))?;
    ensure!(
        unit.contains("ExecStart=/usr/bin/pantoken "),
        "the unit starts another program"
    );
    Ok(unpacked)
}

/// A program that needs an interpreter would not start on a system without it.
fn is_static(folder: &Path) -> Result<()> {
    for program in PROGRAMS {
        let bytes = fs::read(folder.join(program))?;
        let needs_a_loader = bytes
            .windows(8)
            .any(|it| it == b"/lib/ld-" || it == b"lib64/ld");
        ensure!(
            !needs_a_loader,
            "{program} is linked with a library of the system"
        );
    }
    Ok(())
}

fn shows_its_version(folder: &Path) -> Result<()> {
    for program in PROGRAMS {
        let mut command = Command::new(folder.join(program));
        let version = command::output(command.arg("--version"))?;
        let expected = format!("{program} {}\n", Release::VERSION);
        ensure!(version == expected, "{program} has the version {version}");
    }
    Ok(())
}

/// Starts the sandbox, and `pantoken dev` with the element that it has inside.
fn answers(programs: &Path, folder: &Path) -> Result<()> {
    let mut sandbox = Command::new(programs.join("pantoken-sandbox"));
    let sandbox = Server::start(sandbox.args(["--listen", "127.0.0.1:0"]))?;
    let health = get(&format!("{}/healthz", sandbox.url))?;
    ensure!(health == "ok", "the sandbox answers {health:?}");
    drop(sandbox);
    let mut serve = Command::new(programs.join("pantoken"));
    serve
        .current_dir(folder)
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--form-host",
            "https://a2c-test.qiwi.kz",
        ])
        .args(["--agent-id", "agent-01"])
        .env("PANTOKEN_AGENT_SECRET_KEY", "a-secret-key-of-a-trial")
        .env("PANTOKEN_API_KEY", "an-api-key-of-a-trial");
    let server = Server::start(&mut serve)?;
    let script = get(&format!("{}/pantoken/element.js", server.url))?;
    ensure!(
        script.contains("pantoken-form"),
        "the program has no element inside"
    );
    Ok(())
}

fn get(url: &str) -> Result<String> {
    command::output(Command::new("curl").args(["--fail", "--silent", "--show-error", url]))
}
