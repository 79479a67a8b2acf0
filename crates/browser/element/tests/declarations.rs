//! The element's script, its declarations and the documents list the same error codes as `ErrorCode`, and the same
//! languages as `Language`.
#![allow(clippy::unwrap_used)]

use pantoken_a2c::{ErrorCode, Language};

const DECLARATIONS: &str = include_str!("../../../../web/element/index.d.ts");
const MANIFEST: &str = include_str!("../../../../web/element/custom-elements.json");
const SCRIPT: &str = include_str!("../../../../web/element/pantoken-form.js");
const PROTOCOL: &str = include_str!("../../../../docs/a2c.md");

fn listed() -> Vec<String> {
    ErrorCode::listed().map(|code| code.to_string()).to_vec()
}

#[test]
fn the_types_list_the_codes_of_the_provider() {
    let (_, union) = DECLARATIONS.split_once("type FormErrorCode =").unwrap();
    let (union, _) = union.split_once("(string & {})").unwrap();
    let declared: Vec<_> = union.split('"').skip(1).step_by(2).collect();
    assert_eq!(declared, listed());
}

#[test]
fn the_protocol_lists_the_codes_of_the_provider() {
    let (_, section) = PROTOCOL.split_once("## Error codes").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let documented: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
    assert_eq!(documented, listed());
}

/// Each language as the provider and as HTML call it, in quotation marks.
fn languages() -> Vec<String> {
    let mut values: Vec<_> = Language::ALL
        .into_iter()
        .flat_map(|language| [language.as_str(), language.html_lang()])
        .map(|value| format!("{value:?}"))
        .collect();
    values.dedup();
    values
}

#[test]
fn the_types_and_the_manifest_list_the_languages() {
    let union = languages().join(" | ");
    let declared = format!("type FormLanguage = {union};");
    assert!(DECLARATIONS.contains(&declared), "{declared}");
    // One attribute of each of the two elements.
    let described = format!("\"text\": {union:?}");
    assert_eq!(MANIFEST.matches(&described).count(), 2, "{described}");
}

/// It needs them where the module does not load.
#[test]
fn the_script_knows_the_languages() {
    let (_, function) = SCRIPT.split_once("function languageOf(").unwrap();
    let (function, _) = function.split_once("\n}").unwrap();
    for language in languages() {
        assert!(function.contains(&language), "{language}");
    }
}

#[test]
fn the_documents_list_the_languages() {
    let documents = [
        ("- `language` is ", PROTOCOL),
        (
            "| `language` | ",
            include_str!("../../../../docs/embedding.md"),
        ),
        (
            "| `language` | ",
            include_str!("../../../../docs/server.md"),
        ),
        (
            "| `language` | ",
            include_str!("../../../../web/element/README.md"),
        ),
    ];
    for (start, document) in documents {
        let line = document.lines().find(|line| line.starts_with(start));
        let line = line.unwrap();
        for language in Language::ALL {
            let named = [
                format!("`{}`", language.as_str()),
                format!("`{language:?}`"),
                format!("`Language::{language:?}`"),
            ];
            assert!(named.iter().any(|name| line.contains(name)), "{line}");
        }
    }
}
