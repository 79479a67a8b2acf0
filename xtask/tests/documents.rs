//! The documents name tests; each of them has to be there.
#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

const DOCUMENTS: [&str; 2] = ["docs/threat-model.md", "docs/reliability.md"];
const SOURCES: [&str; 4] = ["crates", "fuzz", "tests", "xtask"];

#[test]
fn every_test_that_a_document_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut sources = Vec::new();
    for folder in SOURCES {
        collect(&root.join(folder), &mut sources);
    }
    for document in DOCUMENTS {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let named = tests_named_in(&text);
        assert!(!named.is_empty(), "{document} names no test");
        for (module, function) in named {
            assert!(
                sources.iter().any(|file| has(file, module, function)),
                "{document} names {module}::{function}, and there is none"
            );
        }
    }
}

/// Each `module::function` in back-ticks.
fn tests_named_in(text: &str) -> Vec<(&str, &str)> {
    let plain = |name: &str| !name.is_empty() && name.bytes().all(is_of_a_name);
    text.split('`')
        .filter_map(|code| code.split_once("::"))
        .filter(|(module, function)| plain(module) && plain(function))
        .collect()
}

fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'
}

/// Whether the file is the module's and has the function, alone or in the list of a macro's.
fn has(file: &Path, module: &str, function: &str) -> bool {
    let is_module = file.file_stem().is_some_and(|stem| stem == module);
    is_module
        && fs::read_to_string(file)
            .unwrap()
            .contains(&format!("fn {function}("))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
