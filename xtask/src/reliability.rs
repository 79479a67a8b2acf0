//! `cargo xtask reliability`: the server under faults, and the table of docs/reliability.md.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::command;
use crate::postgres;
use crate::server_programs::ServerPrograms;
use crate::test::lengthen;
use crate::workspace::Workspace;

const HEADER: &str = "\
| fault | acknowledged | lost | doubled | answers |
|---|---|---|---|---|";

/// Runs the tests that count what is lost and doubled, one after the other; `long` as often as in the
/// document.
pub(crate) fn run(long: bool) -> Result<()> {
    let workspace = Workspace::find()?;
    postgres::find_or_install()?;
    let servers = ServerPrograms::find_or_install()?;
    let mut test = workspace.cargo(&["test", "--locked", "-p", "pantoken-server"]);
    test.args(["--test", "faults", "--test", "deploy", "--"])
        .args(["--nocapture", "--test-threads=1"]);
    servers.on_path_of(&mut test)?;
    lengthen(&mut test, long);
    let rows = rows(&mut test)?;
    println!("\n{HEADER}\n{}", rows.join("\n"));
    Ok(())
}

/// The rows that the tests print; each of their other lines is shown as it comes.
fn rows(test: &mut Command) -> Result<Vec<String>> {
    let line = command::shell_line(test);
    eprintln!("  $ {line}");
    let mut child = test.stdout(Stdio::piped()).spawn().context("cargo")?;
    let stdout = child.stdout.take().context("stdout is piped")?;
    let mut rows = Vec::new();
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        eprintln!("{line}");
        if is_row(&line) {
            rows.push(line);
        }
    }
    if !child.wait()?.success() {
        bail!("a fault lost or doubled something, or was not answered as it should: {line}");
    }
    Ok(rows)
}

fn is_row(line: &str) -> bool {
    line.starts_with("| ") && line.matches(" | ").count() == 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_told_from_what_else_tests_print() {
        assert!(is_row("| a full disk | 12 | 0 | 0 | 200: 12, 503: 3 |"));
        assert!(!is_row("test disk::a_full_disk ... ok"));
        assert!(!is_row("| a table of another kind |"));
    }
}
