//! Uses each artefact as a stranger would.

mod archive;
mod elf;
mod image;
mod package;
mod runner;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use fs_err as fs;

use super::image::IMAGES;
use super::programs::{self, PROGRAMS};
use super::release::{Platform, Release};
use crate::command;
use runner::Runner;

pub(super) fn run(release: &Release) -> Result<()> {
    let mut check = Command::new("sha256sum");
    check.args(["--check", "--quiet", "SHA256SUMS"]);
    command::run(check.current_dir(&release.folder))?;
    for platform in &release.platforms {
        try_on(release, platform).with_context(|| format!("the trial for {}", platform.name))?;
    }
    Ok(())
}

fn try_on(release: &Release, platform: &Platform) -> Result<()> {
    let runner = Runner::of(release, platform)?;
    let folder = tempfile::tempdir()?;
    let unpacked = archive::unpack(release, platform, folder.path())?;
    for program in PROGRAMS {
        let bytes = fs::read(unpacked.join(program))?;
        elf::is_static(&bytes, platform).with_context(|| program.to_owned())?;
        names_no_folder(release, &bytes).with_context(|| program.to_owned())?;
    }
    archive::is_whole(&unpacked)?;
    archive::answers(&runner, &unpacked)?;
    package::installs(release, platform, &runner)?;
    for (_, name) in IMAGES {
        image::runs(release, platform, &runner, name)
            .with_context(|| format!("the image {name}"))?;
    }
    Ok(())
}

/// A program that names where it was built differs from one that was built elsewhere.
fn names_no_folder(release: &Release, program: &[u8]) -> Result<()> {
    for (folder, _) in programs::private_folders(release)? {
        let folder = format!("{}/", folder.display());
        let found = program
            .windows(folder.len())
            .position(|bytes| bytes == folder.as_bytes());
        let around = found.and_then(|at| program.get(at..program.len().min(at + 120)));
        ensure!(
            found.is_none(),
            "it names a folder of this machine: {}",
            String::from_utf8_lossy(around.unwrap_or_default())
        );
    }
    Ok(())
}

fn shows_its_version(command: &mut Command, program: &str) -> Result<()> {
    let version = command::output(command.arg("--version"))?;
    let expected = format!("{program} {}\n", Release::VERSION);
    ensure!(version == expected, "{program} has the version {version}");
    Ok(())
}

fn get(url: &str) -> Result<String> {
    command::output(Command::new("curl").args(["--fail", "--silent", "--show-error", url]))
}

/// Fails unless each of the files is there and not empty.
fn has_files(folder: &Path, files: &[&str]) -> Result<()> {
    for file in files {
        let found = fs::metadata(folder.join(file))?;
        ensure!(found.len() > 0, "{file} is empty");
    }
    Ok(())
}
