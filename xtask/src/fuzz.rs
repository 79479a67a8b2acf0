//! `cargo xtask fuzz`: every target of `fuzz/` in turn, with libFuzzer, on the toolchain of the tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use fs_err as fs;

use crate::command;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// An input that takes so many seconds is as bad as one that fails.
const LIMITS: [&str; 3] = ["-timeout=60", "-max_len=4096", "-verbosity=0"];

/// How long to fuzz.
pub(crate) struct Extent {
    /// For each target.
    pub(crate) seconds: u32,
    /// The seed of libFuzzer's random numbers; without it, each run has another one.
    pub(crate) seed: Option<u32>,
}

/// Fuzzes one target or all of them, or tries one input of a target.
pub(crate) fn run(extent: &Extent, target: Option<&str>, input: Option<&Path>) -> Result<()> {
    let workspace = Workspace::find()?;
    let targets = targets(&workspace)?;
    if let Some(target) = target
        && !targets.iter().any(|known| known == target)
    {
        bail!(
            "there is no target {target}; choose one of {}",
            targets.join(", ")
        );
    }
    match (target, input) {
        (None, _) => run_all(&workspace, extent),
        (Some(target), None) => run_target(&workspace, target, extent),
        (Some(target), Some(input)) => {
            let input = fs::canonicalize(input)?;
            command::run(fuzzer(&workspace, target).arg(input))
        }
    }
}

/// Fuzzes each target, and stops at the first that fails.
pub(crate) fn run_all(workspace: &Workspace, extent: &Extent) -> Result<()> {
    // Builds libFuzzer.
    Tools::find_or_install(&["g++"])?;
    let mut build = workspace.cargo_line("build --locked --bins");
    command::run(build.current_dir(workspace.root().join("fuzz")))?;
    let targets = targets(workspace)?;
    for (index, target) in targets.iter().enumerate() {
        eprintln!(
            "  {} of {}: {target}, {} s",
            index + 1,
            targets.len(),
            extent.seconds
        );
        run_target(workspace, target, extent)?;
    }
    Ok(())
}

/// Keeps the inputs that reach new code in the target folder, where the next run starts.
fn run_target(workspace: &Workspace, target: &str, extent: &Extent) -> Result<()> {
    let folder = workspace.root().join("fuzz");
    let failures = folder.join("artifacts").join(target);
    fs::create_dir_all(&failures)?;
    // libFuzzer ends without removing the database of `http`. In memory, where that is possible, because
    // the disk is not what is tested.
    let temporary = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
    let before = newest(&failures)?;
    let mut fuzzer = fuzzer(workspace, target);
    fuzzer
        .env("TMPDIR", temporary.path())
        .env("RUST_BACKTRACE", "0")
        .arg(workspace.scratch(&format!("fuzz/corpus/{target}"))?)
        .arg(folder.join("corpus").join(target))
        .arg(format!("-max_total_time={}", extent.seconds))
        .arg(format!("-artifact_prefix={}/", failures.display()))
        .args(extent.seed.map(|seed| format!("-seed={seed}")))
        .args(LIMITS);
    command::run(&mut fuzzer).map_err(|error| match newest(&failures) {
        Ok(Some(input)) if before.as_ref() != Some(&input) => error.context(failed(target, &input)),
        _ => error,
    })
}

/// A target of `fuzz/`, run in the folder that has the flags of instrumentation.
fn fuzzer(workspace: &Workspace, target: &str) -> Command {
    let mut command = workspace.cargo(&["run", "--locked", "--quiet", "--bin", target, "--"]);
    command.current_dir(workspace.root().join("fuzz"));
    command
}

/// Returns the names of the targets: the files of `fuzz/fuzz_targets`.
fn targets(workspace: &Workspace) -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for entry in fs::read_dir(workspace.root().join("fuzz/fuzz_targets"))? {
        let path = entry?.path();
        let name = path.file_stem().context("a file has a name")?;
        targets.push(name.to_string_lossy().into_owned());
    }
    targets.sort();
    Ok(targets)
}

/// Returns the file that was written last.
fn newest(folder: &Path) -> Result<Option<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        files.push((entry.metadata()?.modified()?, entry.path()));
    }
    Ok(files.into_iter().max().map(|(_, path)| path))
}

fn failed(target: &str, input: &Path) -> String {
    let input = input.display();
    format!(
        "the property {target} does not hold for\n\n  {input}\n\nTo repeat it:\n\n  \
         cargo xtask fuzz --target {target} --input {input}\n\nOnce it is corrected, copy the file into \
         fuzz/corpus/{target} under a name that describes it, and the tests will try it from then on.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_how_to_repeat_it() {
        let text = failed("http", Path::new("/x/crash-0a1b"));
        assert!(
            text.contains("cargo xtask fuzz --target http --input /x/crash-0a1b\n"),
            "{text}"
        );
    }
}
