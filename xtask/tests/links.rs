//! Checks that the relative links of every Markdown file lead to a file, and their anchors to a heading.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

const SKIPPED: [&str; 4] = ["target", "dist", "node_modules", ".git"];

#[test]
fn every_link_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut documents = Vec::new();
    collect(root, &mut documents);
    assert!(documents.contains(&root.join("README.md")));
    let broken: Vec<String> = documents
        .iter()
        .flat_map(|document| broken_links(document))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_broken_link_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("a.md");
    let text =
        "# One two\n[a](a.md#one-two) [b](https://b.kz) [c](#three) [d](d.md)\n```sh\n[e](e)\n```";
    fs::write(&document, text).unwrap();
    let broken = broken_links(&document);
    assert_eq!(broken.len(), 2, "{broken:?}");
    assert!(broken[0].ends_with("#three") && broken[1].ends_with("d.md"));
}

fn collect(folder: &Path, documents: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_skipped = SKIPPED.iter().any(|name| path.ends_with(name));
        if path.is_dir() && !is_skipped {
            collect(&path, documents);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            documents.push(path);
        }
    }
}

fn broken_links(document: &Path) -> Vec<String> {
    let text = without_code_blocks(&fs::read_to_string(document).unwrap());
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(')')?.0));
    targets
        .filter(|target| !target.contains("://") && !leads_somewhere(document, target))
        .map(|target| format!("{}: {target}", document.display()))
        .collect()
}

fn leads_somewhere(document: &Path, target: &str) -> bool {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = match path {
        "" => document.to_owned(),
        _ => document.parent().unwrap().join(path),
    };
    file.exists() && (anchor.is_empty() || has_heading(&file, anchor))
}

fn has_heading(document: &Path, anchor: &str) -> bool {
    let text = without_code_blocks(&fs::read_to_string(document).unwrap());
    text.lines()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' '))
        .any(|heading| anchor_of(heading) == anchor)
}

/// The anchor that GitHub gives to a heading.
fn anchor_of(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let text: String = heading.to_lowercase().chars().filter(kept).collect();
    text.replace(' ', "-")
}

fn without_code_blocks(text: &str) -> String {
    text.split("```").step_by(2).collect()
}
