//! The browsers and their drivers: found, or installed from Debian's packages.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};

use crate::command;
use crate::debian;
use crate::tools;
use crate::workspace::Workspace;

/// A program of a browser's.
struct Program {
    /// The environment variable that names it.
    variable: &'static str,
    /// What it may be called on PATH.
    names: &'static [&'static str],
    /// Debian's package of it.
    package: &'static str,
}

const CHROME: Program = Program {
    variable: "CHROME",
    names: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
    ],
    package: "chromium",
};
const CHROMEDRIVER: Program = Program {
    variable: "CHROMEDRIVER",
    names: &["chromedriver", "chromium.chromedriver"],
    package: "chromium-driver",
};
const FIREFOX: Program = Program {
    variable: "FIREFOX",
    names: &["firefox", "firefox-esr"],
    package: "firefox-esr",
};
/// It starts the MiniBrowser of the library that it comes with.
const WEBKIT_DRIVER: Program = Program {
    variable: "WEBKITWEBDRIVER",
    names: &["WebKitWebDriver"],
    package: "webkit2gtk-driver",
};
/// WebKit's browser has no mode without a screen.
const SCREEN: Program = Program {
    variable: "XVFB",
    names: &["Xvfb"],
    package: "xvfb",
};
const PROGRAMS: [Program; 5] = [CHROME, CHROMEDRIVER, FIREFOX, WEBKIT_DRIVER, SCREEN];

/// Finds Chromium, or installs it.
pub(crate) fn chromium() -> Result<PathBuf> {
    if CHROME.find()?.is_none() {
        let packages = [CHROME.package];
        let installed = debian::install(&packages);
        installed.map_err(|error| anyhow!(missing(&packages, &format!("{error:#}"))))?;
    }
    CHROME.found()
}

/// A browser of each engine that the page has to work in, with its driver.
pub(crate) struct Browsers {
    programs: Vec<(&'static str, PathBuf)>,
    chrome: PathBuf,
    pub(crate) chromedriver: PathBuf,
}

impl Browsers {
    pub(crate) fn find_or_install(workspace: &Workspace) -> Result<Self> {
        let mut packages = Vec::new();
        for program in PROGRAMS {
            if program.find()?.is_none() {
                packages.push(program.package);
            }
        }
        if !packages.is_empty() {
            let installed = debian::install(&packages);
            installed.map_err(|error| anyhow!(missing(&packages, &format!("{error:#}"))))?;
        }
        let mut programs = Vec::new();
        for program in PROGRAMS {
            let path = program.found()?;
            eprintln!("  {}: {}", program.package, path.display());
            programs.push((program.variable, path));
        }
        programs.push(("GECKODRIVER", tools::geckodriver(workspace)?));
        Ok(Self {
            programs,
            chrome: CHROME.found()?,
            chromedriver: CHROMEDRIVER.found()?,
        })
    }

    /// Lets the end-to-end tests find them, and demands that they use them all.
    pub(crate) fn demand_in(&self, command: &mut Command) {
        command
            .env("PANTOKEN_BROWSERS", "chromium,firefox,webkit")
            .envs(self.programs.iter().map(|(name, path)| (name, path)));
    }

    /// Writes webdriver.json for this Chromium: the driver would look for one by itself, and may
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

impl Program {
    /// The file that the variable names, else the first of the names that is on PATH.
    fn find(&self) -> Result<Option<PathBuf>> {
        let Self {
            variable, names, ..
        } = self;
        let Some(path) = env::var_os(variable).filter(|value| !value.is_empty()) else {
            return Ok(names.iter().find_map(|name| command::on_path(name)));
        };
        let path = PathBuf::from(path);
        if !path.is_file() {
            bail!("{variable} names {}, which is no file", path.display());
        }
        Ok(Some(path))
    }

    fn found(&self) -> Result<PathBuf> {
        self.find()?.with_context(|| {
            let package = self.package;
            missing(
                &[package],
                "the package was installed, and its program is not on PATH",
            )
        })
    }
}

/// What is missing and why, and how to get it.
fn missing(packages: &[&str], reason: &str) -> String {
    let mut text = format!(
        "the tests need programs that are missing; {reason}. On Debian: `apt-get install {}`. \
         Elsewhere install these, and put them on PATH or name them in these variables:",
        packages.join(" ")
    );
    for program in PROGRAMS {
        if packages.contains(&program.package) {
            text += &format!("\n  {} ({})", program.names.join(" or "), program.variable);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_by_package_and_by_program() {
        let text = missing(&["firefox-esr", "xvfb"], "apt-get failed");
        for part in [
            "apt-get failed",
            "`apt-get install firefox-esr xvfb`",
            "\n  firefox or firefox-esr (FIREFOX)",
            "\n  Xvfb (XVFB)",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("chromium"), "{text}");
    }

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
