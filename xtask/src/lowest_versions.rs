//! The workspace with the lowest versions of its dependencies that its manifests allow, so that nobody
//! gets one of them that lacks what we use.

use anyhow::Result;

use crate::command;
use crate::other_checkout;
use crate::pages;
use crate::workspace::Workspace;

/// Resolves in a copy, because the lock file is written anew.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let copy = other_checkout::copy(workspace)?;
    let copied = workspace.copied_to(copy.path());
    // An unstable flag of cargo's, which a stable one takes when it is told that we know.
    let mut resolve = copied.cargo(&["update", "-Z", "direct-minimal-versions"]);
    command::run(resolve.env("RUSTC_BOOTSTRAP", "1"))?;
    let target = workspace.scratch("lowest-versions")?;
    let mut check = copied.cargo(&["check", "--locked", "--workspace", "--target-dir"]);
    command::run(check.arg(&target))?;
    let mut check = copied.cargo(&["check", "--locked", "--target-dir"]);
    command::run(pages::select(check.arg(&target)))
}
