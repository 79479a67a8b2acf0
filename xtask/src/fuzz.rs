//! `cargo xtask fuzz`: every target of `fuzz/` in turn, with libFuzzer, on the toolchain of the tests.

use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::command;
use crate::program::{self, Program};
use crate::workspace::Workspace;

/// Builds libFuzzer.
const CXX: Program = Program {
    variable: Some("CXX"),
    names: &["c++", "g++", "clang++"],
    package: "g++",
};
/// An input that takes so many seconds is as bad as one that fails.
const SLOWEST: &str = "-timeout=60";
const LONGEST: &str = "-max_len=4096";
/// How many of libFuzzer's last lines tell what went wrong.
const LAST_LINES: usize = 40;

/// What is run, and for how long.
pub(crate) struct Extent {
    /// For each target.
    pub(crate) seconds: u32,
    /// The seed of libFuzzer's random numbers; without it another in every run.
    pub(crate) seed: Option<u32>,
}

/// `target` alone, or all; `input` alone of that target, or new ones.
pub(crate) fn run(extent: &Extent, target: Option<&str>, input: Option<&Path>) -> Result<()> {
    let workspace = Workspace::find()?;
    find_compiler()?;
    let fuzz = Fuzz::build(&workspace)?;
    match (target, input) {
        (None, _) => fuzz.run_all(extent),
        (Some(target), None) => fuzz.run_target(fuzz.known(target)?, extent),
        (Some(target), Some(input)) => fuzz.run_input(fuzz.known(target)?, input),
    }
}

/// Finds the C++ compiler, or installs it.
pub(crate) fn find_compiler() -> Result<()> {
    program::find_or_install(&[CXX]).map(drop)
}

/// The targets, built.
pub(crate) struct Fuzz<'a> {
    workspace: &'a Workspace,
    folder: PathBuf,
    targets: Vec<String>,
}

impl<'a> Fuzz<'a> {
    pub(crate) fn build(workspace: &'a Workspace) -> Result<Self> {
        let folder = workspace.root().join("fuzz");
        let targets = targets(&folder)?;
        let fuzz = Self {
            workspace,
            folder,
            targets,
        };
        eprintln!("  building {}", fuzz.targets.join(", "));
        command::run(&mut fuzz.cargo(&["build", "--locked", "--bins"]))?;
        Ok(fuzz)
    }

    pub(crate) fn run_all(&self, extent: &Extent) -> Result<()> {
        for (index, target) in self.targets.iter().enumerate() {
            eprint!("  {} of {}, ", index + 1, self.targets.len());
            self.run_target(target, extent)?;
        }
        Ok(())
    }

    fn known(&self, name: &str) -> Result<&str> {
        let target = self.targets.iter().find(|target| *target == name);
        let known = || format!("there is no target {name}: {}", self.targets.join(", "));
        target.map(String::as_str).with_context(known)
    }

    /// What is found goes into the target folder, and is where the next run starts from.
    fn run_target(&self, target: &str, extent: &Extent) -> Result<()> {
        eprintln!("{target}: {} s", extent.seconds);
        let found = self.workspace.scratch(&format!("fuzz/corpus/{target}"))?;
        let failures = self.folder.join("artifacts").join(target);
        fs::create_dir_all(&failures).context("cannot make the folder for failures")?;
        let temporary = temporary_folder()?;
        let mut fuzzer = self.fuzzer(target);
        fuzzer
            .env("TMPDIR", temporary.path())
            // A long one would push out the words above it.
            .env("RUST_BACKTRACE", "0")
            .arg(&found)
            .arg(self.folder.join("corpus").join(target))
            .arg(format!("-max_total_time={}", extent.seconds))
            .arg(format!("-artifact_prefix={}/", failures.display()))
            .args([SLOWEST, LONGEST]);
        if let Some(seed) = extent.seed {
            fuzzer.arg(format!("-seed={seed}"));
        }
        self.watch(target, fuzzer)
    }

    fn run_input(&self, target: &str, input: &Path) -> Result<()> {
        let input = input.canonicalize();
        let input = input.context("there is no such file")?;
        command::run(self.fuzzer(target).arg(input))
    }

