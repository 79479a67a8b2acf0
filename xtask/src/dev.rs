//! `cargo xtask dev`: builds what `pantoken dev` needs, and runs it until Ctrl-C.

use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::element;
use crate::steps::Steps;
use crate::tools::{Tools, WASM_TARGET};
use crate::workspace::Workspace;

pub(crate) fn run(options: &[String]) -> Result<()> {
    let workspace = Workspace::find()?;
    let mut steps = Steps::of(3);
    steps.run("tools", || Tools::find_or_install(&[WASM_TARGET]))?;
    steps.run("element", || element::build_for_binary(&workspace))?;
    steps.run("server and sandbox", || build_binaries(&workspace))?;
    let mut pantoken = Command::new(workspace.binary("pantoken"));
    run_until_stopped(pantoken.arg("dev").args(options))
}

/// Builds `pantoken` and `pantoken-sandbox`, always together: each alone needs other features of the same libraries, which
/// would be compiled twice.
pub(crate) fn build_binaries(workspace: &Workspace) -> Result<()> {
    workspace.run_cargo("build --locked --bins -p pantoken-server -p pantoken-sandbox")
}

/// Runs the program in its own process group: Ctrl-C then reaches this task alone, which passes it on.
pub(crate) fn run_until_stopped(program: &mut Command) -> Result<()> {
    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        let _ = stop.send(());
    })?;
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(program, 0);
    let mut child = program.stdin(Stdio::null()).spawn()?;
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(Duration::from_millis(100)) {
        if let Some(status) = child.try_wait()? {
            // As after `--help`.
            if status.success() {
                return Ok(());
            }
            bail!("`pantoken dev` ended by itself ({status}); the reason is above");
        }
    }
    Command::new("kill").arg(child.id().to_string()).status()?;
    let status = child.wait()?;
    if !status.success() {
        bail!("`pantoken dev` did not stop cleanly ({status})");
    }
    Ok(())
}
