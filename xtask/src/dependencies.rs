//! `cargo xtask dependencies`: what comes in with dependencies, checked against `deny.toml`.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

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

/// Checks licences, bans and sources, and known vulnerabilities if their database can be reached.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    if let Some(reason) = check_with(workspace, Path::new("deny.toml"), &[])? {
        eprintln!("  advisories: NOT CHECKED, because {DATABASE} cannot be reached: {reason}");
    }
    Ok(())
}

/// Checks with this configuration and these variables for git, which a test directs to another database.
/// Returns why the database cannot be reached. Git is asked for that, because cargo-deny fails in the same way
/// for a database that it cannot fetch and for one that it cannot read, and only the first is allowed.
fn check_with(
    workspace: &Workspace,
    configuration: &Path,
    git: &[(&str, String)],
) -> Result<Option<String>> {
    let program = Tools::find_or_install(&[CARGO_DENY])?.path("cargo-deny")?;
    let mut list = Command::new("git");
    list.args(["ls-remote", "--quiet", DATABASE, "HEAD"])
        .env("GIT_TERMINAL_PROMPT", "0")
        .envs(git.iter().cloned());
    let database = command::capture(&mut list)?;
    let mut checks = vec!["bans", "licenses", "sources"];
    checks.extend(database.status.success().then_some("advisories"));
    for (manifest, options) in MANIFESTS {
        let mut deny = Command::new(&program);
        deny.current_dir(workspace.root())
            .args(["--locked", "--manifest-path", manifest, "--config"])
            .arg(configuration)
            .arg("check")
            .args(&checks)
            .args(options)
            .envs(git.iter().cloned());
        command::output(&mut deny)?;
    }
    let reason = String::from_utf8_lossy(&database.stderr).into_owned();
    Ok((!database.status.success()).then_some(reason))
}

#[cfg(test)]
mod tests {
    use fs_err as fs;
    use toml::{Table, Value};

    use super::*;

    const ADVISORY: &str = "RUSTSEC-2026-9999";

    /// Checks the lock files against a database with one advisory, about some versions of a crate. `None`
    /// is a database that cannot be reached.
    fn check(advisory: Option<(&str, &str)>) -> Result<Option<String>> {
        let workspace = Workspace::find()?;
        let folder = tempfile::tempdir()?;
        let database = folder.path().join("database");
        if let Some((name, patched)) = advisory {
            let crates = database.join("crates").join(name);
            fs::create_dir_all(&crates)?;
            let advisory = format!(
                "```toml\n[advisory]\nid = \"{ADVISORY}\"\npackage = \"{name}\"\ndate = \"2026-01-01\"\n\
                 [versions]\npatched = [{patched}]\n```\n\n# A vulnerability\n\nNone.\n"
            );
            fs::write(crates.join(format!("{ADVISORY}.md")), advisory)?;
            let author = "-c user.name=test -c user.email=test@localhost -c commit.gpgsign=false";
            let script = format!("git init -q -b main && git add . && git {author} commit -qmNew");
            command::run(
                Command::new("sh")
                    .current_dir(&database)
                    .args(["-c", &script]),
            )?;
        }
        let mut rules: Table = fs::read_to_string(workspace.root().join("deny.toml"))?.parse()?;
        let advisories = rules["advisories"].as_table_mut().unwrap();
        // Neither the user's copy of the database nor what the registry has withdrawn today.
        let copy = folder.path().join("copy").display().to_string();
        advisories.insert("db-path".to_owned(), Value::from(copy));
        advisories.insert("yanked".to_owned(), Value::from("allow"));
        let configuration = folder.path().join("deny.toml");
        fs::write(&configuration, rules.to_string())?;
        let key = format!("url.file://{}.insteadOf", database.display());
        let git = [
            ("GIT_CONFIG_COUNT", "1".to_owned()),
            ("GIT_CONFIG_KEY_0", key),
            ("GIT_CONFIG_VALUE_0", DATABASE.to_owned()),
        ];
        check_with(&workspace, &configuration, &git)
    }

    #[test]
    #[ignore = "needs cargo-deny: `cargo xtask test` runs it"]
    fn fails_for_a_known_weakness_and_names_it() {
        let fails_with = |name, patched, expected: &str| {
            let error = check(Some((name, patched))).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        fails_with("subtle", "", ADVISORY);
        // This crate is in the lock file of the fuzz targets alone.
        fails_with("libfuzzer-sys", "", "--manifest-path fuzz/Cargo.toml");
        fails_with(
            "subtle",
            "\"no version\"",
            "failed to load advisory database",
        );
        assert_eq!(check(Some(("subtle", "\">= 1.0.0\""))).unwrap(), None);
        let unreachable = check(None).unwrap();
        assert!(unreachable.unwrap().contains("database"));
    }
}
