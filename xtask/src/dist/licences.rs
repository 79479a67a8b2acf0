//! The licences of what is compiled into the programs: crates, C's standard library and Rust's. Whoever passes on a
//! program has to pass on their notices too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use cargo_metadata::{Metadata, MetadataCommand, Package};
use fs_err as fs;

use super::release::{Platform, Release};
use crate::command;
use crate::tools::{CARGO_ZIGBUILD, WASM_TARGET};
use crate::workspace::Workspace;

/// The folder of the licences, in archives and in images.
pub(super) const FOLDER: &str = "licenses";
pub(super) const FILES: [&str; 3] = ["crates.txt", "musl.txt", "rust-standard-library.html"];

/// Names of files with a licence or a notice begin with one of these, in capitals or not.
const NAMES: [&str; 6] = [
    "license",
    "licence",
    "unlicense",
    "copying",
    "copyright",
    "notice",
];
const LINE: &str =
    "\n--------------------------------------------------------------------------------\n";

/// Writes the licences of a platform's programs into a folder.
pub(super) fn write(release: &Release, platform: &Platform, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let workspace = &release.workspace;
    let programs = format!(
        "-p pantoken-server -p pantoken-sandbox --target {}",
        platform.target
    );
    let mut crates = crates(workspace, &programs)?;
    // The element is inside the server.
    let element = format!("-p pantoken-element --target {WASM_TARGET}");
    crates.extend(self::crates(workspace, &element)?);
    fs::write(folder.join(FILES[0]), text(&packages(workspace, &crates)?)?)?;
    let zig = release.tools.path(CARGO_ZIGBUILD)?;
    let zig = zig.ancestors().nth(2).context("a tool is in its folder")?;
    fs::copy(
        zig.join("ziglang/lib/libc/musl/COPYRIGHT"),
        folder.join(FILES[1]),
    )?;
    let rust = workspace
        .sysroot()?
        .join("share/doc/rust/COPYRIGHT-library.html");
    fs::copy(rust, folder.join(FILES[2]))?;
    Ok(())
}

/// Returns the names and versions of the crates that are compiled into packages.
fn crates(workspace: &Workspace, packages: &str) -> Result<BTreeSet<(String, String)>> {
    let edges = "tree --locked --edges normal,no-proc-macro --prefix none --format {p}";
    let tree = command::output(&mut workspace.cargo_line(&format!("{edges} {packages}")))?;
    let crates = tree.lines().filter_map(|line| {
        let (name, rest) = line.split_once(" v")?;
        let version = rest.split(' ').next()?;
        Some((name.to_owned(), version.to_owned()))
    });
    Ok(crates.collect())
}

/// Returns those of the crates that are somebody else's.
fn packages(workspace: &Workspace, crates: &BTreeSet<(String, String)>) -> Result<Vec<Package>> {
    let Metadata { packages, .. } = MetadataCommand::new()
        .current_dir(workspace.root())
        .other_options(["--locked".to_owned()])
        .exec()?;
    let is_inside = |package: &Package| {
        let key = (package.name.to_string(), package.version.to_string());
        package.source.is_some() && crates.contains(&key)
    };
    let packages: Vec<Package> = packages.into_iter().filter(is_inside).collect();
    ensure!(!packages.is_empty(), "cargo lists no crates");
    Ok(packages)
}

/// Returns each text once, below the names of the crates that have it.
fn text(packages: &[Package]) -> Result<String> {
    let mut texts = BTreeMap::<String, BTreeSet<String>>::new();
    let mut without = BTreeSet::new();
    for package in packages {
        let name = format!("{} {}", package.name, package.version);
        let folder = package
            .manifest_path
            .parent()
            .context("a file is in a folder")?;
        let files = licences(folder.as_std_path())?;
        if files.is_empty() {
            let licence = package.license.as_deref().unwrap_or_default();
            ensure!(
                !licence.is_empty(),
                "{name} does not say what its licence is"
            );
            without.insert(format!("{name}: {licence}; {}", package.authors.join(", ")));
        }
        for file in files {
            let text = String::from_utf8_lossy(&fs::read(file)?).replace("\r\n", "\n");
            texts
                .entry(text.trim_end().to_owned())
                .or_default()
                .insert(name.clone());
        }
    }
    let mut all = "These crates are compiled into the programs. Above each text are the crates that it belongs to.\n"
        .to_owned();
    for (text, crates) in &texts {
        let crates = crates.iter().map(String::as_str).collect::<Vec<_>>();
        all += &format!("{LINE}{}\n\n{text}\n", crates.join("\n"));
    }
    if !without.is_empty() {
        let crates = without.into_iter().collect::<Vec<_>>().join("\n");
        all += &format!("{LINE}These crates come without a text:\n\n{crates}\n");
    }
    Ok(all)
}

/// Returns the files with licences and notices in a crate: those of C code are further below.
fn licences(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let is_code = [".rs", ".c", ".h"].iter().any(|end| name.ends_with(end));
        if entry.file_type()?.is_dir() {
            found.extend(licences(&entry.path())?);
        } else if !is_code && NAMES.iter().any(|begin| name.starts_with(begin)) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_crate_of_the_programs_is_named_with_its_licence() {
        let workspace = Workspace::find().unwrap();
        let crates = crates(&workspace, "-p pantoken-sandbox").unwrap();
        let packages = packages(&workspace, &crates).unwrap();
        let text = text(&packages).unwrap();
        for package in packages {
            let name = format!("\n{} {}", package.name, package.version);
            assert!(text.contains(&name), "{name}");
        }
        // Of C code in a crate, in a folder of its own.
        assert!(text.contains("the fiat-crypto authors"), "ring");
        assert!(!text.contains("\npantoken-core"));
        let mit = "Permission is hereby granted, free of charge";
        assert!(text.contains(mit) && text.contains("Apache License"));
    }

    #[test]
    fn licences_and_notices_are_found_in_all_folders() {
        let folder = tempfile::tempdir().unwrap();
        let crate_folder = folder.path();
        let files = [
            "LICENSE-MIT",
            "c/zlib/License.txt",
            "NOTICE",
            "src/license.rs",
            "README.md",
        ];
        for file in files {
            let path = crate_folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = licences(crate_folder).unwrap();
        let expected = ["LICENSE-MIT", "NOTICE", "c/zlib/License.txt"];
        assert_eq!(found, expected.map(|file| crate_folder.join(file)));
    }
}
