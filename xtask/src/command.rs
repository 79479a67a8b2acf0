//! Running commands, each shown as a line that can be pasted into a shell.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

/// Runs a command with its output passed through. The error says how to run it alone.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = shell_line(command);
    eprintln!("  $ {line}");
    let status = command
        .status()
        .with_context(|| format!("cannot start: {line}"))?;
    if !status.success() {
        bail!("{status}; to run it alone, in the workspace's root folder:\n\n  {line}\n");
    }
    Ok(())
}

/// Runs a command and returns its output, whatever its exit status.
pub(crate) fn capture(command: &mut Command) -> Result<Output> {
    let line = shell_line(command);
    command
        .output()
        .with_context(|| format!("cannot start: {line}"))
}

/// Runs a command and returns what it prints. The error says how to run it alone.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = shell_line(command);
    eprintln!("  $ {line}");
    let Output {
        status,
        stdout,
        stderr,
    } = capture(command)?;
    if !status.success() {
        let errors = String::from_utf8_lossy(&stderr);
        bail!("{status}; to run it alone:\n\n  {line}\n\n{errors}");
    }
    String::from_utf8(stdout).with_context(|| format!("the output is not UTF-8: {line}"))
}

/// Finds a program on PATH, or in the folder of Debian's servers, which PATH leaves out for most users.
pub(crate) fn on_path(name: impl AsRef<Path>) -> Option<PathBuf> {
    let name = name.as_ref().with_extension(env::consts::EXE_EXTENSION);
    env::split_paths(&env::var_os("PATH")?)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
}

/// Puts folders in front of PATH.
pub(crate) fn prepend_to_path(command: &mut Command, folders: &[PathBuf]) -> Result<()> {
    // What was prepended before stays.
    let mut given = command.get_envs().filter(|(name, _)| *name == "PATH");
    let given = given.find_map(|(_, value)| Some(value?.to_owned()));
    let path = given.or_else(|| env::var_os("PATH")).unwrap_or_default();
    let all = folders.iter().cloned().chain(env::split_paths(&path));
    let all =
        env::join_paths(all).context("the name of a folder contains the separator of PATH")?;
    command.env("PATH", all);
    Ok(())
}

/// Returns the command as one line to paste into a shell.
pub(crate) fn shell_line(command: &Command) -> String {
    let inherited = env::var("PATH").unwrap_or_default();
    let variables = command.get_envs().filter_map(|(name, value)| {
        let value = value?.to_string_lossy();
        let added = value.strip_suffix(&inherited);
        Some(match added.filter(|_| name == "PATH") {
            Some(added) => format!("PATH={}\"$PATH\"", quoted(added)),
            None => format!("{}={}", name.display(), quoted(&value)),
        })
    });
    // Cargo names itself by a toolchain's full path, which nobody types.
    let program = Path::new(command.get_program());
    let is_cargo = program.file_stem().is_some_and(|stem| stem == "cargo");
    let program = if is_cargo {
        Path::new("cargo")
    } else {
        program
    };
    let words = [program.as_os_str()].into_iter().chain(command.get_args());
    let words = words.map(|word| quoted(&word.to_string_lossy()));
    variables.chain(words).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    // Only a word with a zero byte cannot be quoted, and no command has one.
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), Into::into)
}
