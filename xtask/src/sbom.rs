//! `cargo xtask sbom`: what is in each thing that is released, as CycloneDX.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;
use crate::tools;
use crate::workspace::Workspace;

/// The two programs, and what is compiled into the npm package.
const RELEASED: [&str; 3] = ["pantoken-server", "pantoken-sandbox", "pantoken-element"];

pub(crate) fn run() -> Result<()> {
    let workspace = Workspace::find()?;
    let program = tools::cargo_sbom(&workspace)?;
    let folder = workspace.root().join("dist/sbom");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for package in RELEASED {
        let mut sbom = Command::new(&program);
        sbom.current_dir(workspace.root())
            .args(["--cargo-package", package])
            .args(["--output-format", "cyclone_dx_json_1_6"]);
        let text = command::output(&mut sbom)?;
        let file = folder.join(format!("{package}.cdx.json"));
        fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        eprintln!("  {}", file.display());
    }
    Ok(())
}
