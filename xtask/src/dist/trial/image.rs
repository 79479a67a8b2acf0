//! An image unpacked by other tools, and run in its root file system as a container runtime would: with the arguments, the
//! variables, the folder and the user that the image says.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use fs_err as fs;
use serde::Deserialize;

use super::get;
use super::runner::{Runner, is_root};
use crate::command;
use crate::dist::release::{Platform, Release};
use crate::server::Server;

/// The settings that a server cannot do without.
const SETTINGS: [(&str, &str); 4] = [
    ("PANTOKEN_AGENT_ID", "agent-01"),
    ("PANTOKEN_AGENT_SECRET_KEY", "a-secret-key-of-a-trial"),
    ("PANTOKEN_API_KEY", "an-api-key-of-a-trial"),
    ("PANTOKEN_FORM_HOST", "https://a2c-test.qiwi.kz"),
];

/// What Umoci writes for a container runtime.
#[derive(Deserialize)]
struct Bundle {
    process: Process,
}

#[derive(Deserialize)]
struct Process {
    user: User,
    args: Vec<String>,
    env: Vec<String>,
    cwd: String,
}

#[derive(Deserialize)]
struct User {
    uid: u32,
    gid: u32,
}

pub(super) fn runs(
    release: &Release,
    platform: &Platform,
    runner: &Runner,
    name: &str,
) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let bundle = unpack(release, platform, name, folder.path())?;
    let root = bundle.join("rootfs");
    let text = fs::read_to_string(bundle.join("config.json"))?;
    let Bundle { process } = serde_json::from_str(&text)?;
    ensure!(
        process.user.uid == 65532 && process.user.gid == 65532,
        "it does not run as 65532"
    );
    has_nothing_else(&root, name)?;
    let in_root = |program: &str| -> Result<Command> {
        let mut command = runner.in_root(&root, process.user.uid, &process.cwd, program)?;
        for variable in &process.env {
            let (name, value) = variable.split_once('=').context("a variable has a value")?;
            // `unshare` itself is found by it; the image has only one program to find.
            if name != "PATH" {
                command.env(name, value);
            }
        }
        Ok(command)
    };
    let (program, arguments) = process.args.split_first().context("it starts nothing")?;
    let mut command = in_root(program)?;
    // The ports of the image may be taken on this machine.
    command.args(arguments.iter().map(|argument| any_port(argument)));
    command.envs(SETTINGS);
    command.env("PANTOKEN_LISTEN", "127.0.0.1:0");
    let server = Server::start(&mut command)?;
    // A container runtime brings /etc/hosts, and this root folder has none.
    let url = server.url.replace("localhost", "127.0.0.1");
    let health = format!("{url}/healthz");
    command::run(in_root("/pantoken")?.args(["health", &health]))?;
    ensure!(get(&health)?.trim_end() == "ok", "it is not well");
    reads_its_certificates(in_root("/pantoken")?)?;
    if name == "pantoken" {
        ensure!(
            root.join("data/pantoken.db").is_file(),
            "its database is not in the volume"
        );
    }
    drop(server);
    let is_well = in_root("/pantoken")?.args(["health", &health]).output()?;
    ensure!(!is_well.status.success(), "it is well after it has stopped");
    Ok(())
}

/// Without root certificates, no client for HTTPS is made. With them, nobody listens there.
fn reads_its_certificates(mut pantoken: Command) -> Result<()> {
    let answer = pantoken.args(["health", "https://127.0.0.1:1/"]).output()?;
    let errors = String::from_utf8_lossy(&answer.stderr);
    ensure!(
        errors.contains("Connection refused"),
        "it cannot read its root certificates: {errors}"
    );
    Ok(())
}

/// Returns the folder of what a container runtime needs.
fn unpack(release: &Release, platform: &Platform, name: &str, folder: &Path) -> Result<PathBuf> {
    let layout = folder.join("layout");
    let mut copy = Command::new(release.tools.path("skopeo")?);
    copy.args([
        "copy",
        "--quiet",
        "--insecure-policy",
        "--override-os=linux",
    ])
    .arg(format!("--override-arch={}", platform.processor))
    .arg(format!("oci-archive:{}", release.image(name).display()))
    .arg(format!("oci:{}:trial", layout.display()));
    command::run(&mut copy)?;
    let bundle = folder.join("bundle");
    let mut unpack = Command::new(release.tools.path("umoci")?);
    unpack.arg("unpack").arg("--image");
    unpack.arg(format!("{}:trial", layout.display()));
    if !is_root()? {
        unpack.arg("--rootless");
    }
    command::run(unpack.arg(&bundle))?;
    Ok(bundle)
}

/// An image with more than its programs, its certificates and their licences has more to attack.
fn has_nothing_else(root: &Path, name: &str) -> Result<()> {
    let mut find = Command::new("find");
    find.current_dir(root)
        .args([".", "-type", "f", "-printf", "%P\n"]);
    let found = command::output(&mut find)?;
    let mut found: Vec<&str> = found.lines().collect();
    found.sort_unstable();
    let mut expected = vec![
        "etc/ssl/certs/ca-certificates.crt",
        "licenses/LICENSE-APACHE",
        "licenses/LICENSE-MIT",
        "licenses/crates.txt",
        "licenses/musl.txt",
        "licenses/rust-standard-library.html",
        "pantoken",
    ];
    if name != "pantoken" {
        expected.push(name);
    }
    ensure!(found == expected, "it has {found:?}");
    Ok(())
}

/// Returns an argument with any free port instead of the port that it names.
fn any_port(argument: &str) -> String {
    match argument.split_once("-listen=0.0.0.0:") {
        Some((option, _)) => format!("{option}-listen=127.0.0.1:0"),
        None => argument.to_owned(),
    }
}
