//! What every package's manifest has to say.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// A workspace of its own, so that it inherits no lints.
const FUZZ: &str = "fuzz";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn manifest(folder: &Path) -> Table {
    let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    text.parse().unwrap()
}

/// The folder and the manifest of each package of the workspace.
fn packages() -> Vec<(String, Table)> {
    let members = manifest(&root())["workspace"]["members"].clone();
    let mut folders = Vec::new();
    for member in members.as_array().unwrap() {
        match member.as_str().unwrap().strip_suffix("/*") {
            Some(parent) => {
                for entry in fs::read_dir(root().join(parent)).unwrap() {
                    let name = entry.unwrap().file_name().into_string().unwrap();
                    folders.push(format!("{parent}/{name}"));
                }
            }
            None => folders.push(member.as_str().unwrap().to_owned()),
        }
    }
    let packages = folders.into_iter().map(|folder| {
        let manifest = manifest(&root().join(&folder));
        (folder, manifest)
    });
    packages.collect()
}

#[test]
fn unsafe_code_is_forbidden_in_every_package() {
    let workspace = manifest(&root());
    let lints = &workspace["workspace"]["lints"];
    assert_eq!(lints["rust"]["unsafe_code"].as_str(), Some("forbid"));
    for (folder, manifest) in packages() {
        let inherited = manifest["lints"]["workspace"].as_bool();
        assert_eq!(inherited, Some(true), "{folder}");
    }
}

#[test]
fn unsafe_code_is_forbidden_in_the_fuzz_targets() {
    let lints = &manifest(&root().join(FUZZ))["lints"];
    assert_eq!(lints["rust"]["unsafe_code"].as_str(), Some("forbid"));
}

#[test]
fn what_is_published_says_what_it_is_and_under_which_licence() {
    let mut published = 0;
    for (folder, manifest) in packages() {
        let package = manifest["package"].as_table().unwrap();
        if package.get("publish").and_then(Value::as_bool) == Some(false) {
            continue;
        }
        published += 1;
        for key in [
            "description",
            "keywords",
            "categories",
            "license",
            "repository",
            "readme",
        ] {
            assert!(package.contains_key(key), "{folder}: {key}");
        }
        for file in ["LICENSE-MIT", "LICENSE-APACHE", "README.md"] {
            assert!(root().join(&folder).join(file).is_file(), "{folder}/{file}");
        }
    }
    assert_eq!(published, 12);
}
