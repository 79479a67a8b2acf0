//! `cargo xtask sbom`: what is in each thing that is released, as CycloneDX.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::command;
use crate::published;
use crate::tools;
use crate::workspace::Workspace;

/// What is compiled into the npm package.
const ELEMENT: &str = "pantoken-element";

pub(crate) fn run() -> Result<()> {
    write(&Workspace::find()?)
}

/// A document for each published package, the two with programs among them, and for the npm package.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    let program = tools::cargo_sbom(workspace)?;
    let folder = workspace.root().join("dist/sbom");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut packages = published::packages(workspace)?;
    packages.push(ELEMENT.to_owned());
    for package in packages {
        // First, because cargo-sbom would change a lock file that is not up to date, and this fails.
        let crates = compiled_into(workspace, &package)?;
        let text = document(workspace, &program, &package)?;
        hold(&text, &package, &crates).with_context(|| format!("the document of {package}"))?;
        let file = folder.join(format!("{package}.cdx.json"));
        fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        eprintln!("  {}", file.display());
    }
    Ok(())
}

fn document(workspace: &Workspace, program: &Path, package: &str) -> Result<String> {
    let mut sbom = Command::new(program);
    sbom.current_dir(workspace.root())
        .args(["--cargo-package", package])
        .args(["--output-format", "cyclone_dx_json_1_6"]);
    command::output(&mut sbom)
}

type Crate = (String, String);

/// The name and version of each crate that Cargo compiles into the package, on any system and with any
/// feature.
fn compiled_into(workspace: &Workspace, package: &str) -> Result<BTreeSet<Crate>> {
    let mut tree = workspace.cargo(&["tree", "--locked", "-p", package, "--all-features"]);
    let all = ["--target", "all", "-e", "normal", "--prefix", "none"];
    let text = command::output(tree.args(all))?;
    let crates = crates_in(&text);
    ensure!(!crates.is_empty(), "cargo tree knows no {package}");
    Ok(crates)
}

fn crates_in(tree: &str) -> BTreeSet<Crate> {
    let named = tree.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let name = words.next()?.to_owned();
        let version = words.next()?.strip_prefix('v')?.to_owned();
        Some((name, version))
    });
    named.collect()
}

/// The document has to be of the format that is promised, and to list each of the crates.
fn hold(text: &str, package: &str, crates: &BTreeSet<Crate>) -> Result<()> {
    let document: Value = serde_json::from_str(text).context("it is no JSON")?;
    let format = (&document["bomFormat"], &document["specVersion"]);
    let right = format.0 == "CycloneDX" && format.1 == "1.6";
    ensure!(right, "it is {} {}", format.0, format.1);
    let components = document["components"].as_array();
    let components = components.context("it lists no components")?;
    let text_of = |value: &Value| value.as_str().map(str::to_owned);
    let listed: BTreeSet<Crate> = components
        .iter()
        .filter_map(|one| Some((text_of(&one["name"])?, text_of(&one["version"])?)))
        .collect();
    // The package itself is what the document is of.
    let missing = crates
        .difference(&listed)
        .filter(|(name, _)| name != package);
    let missing: Vec<String> = missing
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    ensure!(missing.is_empty(), "it lacks {}", missing.join(", "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TREE: &str = "pantoken-yew v0.1.0 (/checkout/crates/browser/yew)\nyew v0.23.0\n\
                        yew-macro v0.23.0 (proc-macro)\nyew v0.23.0 (*)\n";

    fn hold_to_tree(version: &str, components: &Value) -> Result<()> {
        let document = json!({
            "bomFormat": "CycloneDX", "specVersion": version, "components": components,
        });
        hold(&document.to_string(), "pantoken-yew", &crates_in(TREE))
    }

    #[test]
    fn a_document_without_a_crate_or_with_another_version_of_it_is_refused() {
        let [whole, old] = ["0.23.0", "0.22.0"].map(|version| {
            json!([
                {"name": "yew", "version": version},
                {"name": "yew-macro", "version": "0.23.0"},
                {"name": "in no tree", "version": "1.0.0"},
            ])
        });
        hold_to_tree("1.6", &whole).unwrap();
        let error = hold_to_tree("1.6", &old).unwrap_err().to_string();
        assert_eq!(error, "it lacks yew 0.23.0");
        let error = hold_to_tree("1.6", &json!([])).unwrap_err().to_string();
        assert_eq!(error, "it lacks yew 0.23.0, yew-macro 0.23.0");
    }

    #[test]
    fn a_document_of_another_format_is_refused() {
        let error = hold_to_tree("1.5", &json!([])).unwrap_err().to_string();
        assert_eq!(error, "it is \"CycloneDX\" \"1.5\"");
        assert!(hold("<bom/>", "pantoken-yew", &BTreeSet::new()).is_err());
    }
}
