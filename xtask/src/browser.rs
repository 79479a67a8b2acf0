//! The browsers and their drivers: found, or installed from Debian's packages.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::program::{self, Program};
use crate::tools;
use crate::workspace::Workspace;

const CHROME: Program = Program {
    variable: Some("CHROME"),
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
    variable: Some("CHROMEDRIVER"),
    names: &["chromedriver", "chromium.chromedriver"],
    package: "chromium-driver",
};
const FIREFOX: Program = Program {
    variable: Some("FIREFOX"),
    names: &["firefox", "firefox-esr"],
    package: "firefox-esr",
};
/// It starts the MiniBrowser of the library that it comes with.
const WEBKIT_DRIVER: Program = Program {
    variable: Some("WEBKITWEBDRIVER"),
    names: &["WebKitWebDriver"],
    package: "webkit2gtk-driver",
};
/// WebKit's browser has no mode without a screen.
const SCREEN: Program = Program {
    variable: Some("XVFB"),
    names: &["Xvfb"],
    package: "xvfb",
};
const PROGRAMS: [Program; 5] = [CHROME, CHROMEDRIVER, FIREFOX, WEBKIT_DRIVER, SCREEN];

/// Finds Chromium, or installs it.
pub(crate) fn chromium() -> Result<PathBuf> {
    program::find_or_install(&[CHROME])?;
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
        let paths = program::find_or_install(&PROGRAMS)?;
        let variables = PROGRAMS.iter().filter_map(|program| program.variable);
        let mut programs: Vec<_> = variables.zip(paths).collect();
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
