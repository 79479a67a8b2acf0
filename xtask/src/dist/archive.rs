//! Archives that are the same to the byte for the same commit.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use fs_err as fs;

use super::release::{Platform, Release};
use crate::command;

/// Packs a platform's programs and documents into one folder with the name of the archive.
pub(super) fn pack(release: &Release, platform: &Platform) -> Result<()> {
    let staged = release.staged(platform)?;
    let parent = staged.parent().context("a folder is in a folder")?;
    let name = staged.file_name().context("a folder has a name")?;
    let names = [name.to_string_lossy().into_owned()];
    let tar = tar(parent, &names, 0, &release.time)?;
    Ok(fs::write(release.archive(platform), gzip(&tar)?)?)
}

/// Packs files and folders of a folder in the order of their names, with one owner and one time. The umask of whoever
/// builds makes no difference.
pub(super) fn tar(folder: &Path, names: &[String], owner: u32, time: &str) -> Result<Vec<u8>> {
    let mut tar = Command::new("tar");
    tar.args(["--sort=name", "--numeric-owner", "--format=gnu"])
        .args([format!("--owner={owner}"), format!("--group={owner}")])
        .args(["--mode=go=rX,u+rwX,a-s", "--create", "--file=-"])
        .arg(format!("--mtime=@{time}"))
        .arg("--directory")
        .arg(folder)
        .args(names);
    let output = command::capture(&mut tar)?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "tar cannot pack: {errors}");
    Ok(output.stdout)
}

/// Compresses without a name and a time.
pub(super) fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(bytes)?;
    let mut gzip = Command::new("gzip");
    gzip.args(["-9", "--no-name", "--stdout"]).arg(file.path());
    let output = command::capture(&mut gzip)?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "gzip cannot compress: {errors}");
    Ok(output.stdout)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// Makes a folder whose files are made in another order, at another time and with other rights.
    fn folder(names: [&str; 2], mode: u32) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("files");
        fs::create_dir(&files).unwrap();
        for name in names {
            fs::write(files.join(name), name).unwrap();
            fs::set_permissions(files.join(name), PermissionsExt::from_mode(mode)).unwrap();
        }
        folder
    }

    #[test]
    fn the_same_files_make_the_same_archive() {
        let [first, second] = [folder(["a", "b"], 0o600), folder(["b", "a"], 0o664)]
            .map(|folder| tar(folder.path(), &["files".to_owned()], 0, "1700000000").unwrap());
        assert!(!first.is_empty() && first == second);
        assert_eq!(gzip(&first).unwrap(), gzip(&second).unwrap());
    }

    #[test]
    fn a_missing_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = tar(folder.path(), &["missing".to_owned()], 0, "0").unwrap_err();
        assert!(error.to_string().contains("missing"), "{error}");
    }
}
