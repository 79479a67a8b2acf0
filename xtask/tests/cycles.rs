//! Checks that no files of a crate import each other in a circle.
//!
//! Re-exports (`pub use`) do not count, nor does what a file of tests imports.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A module's path, such as `["http", "router"]`; the crate's root is empty.
type Module = Vec<String>;
type Imports = BTreeMap<Module, BTreeSet<Module>>;

#[test]
fn no_files_import_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let sources = folders_named_src(&root.join("crates"));
    assert!(sources.len() >= 10, "{sources:?}");
    let mut found = Vec::new();
    for source in sources {
        for circle in circles(&imports_in(&source)) {
            found.push(format!("{}: {circle}", source.display()));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_circle_is_found_through_groups_and_super() {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in [
        ("lib.rs", "mod a;\nmod b;\nmod c;\npub use a::A;\n"),
        ("a.rs", "use crate::{b::{self, B}, other};\n"),
        ("b.rs", "use super::c::C;\n"),
        ("c.rs", "use std::fmt;\nuse crate::a::A;\nuse crate::A;\n"),
        (
            "d.rs",
            "use crate::b;\n#[cfg(test)]\nmod tests {\n    use crate::d;\n}\n",
        ),
    ] {
        fs::write(folder.path().join(file), text).unwrap();
    }
    assert_eq!(circles(&imports_in(folder.path())), ["a, b, c"]);
}

fn folders_named_src(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("src") {
            found.push(path);
        } else if path.is_dir() {
            found.extend(folders_named_src(&path));
        }
    }
    found
}

fn imports_in(source: &Path) -> Imports {
    let mut texts = BTreeMap::new();
    read_modules(source, &[], &mut texts);
    let import = |module: &Module, text: &String| {
        let paths = imported_paths(text);
        let used = paths
            .iter()
            .filter_map(|path| resolve(path, module, &texts));
        used.filter(|used| used != module).collect()
    };
    let imports = texts
        .iter()
        .map(|(module, text)| (module.clone(), import(module, text)));
    imports.collect()
}

fn read_modules(folder: &Path, parent: &[String], texts: &mut BTreeMap<Module, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut module = parent.to_vec();
        if !["lib", "mod"].contains(&name.as_str()) {
            module.push(name.clone());
        }
        if path.is_dir() {
            read_modules(&path, &module, texts);
        } else if path.extension().is_some_and(|it| it == "rs") && name != "tests" {
            texts.insert(module, fs::read_to_string(path).unwrap());
        }
    }
}

/// The paths of the `use` declarations outside the tests, each as a module would write it alone.
fn imported_paths(text: &str) -> Vec<Module> {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let mut paths = Vec::new();
    for declaration in format!("\n{code}").split("\nuse ").skip(1) {
        expand("", declaration.split(';').next().unwrap(), &mut paths);
    }
    paths
}

/// Expands `a::{b, c::{d}}` after a prefix.
fn expand(prefix: &str, tree: &str, paths: &mut Vec<Module>) {
    let Some((start, group)) = tree.split_once('{') else {
        let path = format!("{prefix}{tree}");
        let names = path.split("::").map(|name| name.trim().to_owned());
        return paths.push(names.collect());
    };
    let group = group.rsplit_once('}').unwrap().0;
    let (mut depth, mut item) = (0, String::new());
    for c in group.chars().chain([',']) {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if c != ',' || depth > 0 {
            item.push(c);
        } else if !item.trim().is_empty() {
            expand(&format!("{prefix}{}", start.trim()), item.trim(), paths);
            item.clear();
        }
    }
}

/// The module of this crate whose file has what a path names.
fn resolve(path: &[String], user: &Module, texts: &BTreeMap<Module, String>) -> Option<Module> {
    let supers = path.iter().take_while(|name| *name == "super").count();
    let (base, rest) = match path[0].as_str() {
        "crate" => (Vec::new(), &path[1..]),
        "self" => (user.clone(), &path[1..]),
        _ => (
            user[..user.len().checked_sub(supers)?].to_vec(),
            &path[supers..],
        ),
    };
    let is_relative = path[0] != "crate" && path[0] != "self" && supers == 0;
    let whole = [base.clone(), rest.to_vec()].concat();
    let shortest = base.len() + usize::from(is_relative);
    (shortest..=whole.len())
        .rev()
        .map(|length| whole[..length].to_vec())
        .find(|module| texts.contains_key(module))
}

/// Each set of modules that reach each other, as one line.
fn circles(imports: &Imports) -> Vec<String> {
    let reached: BTreeMap<&Module, BTreeSet<&Module>> = imports
        .keys()
        .map(|module| (module, reachable(module, imports)))
        .collect();
    let mut found = BTreeSet::new();
    for (module, from_it) in &reached {
        if from_it.contains(module) {
            let circle = from_it
                .iter()
                .filter(|other| reached[*other].contains(module));
            let names: Vec<String> = circle.map(|module| module.join("::")).collect();
            found.insert(names.join(", "));
        }
    }
    found.into_iter().collect()
}

fn reachable<'a>(from: &Module, imports: &'a Imports) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(module) = open.pop() {
        for next in &imports[module] {
            if reached.insert(next) {
                open.push(next);
            }
        }
    }
    reached
}
