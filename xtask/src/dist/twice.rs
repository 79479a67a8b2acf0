//! The same commit in another folder has to make the same files to the byte, so that anybody can tell what is in the
//! published ones.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use fs_err as fs;
use tempfile::TempDir;

use super::release::{Release, git};
use crate::command;

/// The file that names all others.
const SUMS: &str = "SHA256SUMS";

/// Checks out the commit in another folder, which is removed when it is dropped.
pub(super) fn copy(release: &Release) -> Result<TempDir> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let mut clone = git(&release.workspace);
    clone.args(["clone", "--quiet", "--no-hardlinks", "."]);
    command::run(clone.arg(folder.path()))?;
    Ok(folder)
}

pub(super) fn release_in(release: &Release, folder: &Path) -> Result<Release> {
    Release::of(release.workspace.copied_to(folder), &release.platforms)
}

/// Fails with the names of all files that differ, and with what differs in them.
pub(super) fn compare(first: &Path, second: &Path) -> Result<()> {
    let sums =
        |folder: &Path| Ok::<_, std::io::Error>(read(&fs::read_to_string(folder.join(SUMS))?));
    let different = different(&sums(first)?, &sums(second)?);
    if different.is_empty() {
        return Ok(());
    }
    let mut report = String::new();
    for name in different {
        report += &format!("{name}\n");
        report += &explain(&first.join(&name), &second.join(&name)).unwrap_or_default();
    }
    bail!("two builds of the same commit in two folders differ in:\n{report}")
}

/// Returns the sum of each file.
fn read(sums: &str) -> BTreeMap<String, String> {
    let lines = sums.lines().filter_map(|line| line.split_once("  "));
    lines
        .map(|(sum, name)| (name.to_owned(), sum.to_owned()))
        .collect()
}

/// Returns the names of the files that are not the same in both.
fn different(first: &BTreeMap<String, String>, second: &BTreeMap<String, String>) -> Vec<String> {
    let mut names: Vec<&String> = first.keys().chain(second.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| first.get(*name) != second.get(*name))
        .cloned()
        .collect()
}

/// Returns the names of the files that differ in two archives.
fn explain(first: &Path, second: &Path) -> Result<String> {
    let folders = tempfile::tempdir()?;
    for (file, name) in [(first, "first"), (second, "second")] {
        let folder = folders.path().join(name);
        fs::create_dir(&folder)?;
        let mut unpack = match file.extension().is_some_and(|it| it == "deb") {
            true => {
                let mut unpack = Command::new("dpkg-deb");
                unpack.arg("--raw-extract").arg(file).arg(&folder);
                unpack
            }
            false => {
                let mut unpack = Command::new("tar");
                unpack.arg("--extract").arg("--file").arg(file);
                unpack.arg("--directory").arg(&folder);
                unpack
            }
        };
        let unpacked = command::capture(&mut unpack)?;
        ensure!(unpacked.status.success(), "it is not an archive");
    }
    let mut diff = Command::new("diff");
    diff.args(["--brief", "--recursive", "first", "second"]);
    let diff = command::capture(diff.current_dir(folders.path()))?;
    let lines = String::from_utf8_lossy(&diff.stdout);
    let lines = lines.lines().map(|line| format!("    {line}\n"));
    Ok(lines.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::{archive, write_checksums};

    #[test]
    fn what_differs_is_named_with_the_files_in_it() {
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        for (folder, text) in folders.iter().zip(["one", "two"]) {
            let path = folder.path();
            fs::write(path.join("same.json"), "{}").unwrap();
            fs::create_dir(path.join("packed")).unwrap();
            fs::write(path.join("packed/differs"), text).unwrap();
            fs::write(path.join("packed/same"), "").unwrap();
            let tar = archive::tar(path, &["packed".to_owned()], 0, "0").unwrap();
            fs::write(path.join("a.tar.gz"), archive::gzip(&tar).unwrap()).unwrap();
            fs::remove_dir_all(path.join("packed")).unwrap();
        }
        fs::write(folders[1].path().join("new.deb"), "").unwrap();
        for folder in &folders {
            write_checksums(folder.path()).unwrap();
        }
        let [first, second] = folders.each_ref().map(TempDir::path);
        let error = compare(first, second).unwrap_err().to_string();
        let (_, report) = error.split_once('\n').unwrap();
        assert_eq!(
            report,
            "a.tar.gz\n    Files first/packed/differs and second/packed/differs differ\nnew.deb\n"
        );
        compare(first, first).unwrap();
    }
}
