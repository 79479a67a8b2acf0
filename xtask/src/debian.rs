//! Debian's packages, installed as root or with sudo that asks no password.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;

/// Installs packages. The error says why it cannot.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    if command::on_path("apt-get").is_none() {
        bail!("this system has no apt-get to install them with");
    }
    let Some(root_first) = root_command()? else {
        bail!("this user may not install packages");
    };
    eprintln!("  installing the packages {}", packages.join(", "));
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(packages);
    for arguments in [&["update"][..], &install] {
        let words: Vec<&str> = root_first
            .iter()
            .copied()
            .chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .chain(arguments.iter().copied())
            .collect();
        let mut command = Command::new(words[0]);
        command::run(command.args(&words[1..])).context("apt-get failed")?;
    }
    Ok(())
}

/// What to put before a command that only root may run: nothing, or sudo if it asks no password;
/// `None` for a user who may not.
fn root_command() -> Result<Option<&'static [&'static str]>> {
    let user = command::capture(Command::new("id").arg("-u"))?;
    if user.stdout.trim_ascii() == b"0" {
        return Ok(Some(&[]));
    }
    let sudo = Command::new("sudo").args(["-n", "true"]).output();
    let may = sudo.is_ok_and(|output| output.status.success());
    Ok(may.then_some(&["sudo", "-n"]))
}
