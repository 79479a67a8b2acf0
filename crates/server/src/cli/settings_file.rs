//! Reads files for settings, and the settings file only if nobody else can have written it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Reads the settings file. Whoever can write it chooses the database, the receiver of webhooks and more.
///
/// # Errors
/// Returns an error if the file cannot be read, or belongs to another user than this one and root, or if every
/// user may write it.
pub(super) fn read(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    check(&file)?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(unix)]
fn check(file: &File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;

    const ROOT: u32 = 0;
    const WRITABLE_BY_OTHERS: u32 = 0o002;
    let metadata = file.metadata()?;
    let own = rustix::process::geteuid().as_raw();
    let refuse = |rule| Err(io::Error::new(io::ErrorKind::PermissionDenied, rule));
    if metadata.uid() != own && metadata.uid() != ROOT {
        return refuse(
            "it belongs to another user, who could change your settings; make root or the user who runs pantoken \
             its owner, or name another file with --config",
        );
    }
    if metadata.mode() & WRITABLE_BY_OTHERS != 0 {
        return refuse("every user may write it; remove that permission with chmod o-w");
    }
    Ok(())
}

#[cfg(not(unix))]
fn check(_: &File) -> io::Result<()> {
    Ok(())
}
