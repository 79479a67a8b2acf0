//! What comes in with the dependencies, held against `deny.toml`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command;
use crate::tools;
use crate::workspace::Workspace;

/// Where cargo-deny gets what is known of weaknesses.
const DATABASE: &str = "https://github.com/RustSec/advisory-db";
/// Each has a lock file of its own.
const MANIFESTS: [&str; 2] = [WORKSPACE, FUZZ];
const WORKSPACE: &str = "Cargo.toml";
const FUZZ: &str = "fuzz/Cargo.toml";

pub(crate) fn run() -> Result<()> {
    check(&Workspace::find()?)
}

/// Licences, bans and sources always; known weaknesses where the database of them can be reached.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let deny = Deny {
        root: workspace.root().to_owned(),
        program: tools::cargo_deny(workspace)?,
        configuration: "deny.toml".into(),
        git_settings: Vec::new(),
    };
    for manifest in MANIFESTS {
        deny.check(manifest, &["bans", "licenses", "sources"])?;
    }
    if let Advisories::NotChecked(reason) = deny.advisories()? {
        eprintln!("  advisories: NOT CHECKED, because {DATABASE} cannot be reached: {reason}");
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq)]
enum Advisories {
    Checked,
    /// The reason in git's words.
    NotChecked(String),
}

struct Deny {
    root: PathBuf,
    program: PathBuf,
    configuration: PathBuf,
    /// Variables for git beside the user's settings: a test leads it to another database.
    git_settings: Vec<(String, String)>,
}

impl Deny {
    /// That the database cannot be reached is no error, and all that goes wrong after that is one.
    fn advisories(&self) -> Result<Advisories> {
        if let Some(reason) = self.unreachable()? {
            return Ok(Advisories::NotChecked(reason));
        }
        for manifest in MANIFESTS {
            self.check(manifest, &["advisories"])?;
        }
        Ok(Advisories::Checked)
    }

    /// Asks git, with which cargo-deny fetches: cargo-deny fails alike for a database that it cannot
    /// fetch, cannot read or cannot write down.
    fn unreachable(&self) -> Result<Option<String>> {
        let mut list = Command::new("git");
        list.current_dir(&self.root)
            .args(["ls-remote", "--quiet", DATABASE, "HEAD"])
            // Nobody is there to answer.
            .env("GIT_TERMINAL_PROMPT", "0")
            .envs(self.git_settings.iter().cloned());
        let output = command::capture(&mut list)?;
        if output.status.success() {
            return Ok(None);
        }
        let words = String::from_utf8_lossy(&output.stderr);
        Ok(Some(words.trim().to_owned()))
    }

