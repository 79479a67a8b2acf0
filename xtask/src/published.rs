//! The packages that are meant for crates.io, as Cargo tells them.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command;
use crate::workspace::Workspace;

/// Their names.
pub(crate) fn packages(workspace: &Workspace) -> Result<Vec<String>> {
    let mut metadata = workspace.cargo(&["metadata", "--locked", "--no-deps"]);
    let text = command::output(metadata.args(["--format-version", "1"]))?;
    let metadata = serde_json::from_str(&text).context("cargo metadata is no JSON")?;
    read(&metadata).context("cargo metadata has another form than expected")
}

fn read(metadata: &Value) -> Option<Vec<String>> {
    let packages = metadata["packages"].as_array()?.iter();
    // Null is any registry, and a list of none is `publish = false`.
    let published = packages.filter(|package| package["publish"].is_null());
    published
        .map(|package| Some(package["name"].as_str()?.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_may_go_to_no_registry_is_left_out() {
        let metadata = json!({"packages": [
            {"name": "xtask", "publish": []},
            {"name": "pantoken-widget", "publish": null},
        ]});
        assert_eq!(read(&metadata), Some(vec!["pantoken-widget".to_owned()]));
    }
}
