//! What others use the API's description for: a client with types that is generated from it, and the collection for
//! Postman and Bruno. Both work with a running `pantoken dev`.

use std::process::Command;

use anyhow::Result;
use fs_err as fs;

use crate::collection;
use crate::command;
use crate::dev;
use crate::npm::install;
use crate::tools::Tools;
use crate::workspace::Workspace;

const PROGRAMS: &str = "tests/npm/api";
const FILES: [&str; 6] = [
    "added.js",
    "check.js",
    "client.ts",
    "package-lock.json",
    "package.json",
    "tsconfig.json",
];

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    Tools::find_or_install(&["node", "npm"])?;
    dev::build_binaries(workspace)?;
    let collection = collection::write(workspace)?;
    // Not in the checkout, where npm and the compiler would leave their files.
    let folder = workspace.scratch("api-users")?;
    let root = workspace.root();
    for file in FILES {
        fs::copy(root.join(PROGRAMS).join(file), folder.join(file))?;
    }
    fs::copy(
        root.join("crates/server/openapi.json"),
        folder.join("openapi.json"),
    )?;
    install(&folder)?;
    let mut check = Command::new("node");
    check.current_dir(&folder).arg("check.js");
    command::run(check.arg(workspace.binary("pantoken")).arg(collection))
}
