//! Programs that the tests start: found, or installed from Debian's packages.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};

use crate::command;
use crate::debian;

/// A program that the tests start.
#[derive(Clone, Copy)]
pub(crate) struct Program {
    /// The environment variable that may name another than PATH does.
    pub(crate) variable: Option<&'static str>,
    /// What it may be called on PATH.
    pub(crate) names: &'static [&'static str],
    /// Debian's package of it.
    pub(crate) package: &'static str,
}

/// Finds each of these, after those that are missing were installed together.
pub(crate) fn find_or_install(programs: &[Program]) -> Result<Vec<PathBuf>> {
    let mut absent = Vec::new();
    for program in programs {
        if program.find()?.is_none() {
            absent.push(*program);
        }
    }
    if !absent.is_empty() {
        let packages: Vec<_> = absent.iter().map(|program| program.package).collect();
        let installed = debian::install(&packages);
        installed.map_err(|error| anyhow!(missing(&absent, &format!("{error:#}"))))?;
    }
    let mut found = Vec::new();
    for program in programs {
        let path = program.found()?;
        eprintln!("  {}: {}", program.package, path.display());
        found.push(path);
    }
    Ok(found)
}

impl Program {
    fn find(&self) -> Result<Option<PathBuf>> {
        if let Some(variable) = self.variable
            && let Some(path) = env::var_os(variable).filter(|value| !value.is_empty())
        {
            let path = PathBuf::from(path);
            if !path.is_file() {
                bail!("{variable} names {}, which is no file", path.display());
            }
            return Ok(Some(path));
        }
        Ok(self.names.iter().find_map(|name| command::on_path(name)))
    }

    /// The file that the variable names, else the first of the names that is on PATH.
    pub(crate) fn found(&self) -> Result<PathBuf> {
        self.find()?.with_context(|| {
            let reason = "the package was installed, and its program is not on PATH";
            missing(&[*self], reason)
        })
    }
}

/// What is missing and why, and how to get it.
fn missing(programs: &[Program], reason: &str) -> String {
    let packages: Vec<_> = programs.iter().map(|program| program.package).collect();
    let mut text = format!(
        "the tests need programs that are missing; {reason}. On Debian: `apt-get install {}`. \
         Elsewhere install these, and put them on PATH or name them in the variables that are given:",
        packages.join(" ")
    );
    for program in programs {
        text += &format!("\n  {}", program.names.join(" or "));
        if let Some(variable) = program.variable {
            text += &format!(" ({variable})");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_by_package_and_by_program() {
        let firefox = Program {
            variable: Some("FIREFOX"),
            names: &["firefox", "firefox-esr"],
            package: "firefox-esr",
        };
        let php = Program {
            variable: None,
            names: &["php"],
            package: "php-cli",
        };
        let text = missing(&[firefox, php], "apt-get failed");
        for part in [
            "apt-get failed",
            "`apt-get install firefox-esr php-cli`",
            "\n  firefox or firefox-esr (FIREFOX)\n",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(text.ends_with("\n  php"), "{text}");
    }
}
