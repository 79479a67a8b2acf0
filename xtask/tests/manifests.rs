//! What every package's manifest has to say.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// A workspace of its own, so that it inherits no lints.
const FUZZ: &str = "fuzz";
/// The one package with lints of its own, and its files that may hold unsafe code.
const ELEMENT: &str = "crates/browser/element";
const UNSAFE_FILES: [&str; 2] = ["src/exports.rs", "src/standalone.rs"];

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
fn unsafe_code_is_forbidden_in_every_package_but_the_element() {
    let workspace = manifest(&root());
    let lints = &workspace["workspace"]["lints"];
    assert_eq!(lints["rust"]["unsafe_code"].as_str(), Some("forbid"));
    for (folder, manifest) in packages() {
        if folder != ELEMENT {
            let inherited = manifest["lints"]["workspace"].as_bool();
            assert_eq!(inherited, Some(true), "{folder}");
        }
    }
}

#[test]
fn the_element_has_the_workspaces_lints_but_that_it_may_allow_unsafe_code() {
    let mut lints = manifest(&root())["workspace"]["lints"].clone();
    lints["rust"]["unsafe_code"] = Value::from("deny");
    assert_eq!(manifest(&root().join(ELEMENT))["lints"], lints);
}

#[test]
fn unsafe_code_is_forbidden_in_the_fuzz_targets() {
    let lints = &manifest(&root().join(FUZZ))["lints"];
    assert_eq!(lints["rust"]["unsafe_code"].as_str(), Some("forbid"));
}

#[test]
fn two_files_of_the_element_alone_allow_unsafe_code() {
    let element = root().join(ELEMENT);
    let mut allowed = Vec::new();
    let mut folders = vec![element.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && fs::read_to_string(&path).unwrap().contains("unsafe_code")
            {
                let name = path.strip_prefix(&element).unwrap();
                allowed.push(name.to_str().unwrap().to_owned());
            }
        }
    }
    allowed.sort();
    assert_eq!(allowed, UNSAFE_FILES);
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
    assert_eq!(published, 8);
}
