//! `cargo xtask dependencies`: what comes in with dependencies, checked against `deny.toml`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command;
use crate::tools::{CARGO_DENY, Tools};
use crate::workspace::Workspace;

/// The database of known vulnerabilities, which cargo-deny fetches with git.
const DATABASE: &str = "https://github.com/RustSec/advisory-db";
/// Each has its own lock file. The fuzz targets use none of the crates whose advisories are ignored.
const MANIFESTS: [(&str, &[&str]); 2] = [
    ("Cargo.toml", &[]),
    ("fuzz/Cargo.toml", &["--allow", "advisory-not-detected"]),
];

pub(crate) fn run() -> Result<()> {
    check(&Workspace::find()?)
}

/// Checks licences, bans and sources, and known vulnerabilities if their database can be reached.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let deny = Deny {
        root: workspace.root().to_owned(),
        program: Tools::find_or_install(&[CARGO_DENY])?.path("cargo-deny")?,
        configuration: "deny.toml".into(),
        git: Vec::new(),
    };
    deny.check(&["bans", "licenses", "sources"])?;
    if let Some(reason) = deny.advisories()? {
        eprintln!("  advisories: NOT CHECKED, because {DATABASE} cannot be reached: {reason}");
    }
    Ok(())
}

struct Deny {
    root: PathBuf,
    program: PathBuf,
    configuration: PathBuf,
    /// Variables for git: a test directs it to another database.
    git: Vec<(&'static str, String)>,
}

impl Deny {
    /// Returns why the advisories could not be checked. Git is asked, because cargo-deny fails in the same
    /// way for a database that it cannot fetch and for one that it cannot read, and only the first is allowed.
    fn advisories(&self) -> Result<Option<String>> {
        let mut list = Command::new("git");
        list.current_dir(&self.root)
            .args(["ls-remote", "--quiet", DATABASE, "HEAD"])
            .env("GIT_TERMINAL_PROMPT", "0")
            .envs(self.git.iter().cloned());
        let output = command::capture(&mut list)?;
        if !output.status.success() {
            return Ok(Some(
                String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            ));
        }
        self.check(&["advisories"]).map(|()| None)
    }

    fn check(&self, what: &[&str]) -> Result<()> {
        for (manifest, options) in MANIFESTS {
            let mut check = Command::new(&self.program);
            check
                .current_dir(&self.root)
                .args(["--locked", "--manifest-path", manifest, "--config"])
                .arg(&self.configuration)
                .arg("check")
                .args(what)
                .args(options)
                .envs(self.git.iter().cloned());
            let line = command::shell_line(&check);
            eprintln!("  $ {line}");
            let output = command::capture(&mut check)?;
            let report = String::from_utf8_lossy(&output.stderr);
            if !output.status.success() {
                bail!(
                    "{}; to run it alone, in the root folder:\n\n  {line}\n\n{report}",
                    output.status
                );
            }
            eprint!("{report}");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use fs_err as fs;
    use tempfile::TempDir;
    use toml::{Table, Value};

    use super::*;

    const ADVISORY: &str = "RUSTSEC-2026-9999";

    /// Checks the lock files against a database with one advisory, about some versions of a crate. `None`
    /// is a database that cannot be reached.
    fn check(advisory: Option<(&str, &str)>) -> Result<Option<String>> {
        let root = Workspace::find()?.root().to_owned();
        let folder = tempfile::tempdir()?;
        if let Some((name, patched)) = advisory {
            write_database(&folder, name, patched)?;
        }
        let mut rules: Table = fs::read_to_string(root.join("deny.toml"))?.parse()?;
        let advisories = rules["advisories"].as_table_mut().unwrap();
        // Neither the user's copy of the database nor what the registry has withdrawn today.
        let copy = folder.path().join("copy").display().to_string();
        advisories.insert("db-path".to_owned(), Value::from(copy));
        advisories.insert("yanked".to_owned(), Value::from("allow"));
        let configuration = folder.path().join("deny.toml");
        fs::write(&configuration, rules.to_string())?;
        let database = folder.path().join("database");
        let git = [
            ("GIT_CONFIG_COUNT", "1".to_owned()),
            (
                "GIT_CONFIG_KEY_0",
                format!("url.file://{}.insteadOf", database.display()),
            ),
            ("GIT_CONFIG_VALUE_0", DATABASE.to_owned()),
        ];
        let deny = Deny {
            root,
            program: Tools::find_or_install(&[CARGO_DENY])?.path("cargo-deny")?,
            configuration,
            git: git.into(),
        };
        deny.advisories()
    }

    fn write_database(folder: &TempDir, name: &str, patched: &str) -> Result<()> {
        let database = folder.path().join("database");
        let crates = database.join("crates").join(name);
        fs::create_dir_all(&crates)?;
        let advisory = format!(
            "```toml\n[advisory]\nid = \"{ADVISORY}\"\npackage = \"{name}\"\ndate = \"2026-01-01\"\n\
             [versions]\npatched = [{patched}]\n```\n\n# A vulnerability\n\nNone.\n"
        );
        fs::write(crates.join(format!("{ADVISORY}.md")), advisory)?;
        git(&database, "init --quiet --initial-branch=main")?;
        git(&database, "add .")?;
        let author = "-c user.name=test -c user.email=test@localhost -c commit.gpgsign=false";
        git(&database, &format!("{author} commit --quiet -mNew"))
    }

    fn git(folder: &Path, arguments: &str) -> Result<()> {
        command::run(
            Command::new("git")
                .current_dir(folder)
                .args(arguments.split(' ')),
        )
    }

    // They need cargo-deny: `cargo xtask test` runs them.

    #[test]
    #[ignore = "needs cargo-deny"]
    fn fails_for_a_known_weakness_and_names_it() {
        let error = check(Some(("subtle", ""))).unwrap_err().to_string();
        assert!(
            error.contains(ADVISORY) && error.contains("subtle v"),
            "{error}"
        );
        // This crate is in the lock file of the fuzz targets alone.
        let error = check(Some(("libfuzzer-sys", ""))).unwrap_err().to_string();
        assert!(error.contains("--manifest-path fuzz/Cargo.toml"), "{error}");
    }

    #[test]
    #[ignore = "needs cargo-deny"]
    fn passes_for_a_vulnerability_of_another_version() {
        assert_eq!(check(Some(("subtle", "\">= 1.0.0\""))).unwrap(), None);
    }

    #[test]
    #[ignore = "needs cargo-deny"]
    fn reports_a_database_that_cannot_be_reached_and_fails_for_one_that_cannot_be_read() {
        let reason = check(None).unwrap().unwrap();
        assert!(reason.contains("database"), "{reason}");
        let error = check(Some(("subtle", "\"no version\"")))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("failed to load advisory database"),
            "{error}"
        );
    }
}
