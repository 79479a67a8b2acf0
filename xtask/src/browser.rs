//! Chromium and its driver: found, or installed from Debian's packages.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::workspace::Workspace;

const BROWSERS: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];
const DRIVERS: [&str; 2] = ["chromedriver", "chromium.chromedriver"];

/// A browser and the driver of the same version.
pub(crate) struct Browser {
    pub(crate) chrome: PathBuf,
    pub(crate) driver: PathBuf,
}

impl Browser {
    pub(crate) fn find_or_install() -> Result<Self> {
        if let Some(browser) = Self::find()? {
            return Ok(browser);
        }
        install_debian_packages()?;
        Self::find()?.with_context(|| missing("the packages were installed, and are not on PATH"))
    }

    fn find() -> Result<Option<Self>> {
        let chrome = find_binary("CHROME", &BROWSERS)?;
        let driver = find_binary("CHROMEDRIVER", &DRIVERS)?;
        let (Some(chrome), Some(driver)) = (chrome, driver) else {
            return Ok(None);
        };
        eprintln!("  browser: {}", chrome.display());
        eprintln!("  driver: {}", driver.display());
        Ok(Some(Self { chrome, driver }))
    }

    /// Writes webdriver.json for this browser: the driver would look for one by itself, and may
    /// find another.
    pub(crate) fn write_capabilities(&self, workspace: &Workspace) -> Result<PathBuf> {
        let source = workspace.root().join("webdriver.json");
        let text = fs::read_to_string(&source)
            .with_context(|| format!("cannot read {}", source.display()))?;
        let capabilities = with_binary(&text, &self.chrome.to_string_lossy())
            .with_context(|| format!("{} has no goog:chromeOptions", source.display()))?;
        let path = workspace.scratch("xtask")?.join("webdriver.json");
        fs::write(&path, capabilities)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

fn with_binary(capabilities: &str, binary: &str) -> Option<String> {
    let options = "\"goog:chromeOptions\": {";
    let (before, after) = capabilities.split_once(options)?;
    let binary = binary.replace('\\', r"\\").replace('"', "\\\"");
    Some(format!(
        "{before}{options}\n    \"binary\": \"{binary}\",{after}"
    ))
}

/// The file that the variable names, else the first of the names that is on PATH.
fn find_binary(variable: &str, names: &[&str]) -> Result<Option<PathBuf>> {
    let Some(path) = env::var_os(variable).filter(|value| !value.is_empty()) else {
        return Ok(names.iter().find_map(|name| command::on_path(name)));
    };
    let path = PathBuf::from(path);
    if !path.is_file() {
        bail!("{variable} names {}, which is no file", path.display());
    }
    Ok(Some(path))
}

fn install_debian_packages() -> Result<()> {
    if command::on_path("apt-get").is_none() {
        bail!(missing("this system has no apt-get to install them with"));
    }
    let root_first = root_command()?;
    eprintln!("  browser: installing the packages chromium and chromium-driver");
    let install = [
        "install",
        "-y",
        "--no-install-recommends",
        "chromium",
        "chromium-driver",
    ];
    for arguments in [&["update"][..], &install] {
        let words: Vec<&str> = root_first
            .iter()
            .copied()
            .chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .chain(arguments.iter().copied())
            .collect();
        let mut command = Command::new(words[0]);
        command::run(command.args(&words[1..])).with_context(|| missing("apt-get failed"))?;
    }
    Ok(())
}

/// What to put before a command that only root may run: nothing, or sudo if it asks no password.
fn root_command() -> Result<&'static [&'static str]> {
    let user = command::capture(Command::new("id").arg("-u"))?;
    if user.stdout.trim_ascii() == b"0" {
        return Ok(&[]);
    }
    let sudo = Command::new("sudo").args(["-n", "true"]).output();
    if sudo.is_ok_and(|output| output.status.success()) {
        return Ok(&["sudo", "-n"]);
    }
    bail!(missing("this user may not install packages"))
}

fn missing(reason: &str) -> String {
    format!(
        "the tests need Chromium or Chrome and a chromedriver of the same version; {reason}. \
         On Debian: `apt-get install chromium chromium-driver`. Elsewhere: install both and put \
         them on PATH, or name them in CHROME and CHROMEDRIVER"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_capabilities_name_the_browser_that_was_found() {
        let text = include_str!("../../webdriver.json");
        let changed = with_binary(text, r#"/opt/a "b"/chrome"#).unwrap();
        assert!(
            changed.contains(r#""binary": "/opt/a \"b\"/chrome","#),
            "{changed}"
        );
        assert!(changed.contains("--no-sandbox"), "{changed}");
        assert_eq!(with_binary("{}", "/usr/bin/chromium"), None);
    }
}
