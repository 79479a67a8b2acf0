//! A Debian package with the programs, their manuals and completions, and the systemd units.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use fs_err as fs;

use super::archive::gzip;
use super::licences;
use super::programs::PROGRAMS;
use super::release::{Platform, Release};
use crate::command;

const DESCRIPTION: &str = "\
take payment cards without touching card numbers
 A server with an HTTP API that signs form URLs, keeps payment tokens and
 records every outcome exactly once, and a sandbox that plays the payment
 providers.";
const MAINTAINER: &str = "The pantoken authors <pantoken@users.noreply.github.com>";
/// Debian keeps the text of this licence once for all packages.
const COPYRIGHT: &str = "\
pantoken has the MIT licence, which follows, or the Apache License, Version 2.0,
at your option. On Debian systems, the text of the latter is in
/usr/share/common-licenses/Apache-2.0. The licences of the code that is compiled
into the programs are in /usr/share/doc/pantoken/licenses.

";
/// The programs need no library, so that they run on every release of Debian and Ubuntu.
const OVERRIDES: &str = "pantoken: statically-linked-binary [usr/bin/pantoken]
pantoken: statically-linked-binary [usr/bin/pantoken-sandbox]
";

/// What is installed beside the programs: a file of the archive, and the folder it is in.
const FILES: [(&str, &str); 9] = [
    ("README.md", "usr/share/doc/pantoken"),
    ("SECURITY.md", "usr/share/doc/pantoken"),
    ("deploy/nginx.conf", "usr/share/doc/pantoken/examples"),
    ("deploy/pantoken.toml", "usr/share/doc/pantoken/examples"),
    ("deploy/pantoken-backup", "usr/bin"),
    ("deploy/pantoken.service", UNITS),
    ("deploy/pantoken-backup.service", UNITS),
    ("deploy/pantoken-backup.timer", UNITS),
    ("CHANGELOG.md", "usr/share/doc/pantoken"),
];
const UNITS: &str = "usr/lib/systemd/system";
/// What dpkg runs, in deploy/debian.
const SCRIPTS: [&str; 3] = ["postinst", "postrm", "prerm"];

pub(super) fn pack(release: &Release, platform: &Platform) -> Result<()> {
    let root = release.workspace.scratch("dist/deb")?;
    let root = root.join(platform.processor);
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    install(&release.staged(platform)?, &root)?;
    let changes = gzip(changelog(release)?.as_bytes())?;
    fs::write(root.join("usr/share/doc/pantoken/changelog.gz"), changes)?;
    let control = root.join("DEBIAN");
    fs::create_dir_all(&control)?;
    fs::write(control.join("control"), control_file(platform))?;
    for script in SCRIPTS {
        let source = release.workspace.root().join("deploy/debian").join(script);
        copy(&source, &control)?;
        fs::set_permissions(control.join(script), PermissionsExt::from_mode(0o755))?;
    }
    // As they are whatever the umask of whoever builds is.
    let mut rights = Command::new("chmod");
    command::run(rights.args(["--recursive", "u=rwX,go=rX"]).arg(&root))?;
    let mut pack = Command::new("dpkg-deb");
    // With more threads, xz makes other bytes on another machine.
    pack.args(["--root-owner-group", "-Zxz", "--threads-max=1", "--build"])
        .arg(&root)
        .arg(release.package(platform))
        .env("SOURCE_DATE_EPOCH", &release.time);
    command::run(&mut pack)
}

fn control_file(platform: &Platform) -> String {
    format!(
        "Package: pantoken\nVersion: {}\nArchitecture: {}\n\
         Maintainer: {MAINTAINER}\n\
         Section: net\nPriority: optional\nRecommends: ca-certificates\nSuggests: sqlite3, postgresql-client\n\
         Homepage: {}\nDescription: {DESCRIPTION}\n",
        version(),
        platform.processor,
        env!("CARGO_PKG_REPOSITORY"),
    )
}

/// Debian sorts 0.2.0~rc.1 before 0.2.0.
fn version() -> String {
    Release::VERSION.replacen('-', "~", 1)
}

/// Returns what Debian's tools read about this version. People read CHANGELOG.md.
fn changelog(release: &Release) -> Result<String> {
    let mut date = Command::new("date");
    date.args(["--utc", "--rfc-email", "--date"]);
    let date = command::output(date.arg(format!("@{}", release.time)).env("LC_ALL", "C"))?;
    Ok(format!(
        "pantoken ({}) stable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- {MAINTAINER}  {date}",
        version()
    ))
}

/// Puts each file where Debian expects it.
fn install(staged: &Path, root: &Path) -> Result<()> {
    for program in PROGRAMS {
        copy(&staged.join(program), &root.join("usr/bin"))?;
        let completions = staged.join("completions");
        let bash = root.join("usr/share/bash-completion/completions");
        fs::create_dir_all(&bash)?;
        let file = completions.join(format!("{program}.bash"));
        fs::copy(file, bash.join(program))?;
        let zsh = completions.join(format!("_{program}"));
        copy(&zsh, &root.join("usr/share/zsh/vendor-completions"))?;
        let fish = completions.join(format!("{program}.fish"));
        copy(&fish, &root.join("usr/share/fish/vendor_completions.d"))?;
    }
    let manuals = root.join("usr/share/man/man1");
    fs::create_dir_all(&manuals)?;
    for page in fs::read_dir(staged.join("man"))? {
        let page = page?;
        let compressed = manuals.join(page.file_name()).with_added_extension("gz");
        fs::write(compressed, gzip(&fs::read(page.path())?)?)?;
    }
    for (file, folder) in FILES {
        copy(&staged.join(file), &root.join(folder))?;
    }
    for file in licences::FILES {
        let folder = root.join("usr/share/doc/pantoken").join(licences::FOLDER);
        copy(&staged.join(licences::FOLDER).join(file), &folder)?;
    }
    let units = root.join(UNITS);
    for unit in fs::read_dir(&units)? {
        // A package installs into /usr, and leaves /usr/local to the administrator.
        let unit = unit?.path();
        let text = fs::read_to_string(&unit)?.replace("/usr/local/bin/", "/usr/bin/");
        fs::write(unit, text)?;
    }
    let documents = root.join("usr/share/doc/pantoken");
    let licence = fs::read_to_string(staged.join("LICENSE-MIT"))?;
    fs::write(documents.join("copyright"), COPYRIGHT.to_owned() + &licence)?;
    let overrides = root.join("usr/share/lintian/overrides");
    fs::create_dir_all(&overrides)?;
    Ok(fs::write(overrides.join("pantoken"), OVERRIDES)?)
}

fn copy(file: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let name = file.file_name().context("a file has a name")?;
    fs::copy(file, folder.join(name))?;
    Ok(())
}
