//! Running commands, each shown as a line that can be pasted into a shell.

use std::env;
use std::ffi::OsStr;
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
    if status.success() {
        return Ok(());
    }
    bail!("{status}; to run it alone, in the workspace's root folder:\n\n  {line}\n")
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
    let output = capture(command)?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{}; to run it alone:\n\n  {line}\n\n{errors}",
            output.status
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("the output is not UTF-8: {line}"))
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
    let path = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(env::split_paths(&path));
    let all =
        env::join_paths(all).context("the name of a folder contains the separator of PATH")?;
    command.env("PATH", all);
    Ok(())
}

/// Returns the command as one line to paste into a shell.
pub(crate) fn shell_line(command: &Command) -> String {
    let mut words = Vec::new();
    for (name, value) in command.get_envs() {
        match value {
            Some(value) if name == "PATH" => words.push(format!("PATH={}", path_value(value))),
            Some(value) => words.push(format!("{}={}", name.display(), quoted(value))),
            None => {}
        }
    }
    words.push(program_word(command.get_program()));
    words.extend(command.get_args().map(quoted));
    words.join(" ")
}

/// Shows what was put in front of PATH, and PATH itself by name.
fn path_value(value: &OsStr) -> String {
    let value = value.to_string_lossy();
    let inherited = env::var("PATH").unwrap_or_default();
    match value.strip_suffix(inherited.as_str()) {
        Some(added) if !inherited.is_empty() => format!("\"{added}$PATH\""),
        _ => quoted(OsStr::new(value.as_ref())),
    }
}

/// Cargo names itself by a toolchain's full path, which nobody types.
fn program_word(program: &OsStr) -> String {
    match Path::new(program).file_stem() {
        Some(stem) if stem == "cargo" => "cargo".to_owned(),
        _ => quoted(program),
    }
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.into_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_line_quotes_what_a_shell_would_split() {
        let mut command = Command::new("/opt/toolchain/bin/cargo");
        command
            .args(["doc", "it's", ""])
            .env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(
            shell_line(&command),
            r"RUSTDOCFLAGS='-D warnings' cargo doc 'it'\''s' ''"
        );
    }

    #[test]
    fn a_shell_line_shows_only_what_was_put_in_front_of_path() {
        let mut command = Command::new("trunk");
        prepend_to_path(&mut command, &[PathBuf::from("/tools/bin")]).unwrap();
        assert_eq!(shell_line(&command), "PATH=\"/tools/bin:$PATH\" trunk");
    }

    #[test]
    fn a_failed_command_says_how_to_run_it_alone() {
        let error = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("exit status: 3"), "{text}");
        assert!(text.contains("sh -c 'exit 3'"), "{text}");
    }
}
