//! What is compiled for a browser.

use std::process::Command;

pub(crate) const TARGET: [&str; 2] = ["--target", "wasm32-unknown-unknown"];
pub(crate) const PACKAGES: [&str; 6] = [
    "pantoken-core",
    "pantoken-a2c",
    "pantoken-widget",
    "pantoken-element",
    "pantoken-yew",
    "pantoken-demo",
];

/// Lets a cargo command be for all of them, as a browser gets them.
pub(crate) fn select(command: &mut Command) -> &mut Command {
    command.args(TARGET);
    for package in PACKAGES {
        command.args(["-p", package]);
    }
    command
}
