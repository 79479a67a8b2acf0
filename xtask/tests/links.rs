//! Checks that the documents and the sections exist to which Markdown files link and comments refer.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

const SKIPPED: [&str; 4] = ["target", "dist", "node_modules", ".git"];
const SOURCES: [&str; 6] = ["crates", "fuzz", "tests", "web", "xtask/src", "benches"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn every_link_leads_somewhere() {
    let documents = files(root(), &["md"]);
    assert!(documents.contains(&root().join("README.md")));
    let broken: Vec<String> = documents
        .iter()
        .flat_map(|document| broken_links(document))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_source_that_a_comment_names_is_there() {
    let mut named = 0;
    for folder in SOURCES {
        for file in files(&root().join(folder), &["rs", "js"]) {
            let text = fs::read_to_string(&file).unwrap();
            for (document, section) in text.lines().flat_map(sources_named_in) {
                named += 1;
                let target = format!("{document}#{}", anchor_of(section));
                assert!(
                    leads_somewhere(&root().join("README.md"), &target),
                    "{}: {document} has no section \"{section}\"",
                    file.display()
                );
            }
        }
    }
    assert!(named > 0);
}

#[test]
fn a_comment_names_sections_of_several_documents() {
    let line = r#"/// Source: docs/a.md, "One", step 5, and "Two"; docs/b.md. Source: docs/c.md."#;
    let expected = [
        ("docs/a.md", "One"),
        ("docs/a.md", "Two"),
        ("docs/b.md", ""),
        ("docs/c.md", ""),
    ];
    assert_eq!(sources_named_in(line), expected);
    assert_eq!(sources_named_in("/// Source: errno(3)."), []);
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

fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() && !SKIPPED.iter().any(|name| path.ends_with(name)) {
            found.extend(files(&path, extensions));
        } else if extension.is_some_and(|extension| extensions.contains(&extension)) {
            found.push(path);
        }
    }
    found
}

/// The documents after each `Source: `, with their quoted sections; without any, the section is empty.
fn sources_named_in(line: &str) -> Vec<(&str, &str)> {
    let mut named = Vec::new();
    for source in line
        .split("Source: ")
        .skip(1)
        .flat_map(|rest| rest.split("; "))
    {
        let Some((path, rest)) = source.split_once(".md") else {
            continue;
        };
        let document = &source[..path.len() + ".md".len()];
        let sections: Vec<&str> = rest.split('"').skip(1).step_by(2).collect();
        if sections.is_empty() {
            named.push((document, ""));
        }
        named.extend(sections.into_iter().map(|section| (document, section)));
    }
    named
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
