//! An archive unpacked in an empty folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use super::runner::Runner;
use super::{get, has_files, shows_its_version};
use crate::command;
use crate::dist::programs::PROGRAMS;
use crate::dist::release::{Platform, Release};
use crate::server::Server;

/// Returns the folder that the archive has.
pub(super) fn unpack(release: &Release, platform: &Platform, folder: &Path) -> Result<PathBuf> {
    let mut tar = Command::new("tar");
    tar.current_dir(folder).arg("--extract").arg("--file");
    command::run(tar.arg(release.archive(platform)))?;
    Ok(folder.join(format!("pantoken-{}-{}", Release::VERSION, platform.name)))
}

/// Fails unless the licences, the manuals and the completions are there, and bash reads its completions.
pub(super) fn is_whole(folder: &Path) -> Result<()> {
    has_files(
        folder,
        &[
            "LICENSE-MIT",
            "LICENSE-APACHE",
            "licenses/crates.txt",
            "licenses/musl.txt",
            "licenses/rust-standard-library.html",
            "README.md",
            "CHANGELOG.md",
            "deploy/pantoken.service",
            "deploy/pantoken.toml",
            "man/pantoken.1",
            "man/pantoken-serve.1",
            "man/pantoken-sandbox.1",
        ],
    )?;
    for program in PROGRAMS {
        let names = [
            format!("completions/{program}.bash"),
            format!("completions/_{program}"),
            format!("completions/{program}.fish"),
        ];
        has_files(folder, &names.each_ref().map(String::as_str))?;
        let script = format!("source completions/{program}.bash && complete -p {program}");
        let mut bash = Command::new("bash");
        bash.args(["--norc", "-c", &script]).current_dir(folder);
        let completes = command::output(&mut bash)?;
        ensure!(completes.contains(program), "bash completes {completes}");
    }
    Ok(())
}

/// Runs both programs where the archive was unpacked: `pantoken dev` shows its page with the element that it has inside.
pub(super) fn answers(runner: &Runner, folder: &Path) -> Result<()> {
    for program in PROGRAMS {
        shows_its_version(&mut runner.command(&folder.join(program)), program)?;
    }
    let mut sandbox = runner.command(&folder.join("pantoken-sandbox"));
    sandbox.args(["--only", "a2c", "--a2c-listen", "127.0.0.1:0"]);
    let sandbox = Server::start(&mut sandbox)?;
    let health = get(&format!("{}/healthz", sandbox.url))?;
    ensure!(health == "ok", "the sandbox answers {health:?}");
    drop(sandbox);
    let mut dev = runner.command(&folder.join("pantoken"));
    dev.args(["dev", "--port", "0", "--sandbox-port", "0"]);
    let dev = Server::start_with(dev.current_dir(folder), "Open ")?;
    let page = get(&dev.url)?;
    ensure!(page.contains("<pantoken-form"), "the page has no form");
    let script = get(&format!("{}/pantoken/element.js", dev.url))?;
    ensure!(
        script.contains("pantoken-form"),
        "the program has no element inside"
    );
    Ok(())
}
