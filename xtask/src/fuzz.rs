//! `cargo xtask fuzz`: every target of `fuzz/` in turn, with libFuzzer, on the toolchain of the tests.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;
use fs_err as fs;

use crate::command;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// An input that takes so many seconds is as bad as one that fails.
const LIMITS: [&str; 3] = ["-timeout=60", "-max_len=4096", "-verbosity=0"];

pub(crate) const EXAMPLES: &str = "\
Examples:
  cargo xtask fuzz
  cargo xtask fuzz --seconds 600 --target http
  cargo xtask fuzz --target http --input fuzz/artifacts/http/crash-…

Inputs that reach new code are kept in target/fuzz/corpus, where the next run starts.";

/// What to fuzz, and for how long.
#[derive(Args)]
pub(crate) struct Options {
    /// How many seconds to fuzz each target
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) seconds: u32,
    /// Use this seed for libFuzzer's random numbers, instead of another one for each run
    #[arg(long)]
    pub(crate) seed: Option<u32>,
    /// Fuzz only this target, one of the files in fuzz/fuzz_targets
    #[arg(long)]
    pub(crate) target: Option<String>,
    /// Try only this input, as the error of a failed run suggests
    #[arg(long, requires = "target", conflicts_with = "seconds")]
    pub(crate) input: Option<PathBuf>,
}

/// Fuzzes one target or all of them, or tries one input of a target.
pub(crate) fn run(options: &Options) -> Result<()> {
    let workspace = Workspace::find()?;
    // Builds libFuzzer.
    Tools::find_or_install(&["g++"])?;
    let mut targets = targets(&workspace)?;
    if let Some(target) = &options.target {
        ensure!(
            targets.contains(target),
            "there is no target {target}; choose one of {}",
            targets.join(", ")
        );
        targets = vec![target.clone()];
    }
    if let (Some(target), Some(input)) = (&options.target, &options.input) {
        let input = fs::canonicalize(input)?;
        return command::run(fuzzer(&workspace, target).arg(input));
    }
    for (index, target) in targets.iter().enumerate() {
        let (number, all, seconds) = (index + 1, targets.len(), options.seconds);
        eprintln!("  {number} of {all}: {target}, {seconds} s");
        run_target(&workspace, target, options)?;
    }
    Ok(())
}

/// Keeps the inputs that reach new code in the target folder, where the next run starts.
fn run_target(workspace: &Workspace, target: &str, options: &Options) -> Result<()> {
    let folder = workspace.root().join("fuzz");
    let failures = folder.join("artifacts").join(target);
    fs::create_dir_all(&failures)?;
    // libFuzzer ends without removing the database of `http`. In memory, where that is possible, because
    // the disk is not what is tested.
    let temporary = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
    let mut fuzzer = fuzzer(workspace, target);
    fuzzer
        .env("TMPDIR", temporary.path())
        .env("RUST_BACKTRACE", "0")
        .arg(workspace.scratch(&format!("fuzz/corpus/{target}"))?)
        .arg(folder.join("corpus").join(target))
        .arg(format!("-max_total_time={}", options.seconds))
        .arg(format!("-artifact_prefix={}/", failures.display()))
        .args(options.seed.map(|seed| format!("-seed={seed}")))
        .args(LIMITS);
    let failures = failures.display();
    command::run(&mut fuzzer).with_context(|| {
        format!(
            "the property {target} does not hold for the input that libFuzzer wrote to {failures}. To repeat it:\n\n  \
             cargo xtask fuzz --target {target} --input {failures}/FILE\n\nOnce it is corrected, copy the file into \
             fuzz/corpus/{target} under a name that describes it, and the tests will try it from then on.\n"
        )
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