    /// Shows the lines that libFuzzer writes now and then, and what came of it.
    fn watch(&self, target: &str, mut fuzzer: Command) -> Result<()> {
        let line = command::shell_line(&fuzzer);
        let started = fuzzer.stderr(Stdio::piped()).stdout(Stdio::null()).spawn();
        let mut running = started.with_context(|| format!("cannot start: {line}"))?;
        let output = running.stderr.take().context("it has no standard error")?;
        let mut last = VecDeque::new();
        for line in BufReader::new(output).split(b'\n') {
            let line = line.context("what libFuzzer writes cannot be read")?;
            let line = String::from_utf8_lossy(&line).into_owned();
            if is_progress(&line) {
                eprintln!("    {line}");
            }
            last.push_back(line);
            if last.len() > LAST_LINES {
                last.pop_front();
            }
        }
        let status = running.wait().context("libFuzzer cannot be waited for")?;
        if status.success() {
            return Ok(());
        }
        for line in &last {
            eprintln!("    {line}");
        }
        let mut written = last.iter().filter_map(|line| artifact(line));
        match written.next_back() {
            Some(file) => bail!(failed(target, file)),
            None => bail!("{status}, with no input to blame; to run it alone:\n\n  {line}\n"),
        }
    }

    fn fuzzer(&self, target: &str) -> Command {
        self.cargo(&["run", "--locked", "--quiet", "--bin", target, "--"])
    }

    /// In the folder that has the flags of instrumentation.
    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = self.workspace.cargo(arguments);
        command.current_dir(&self.folder);
        command
    }
}

/// For the database of `http`, because libFuzzer leaves without cleaning up; in memory where there is
/// such a folder, because the disk is not what is tried.
fn temporary_folder() -> Result<TempDir> {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .context("cannot make a temporary folder")
}

/// A target for each file of `fuzz_targets`.
fn targets(folder: &Path) -> Result<Vec<String>> {
    let folder = folder.join("fuzz_targets");
    let entries = fs::read_dir(&folder);
    let entries = entries.with_context(|| format!("cannot read {}", folder.display()))?;
    let mut targets = Vec::new();
    for entry in entries {
        let file = entry?.path();
        let name = file.file_stem().and_then(|name| name.to_str());
        targets.extend(name.map(str::to_owned));
    }
    targets.sort();
    Ok(targets)
}

/// The file that libFuzzer says it wrote an input to.
fn artifact(line: &str) -> Option<&str> {
    line.split_once("Test unit written to ")
        .map(|(_, file)| file.trim())
}

fn failed(target: &str, file: &str) -> String {
    format!(
        "the property {target} does not hold for\n\n  {file}\n\nTo repeat it:\n\n  \
         cargo xtask fuzz --target {target} --input {file}\n\n\
         Copy the file into fuzz/corpus/{target} under a name that says what it is: \
         the tests try it from then on.\n"
    )
}

/// Whether a line counts the inputs so far, and what they reached.
fn is_progress(line: &str) -> bool {
    let mark = line.split_whitespace().nth(1);
    line.starts_with('#') && matches!(mark, Some("pulse" | "DONE"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_how_to_repeat_it() {
        let line = "artifact_prefix='/x/'; Test unit written to /x/crash-0a1b";
        let text = failed("http", artifact(line).unwrap());
        assert!(text.contains("cargo xtask fuzz --target http --input /x/crash-0a1b\n"));
        assert_eq!(artifact("#12 NEW cov: 7"), None);
    }

    #[test]
    fn progress_is_shown_and_not_each_find() {
        assert!(is_progress(
            "#512\tpulse  cov: 1626 ft: 4238 corp: 55/7727b"
        ));
        assert!(is_progress("#900\tDONE   cov: 12 ft: 34 corp: 5/67b"));
        assert!(!is_progress("#13\tNEW    cov: 12 ft: 34 corp: 5/67b"));
        assert!(!is_progress("Done 900 runs in 10 second(s)"));
    }
}