    /// Shows what cargo-deny says, or has it in the error.
    fn check(&self, manifest: &str, what: &[&str]) -> Result<()> {
        let mut check = self.command(manifest, what);
        let line = command::shell_line(&check);
        eprintln!("  $ {line}");
        let output = command::capture(&mut check)?;
        let words = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            bail!(
                "{}; to run it alone, in the workspace's root folder:\n\n  {line}\n\n{words}",
                output.status
            );
        }
        eprint!("{words}");
        Ok(())
    }

    fn command(&self, manifest: &str, what: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(&self.root)
            .args(["--locked", "--manifest-path", manifest, "--config"])
            .arg(&self.configuration)
            .arg("check")
            .args(what)
            .envs(self.git_settings.iter().cloned());
        if manifest == FUZZ {
            // No yew is there, so nothing for which an advisory is ignored.
            command.args(["--allow", "advisory-not-detected"]);
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use tempfile::TempDir;
    use toml::{Table, Value};

    use super::*;

    /// What the database of a test knows.
    const ADVISORY: &str = "RUSTSEC-2026-9999";

    /// The step's own check, with the rules of deny.toml and a database in a folder of the test's.
    struct Check {
        deny: Deny,
        _folder: TempDir,
    }

    impl Check {
        /// All versions of the crate have the weakness but those that are named.
        fn of_an_advisory_for(name: &str, versions: &str) -> Self {
            let check = Self::without_a_database();
            let database = check.folder("database");
            let advisory = format!(
                "```toml\n[advisory]\nid = \"{ADVISORY}\"\npackage = \"{name}\"\n\
                 date = \"2026-01-01\"\n[versions]\npatched = [{versions}]\n```\n\n# A weakness\n\nNone.\n"
            );
            let crates = database.join("crates").join(name);
            fs::create_dir_all(&crates).unwrap();
            fs::write(crates.join(format!("{ADVISORY}.md")), advisory).unwrap();
            git(&database, &["init", "--quiet", "--initial-branch=main"]);
            git(&database, &["add", "."]);
            let author = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
            let commit = ["-c", "commit.gpgsign=false", "commit", "--quiet", "-mNew"];
            git(&database, &[&author[..], &commit].concat());
            check
        }

        fn without_a_database() -> Self {
            let workspace = Workspace::find().unwrap();
            let folder = tempfile::tempdir().unwrap();
            let own = folder.path().to_str().unwrap().to_owned();
            let rules = fs::read_to_string(workspace.root().join("deny.toml")).unwrap();
            let mut rules: Table = rules.parse().unwrap();
            let advisories = rules["advisories"].as_table_mut().unwrap();
            // Neither the user's copy nor what the registry has withdrawn today.
            advisories.insert("db-path".to_owned(), Value::from(format!("{own}/copy")));
            advisories.insert("yanked".to_owned(), Value::from("allow"));
            let configuration = folder.path().join("deny.toml");
            fs::write(&configuration, rules.to_string()).unwrap();
            let settings = [
                ("GIT_CONFIG_COUNT", "1".to_owned()),
                (
                    "GIT_CONFIG_KEY_0",
                    format!("url.file://{own}/database.insteadOf"),
                ),
                ("GIT_CONFIG_VALUE_0", DATABASE.to_owned()),
            ];
            let deny = Deny {
                root: workspace.root().to_owned(),
                program: tools::cargo_deny(&workspace).unwrap(),
                configuration,
                git_settings: settings
                    .map(|(name, value)| (name.to_owned(), value))
                    .into(),
            };
            Self {
                deny,
                _folder: folder,
            }
        }

        fn folder(&self, name: &str) -> PathBuf {
            self.deny.configuration.with_file_name(name)
        }
    }

    fn git(folder: &Path, arguments: &[&str]) {
        fs::create_dir_all(folder).unwrap();
        let mut git = Command::new("git");
        let output = git.current_dir(folder).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    #[test]
    fn fails_for_a_known_weakness_and_names_it() {
        let check = Check::of_an_advisory_for("subtle", "");
        let error = check.deny.advisories().unwrap_err().to_string();
        assert!(error.contains(ADVISORY), "{error}");
        assert!(error.contains("subtle v"), "{error}");
    }

    #[test]
    fn fails_for_a_known_weakness_in_the_lock_file_of_the_fuzz_targets_alone() {
        let check = Check::of_an_advisory_for("libfuzzer-sys", "");
        let error = check.deny.advisories().unwrap_err().to_string();
        assert!(error.contains(ADVISORY), "{error}");
        assert!(error.contains("--manifest-path fuzz/Cargo.toml"), "{error}");
    }

    #[test]
    fn passes_with_a_weakness_of_a_version_that_we_do_not_have() {
        let check = Check::of_an_advisory_for("subtle", "\">= 1.0.0\"");
        let outcome = check.deny.advisories().unwrap();
        assert_eq!(outcome, Advisories::Checked);
    }

    #[test]
    fn a_database_that_cannot_be_reached_is_no_error_and_is_told() {
        let check = Check::without_a_database();
        let Advisories::NotChecked(reason) = check.deny.advisories().unwrap() else {
            unreachable!("there is no database");
        };
        assert!(reason.contains("database"), "{reason}");
    }

    #[test]
    fn a_database_that_is_reached_and_cannot_be_read_is_an_error() {
        let check = Check::of_an_advisory_for("subtle", "\"no version\"");
        let error = check.deny.advisories().unwrap_err().to_string();
        assert!(
            error.contains("failed to load advisory database"),
            "{error}"
        );
    }
}
