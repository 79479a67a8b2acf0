//! What the workflows of GitHub Actions have to keep to. `cargo xtask deployment` checks their syntax.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The name and the text of each workflow.
fn workflows() -> Vec<(String, String)> {
    let folder = fs::read_dir(root().join(".github/workflows")).unwrap();
    let mut found: Vec<_> = folder
        .map(|entry| {
            let entry = entry.unwrap();
            let text = fs::read_to_string(entry.path()).unwrap();
            (entry.file_name().into_string().unwrap(), text)
        })
        .collect();
    found.sort();
    let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["ci.yml", "release.yml"]);
    found
}

/// A tag can be moved to other code, and a commit cannot. The comment says which version it is.
#[test]
fn every_action_is_pinned_by_its_commit() {
    let mut pinned = 0;
    for (name, text) in workflows() {
        for line in text.lines() {
            let Some((_, action)) = line.split_once("uses: ") else {
                continue;
            };
            if action.starts_with("./") {
                continue;
            }
            let (_, reference) = action.split_once('@').unwrap();
            let (commit, version) = reference.split_once(" # v").unwrap_or((reference, ""));
            let is_commit = commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
            let is_version = version.split('.').count() == 3;
            assert!(is_commit && is_version, "{name}: {line}");
            pinned += 1;
        }
    }
    assert!(pinned > 5);
}

/// A job gets no more rights than it says, and no step keeps the token in the checkout.
#[test]
fn a_workflow_may_read_and_nothing_else_unless_a_job_says_so() {
    for (name, text) in workflows() {
        assert!(
            text.contains("\npermissions:\n  contents: read\n\n"),
            "{name}"
        );
        let checkouts = text.matches("actions/checkout@").count();
        let without_token = text.matches("persist-credentials: false").count();
        assert_eq!(checkouts, without_token, "{name}");
    }
}

/// What a pull request says must not become a part of a script.
#[test]
fn no_script_contains_an_expression() {
    for (name, text) in workflows() {
        let mut script = None;
        for line in text.lines() {
            let entry = line.trim_start_matches([' ', '-']);
            let indent = line.len() - entry.len();
            let (key, value) = entry.split_once(':').unwrap_or_default();
            if script.is_some_and(|of| indent <= of && !line.trim().is_empty()) {
                script = None;
            }
            if key == "run" {
                script = Some(indent);
                assert!(!value.contains("${{"), "{name}: {line}");
            }
            assert!(script.is_none() || !line.contains("${{"), "{name}: {line}");
        }
    }
}

#[test]
fn continuous_integration_runs_every_part_and_tests_every_library() {
    let ci = fs::read_to_string(root().join(".github/workflows/ci.yml")).unwrap();
    let source = fs::read_to_string(root().join("xtask/src/test.rs")).unwrap();
    let (_, parts) = source.split_once("enum Part {\n").unwrap();
    let (parts, _) = parts.split_once('}').unwrap();
    let parts = parts
        .lines()
        .filter_map(|line| line.trim().strip_suffix(','));
    let parts: Vec<_> = parts.map(str::to_lowercase).collect();
    assert_eq!(parts.len(), 4, "{parts:?}");
    for part in parts {
        assert!(ci.contains(&format!("- part: {part}\n")), "{part}");
    }
    for engine in ["chromium", "firefox", "webkit"] {
        assert!(ci.contains(&format!("engine: {engine}\n")), "{engine}");
    }
    for folder in ["crates/providers", "crates/browser"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            // Its tests are in a browser only.
            if name != "element" {
                assert!(ci.contains(&format!("-p pantoken-{name}")), "{name}");
            }
        }
    }
}

/// The commands that the workflows and CONTRIBUTING.md give exist.
#[test]
fn every_xtask_that_is_named_is_there() {
    let main = fs::read_to_string(root().join("xtask/src/main.rs")).unwrap();
    let contributing = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let mut texts = workflows();
    texts.push(("CONTRIBUTING.md".to_owned(), contributing));
    for (file, text) in texts {
        for rest in text.split("cargo xtask ").skip(1) {
            let is_of_a_name = |letter: &char| letter.is_ascii_lowercase();
            let name: String = rest.chars().take_while(is_of_a_name).collect();
            let mut variant = name.clone();
            if let Some(first) = variant.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            let is_there = main.contains(&format!("\n    {variant}")) || name.is_empty();
            assert!(is_there, "{file}: cargo xtask {name}");
        }
    }
}
