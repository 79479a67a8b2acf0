//! What the documentation site is made of. `cargo xtask site` builds it, and checks its links.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).unwrap()
}

/// The code blocks of a document, with their languages.
fn blocks(text: &str) -> Vec<&str> {
    text.split("\n```").skip(1).step_by(2).collect()
}

#[test]
fn every_document_is_a_page() {
    let summary = read("docs/SUMMARY.md");
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") && name != "SUMMARY.md" {
            assert!(summary.contains(&format!("]({name})")), "{name}");
        }
    }
    for provider in fs::read_dir(root().join("crates/providers")).unwrap() {
        let name = provider.unwrap().file_name().into_string().unwrap();
        // It signs what docs/a2c.md explains.
        if name != "a2c-signing" {
            assert!(summary.contains(&format!("]({name}.md)")), "{name}");
        }
    }
}

/// The commands and programs of the README are tested, and the other languages have the same ones.
#[test]
fn the_quick_starts_give_the_readmes_commands_in_the_same_order() {
    let readme = read("README.md");
    let of_readme = blocks(&readme);
    let [russian, kazakh] = ["ru", "kk"].map(|it| read(&format!("docs/{it}/quick-start.md")));
    assert_eq!(blocks(&russian), blocks(&kazakh));
    assert_eq!(blocks(&russian).len(), 5);
    for block in blocks(&russian) {
        assert!(of_readme.contains(&block), "{block}");
    }
}

#[test]
fn the_quick_starts_are_in_their_languages() {
    let kazakh = "әғқңөұүһі";
    let share = |text: &str| {
        let letters: Vec<_> = text
            .chars()
            .filter(|it| it.is_alphabetic() && !it.is_ascii())
            .collect();
        let own = letters
            .iter()
            .filter(|it| kazakh.contains(it.to_lowercase().next().unwrap()));
        (letters.len(), own.count())
    };
    let (letters, own) = share(&read("docs/ru/quick-start.md"));
    assert!(letters > 1000 && own == 0, "{letters} {own}");
    let (letters, own) = share(&read("docs/kk/quick-start.md"));
    assert!(letters > 1000 && own * 10 > letters, "{letters} {own}");
}
