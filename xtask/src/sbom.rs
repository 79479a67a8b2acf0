//! `cargo xtask sbom`: what is in each thing that is released, as CycloneDX.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

use crate::command;
use crate::workspace::Workspace;

/// The crate that is compiled into the npm package.
const ELEMENT: &str = "pantoken-element";
/// How `cargo tree` shows a crate: its depth, then its name and version, then its licence.
const FORMAT: &str = "\t{p}\t{l}";

/// Writes a document for each published package, the two with programs among them, and for the npm
/// package, into `dist/sbom`.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root().join("dist/sbom");
    if folder.exists() {
        // A package of another version may have had another name.
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut packages = workspace.published()?;
    packages.push(ELEMENT.to_owned());
    for package in packages {
        // The crates that cargo compiles into the package, on any system and with any feature.
        let mut tree = workspace
            .cargo_line("tree --locked --all-features --target all -e normal --prefix depth");
        let tree = command::output(tree.args(["-p", &package, "--format", FORMAT]))?;
        let document = document(&tree).with_context(|| format!("cargo tree of {package}"))?;
        let file = folder.join(format!("{package}.cdx.json"));
        fs::write(&file, serde_json::to_string_pretty(&document)?)?;
        eprintln!("  {}", file.display());
    }
    Ok(())
}

/// Returns the document of the first crate of the tree, with the others as its components.
fn document(tree: &str) -> Result<Value> {
    let (mut components, mut uses) = (BTreeMap::new(), BTreeMap::<String, Vec<String>>::new());
    let mut path: Vec<String> = Vec::new();
    for line in tree.lines() {
        let mut fields = line.split('\t');
        let (Some(depth), Some(package), Some(licence)) =
            (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let (name, rest) = package.split_once(" v").context("a crate has no version")?;
        let version = rest.split(' ').next().unwrap_or_default();
        let reference = format!("pkg:cargo/{name}@{version}");
        // Cargo marks a crate that it has shown before, and older crates write "MIT/Apache-2.0".
        let licence = licence.trim_end_matches(" (*)").replace('/', " OR ");
        let component = json!({
            "type": "library", "bom-ref": reference, "purl": reference, "name": name, "version": version,
            "licenses": [{ "expression": licence }],
        });
        components.insert(reference.clone(), component);
        uses.entry(reference.clone()).or_default();
        path.truncate(depth.parse().context("a crate has no depth")?);
        if let Some(users) = path.last().and_then(|user| uses.get_mut(user))
            && !users.contains(&reference)
        {
            users.push(reference.clone());
        }
        path.push(reference);
    }
    let subject = path.first().and_then(|subject| components.remove(subject));
    ensure!(!components.is_empty(), "it lists no crates");
    let uses = uses
        .iter()
        .map(|(user, used)| json!({ "ref": user, "dependsOn": used }));
    Ok(json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": { "component": subject },
        "components": components.into_values().collect::<Vec<_>>(),
        "dependencies": uses.collect::<Vec<_>>(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_lists_each_crate_once_with_what_it_uses() {
        let tree = "0\tpantoken-yew v0.1.0 (/checkout)\tMIT\n1\tyew v0.23.0\tMIT OR Apache-2.0\n\
                    2\tserde v1.0.1\tMIT\n1\tserde v1.0.1\tMIT (*)\n";
        let document = document(tree).unwrap();
        assert_eq!(document["metadata"]["component"]["name"], "pantoken-yew");
        let components = document["components"].as_array().unwrap();
        let names: Vec<&Value> = components.iter().map(|one| &one["name"]).collect();
        assert_eq!(names, ["serde", "yew"]);
        assert_eq!(components[0]["licenses"][0]["expression"], "MIT");
        let uses = &document["dependencies"][0]["dependsOn"];
        assert_eq!(
            *uses,
            json!(["pkg:cargo/yew@0.23.0", "pkg:cargo/serde@1.0.1"])
        );
    }
}
