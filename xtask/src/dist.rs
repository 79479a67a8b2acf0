//! `cargo xtask dist`: everything that a release consists of, into `dist/release`.

mod archive;
mod debian;
mod dockerfile;
mod image;
mod licences;
mod programs;
mod release;
mod trial;
mod twice;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;
use fs_err as fs;

use crate::command;
use crate::element;
use crate::npm::Npm;
use crate::sbom;
use crate::steps::Steps;
use crate::workspace::Workspace;
use image::IMAGES;
use release::{PLATFORMS, Platform, Release};

pub(crate) const EXAMPLES: &str = "\
It makes, of the commit that is checked out:
  pantoken-VERSION-linux-*.tar.gz   the programs, linked statically, with manuals, completions and licences
  pantoken_VERSION_*.deb            the same as a Debian package, with the systemd units
  pantoken*-VERSION-image.tar       the container images, for `docker load` and Skopeo
  pantoken-VERSION.tgz              the npm package
  *.crate, *.cdx.json               the crates, and a bill of materials of each
  SHA256SUMS                        for `sha256sum --check`

Then it uses each as you would, the programs of another processor under QEMU. It needs Linux and about 4 GB.

Examples:
  cargo xtask dist
  cargo xtask dist --own
  cargo xtask dist --twice";

/// The steps of one build.
const BUILD: usize = 7;

#[derive(Args)]
pub(crate) struct Options {
    /// Build the same commit again in another folder, which takes as long, and compare the files byte by byte
    #[arg(long)]
    twice: bool,
    /// Build the programs for this machine's processor only, which takes half as long
    #[arg(long)]
    own: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let again = if options.twice { BUILD + 1 } else { 0 };
    let mut steps = Steps::of(BUILD + 3 + again);
    let own = Platform::own()?;
    let platforms = match options.own {
        true => vec![own],
        false => PLATFORMS.iter().collect(),
    };
    let release = steps.run("tools", || Release::of(Workspace::find()?, &platforms))?;
    let npm = steps.run("tools from npm", Npm::find_or_install)?;
    build(&release, &npm, &mut steps)?;
    steps.run("trial", || trial::run(&release))?;
    if options.twice {
        let copy = twice::copy(&release)?;
        let again = steps.run("second copy", || twice::release_in(&release, copy.path()))?;
        build(&again, &npm, &mut steps)?;
        if let Err(difference) = twice::compare(&release.folder, &again.folder) {
            let kept = copy.keep();
            return Err(
                difference.context(format!("the second build is kept in {}", kept.display()))
            );
        }
        println!("\nThe second build made the same files, to the byte.");
    }
    println!("\nThe release is in {}.", release.folder.display());
    Ok(())
}

fn build(release: &Release, npm: &Npm, steps: &mut Steps) -> Result<()> {
    steps.run("element package", || pack_element(release, npm))?;
    steps.run("programs", || programs::build(release))?;
    steps.run("archives", || {
        let mut platforms = release.platforms.iter();
        platforms.try_for_each(|platform| archive::pack(release, platform))
    })?;
    steps.run("Debian packages", || {
        let mut platforms = release.platforms.iter();
        platforms.try_for_each(|platform| debian::pack(release, platform))
    })?;
    steps.run("images", || {
        let mut images = IMAGES.iter();
        images.try_for_each(|image| image::assemble(release, *image))
    })?;
    steps.run("crates and bills of materials", || collect(release))?;
    steps.run("checksums", || write_checksums(&release.folder))
}

fn pack_element(release: &Release, npm: &Npm) -> Result<()> {
    let package = element::build(&release.workspace, npm)?;
    let mut pack = Command::new("npm");
    pack.current_dir(&release.folder).args(["pack", "--silent"]);
    command::run(pack.arg(package))
}

/// Copies what `cargo package` makes, and the bills of materials.
fn collect(release: &Release) -> Result<()> {
    let workspace = &release.workspace;
    let packages = workspace.published()?;
    let mut package = workspace.cargo_line("package --locked --no-verify");
    for name in &packages {
        package.args(["-p", name]);
    }
    command::run(&mut package)?;
    for name in &packages {
        let file = format!("{name}-{}.crate", Release::VERSION);
        let packed = workspace.target().join("package").join(&file);
        fs::copy(packed, release.folder.join(file))?;
    }
    sbom::write(workspace)?;
    for entry in fs::read_dir(workspace.root().join("dist/sbom"))? {
        let entry = entry?;
        fs::copy(entry.path(), release.folder.join(entry.file_name()))?;
    }
    Ok(())
}

/// Writes `SHA256SUMS`, which `sha256sum --check` reads.
fn write_checksums(folder: &Path) -> Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().into_string();
        names.push(
            name.ok()
                .context("a file of the release has a name in UTF-8")?,
        );
    }
    names.sort();
    let mut sums = Command::new("sha256sum");
    let sums = command::output(sums.current_dir(folder).args(names))?;
    Ok(fs::write(folder.join("SHA256SUMS"), sums)?)
}
