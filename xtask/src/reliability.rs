//! `cargo xtask reliability`: the server under faults, and the table of docs/reliability.md.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::command::shell_line;
use crate::test::lengthen;
use crate::tools::{SERVERS, Tools};
use crate::workspace::Workspace;

const HEADER: &str = "| fault | acknowledged | lost | doubled | answers |\n|---|---|---|---|---|";
const TESTS: &str =
    "test --locked -p pantoken-server --test faults --test deploy -- --nocapture --test-threads=1";

/// Runs the tests that count what is lost and doubled, and prints the rows of the table among their output.
pub(crate) fn run(long: bool) -> Result<()> {
    let workspace = Workspace::find()?;
    let tools = Tools::find_or_install(&SERVERS)?;
    let mut test = workspace.cargo_line(TESTS);
    tools.lend_to(&mut test)?;
    lengthen(&mut test, long);
    let line = shell_line(&test);
    eprintln!("  $ {line}");
    let mut child = test
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let stdout = child.stdout.take().context("stdout is piped")?;
    let mut rows = String::new();
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        eprintln!("{line}");
        if is_row(&line) {
            rows += &format!("\n{line}");
        }
    }
    if !child.wait()?.success() {
        bail!("a fault lost or doubled something, or was answered wrongly: {line}");
    }
    println!("\n{HEADER}{rows}");
    Ok(())
}

fn is_row(line: &str) -> bool {
    line.starts_with("| ") && line.matches(" | ").count() == 4
}
