//! `cargo xtask size`: what a customer's browser has to load, against the budgets.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::element;
use crate::npm::Npm;
use crate::page;
use crate::steps::Steps;
use crate::tools::{Tools, WASM_TARGET};
use crate::workspace::Workspace;
use crate::yew_margin;

/// What other tasks write into `dist`, beside the demo's pages.
const OTHER_FOLDERS: [&str; 5] = ["api", "examples", "npm", "release", "sbom"];
const BUDGETS: &str = include_str!("../budgets.toml");
/// Prints the size of each file: as it is, after gzip and after brotli, each at its best.
const MEASURE: &str = "
const { readFileSync } = require('node:fs');
const { gzipSync, brotliCompressSync } = require('node:zlib');
for (const file of process.argv.slice(1)) {
  const bytes = readFileSync(file);
  console.log(bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length);
}";

#[derive(Clone, Copy, Default)]
struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl Size {
    /// What this is larger by.
    fn less(self, other: Self) -> Self {
        Self {
            raw: self.raw.saturating_sub(other.raw),
            gzip: self.gzip.saturating_sub(other.gzip),
            brotli: self.brotli.saturating_sub(other.brotli),
        }
    }
}

pub(crate) fn run() -> Result<()> {
    let workspace = Workspace::find()?;
    let mut steps = Steps::of(5);
    steps.run("tools", || Tools::find_or_install(&[WASM_TARGET]))?;
    let npm = steps.run("tools from npm", Npm::find_or_install)?;
    steps.run("demo page", || page::build(&workspace))?;
    steps.run("demo page, optimized", || page::optimize(&workspace, &npm))?;
    steps.run("element", || element::build(&workspace, &npm))?;
    check(&workspace, &npm)
}

/// Prints the sizes of what is built, and fails where one is over its budget.
pub(crate) fn check(workspace: &Workspace, npm: &Npm) -> Result<()> {
    let dist = workspace.root().join("dist");
    let element = [element::PUBLISHED_WASM, "element.js"].map(|name| dist.join("npm").join(name));
    let redirect = dist.join("npm").join(element::PUBLISHED_REDIRECT_WASM);
    println!("{:<44}{:>9}{:>9}{:>9}", "bytes", "raw", "gzip", "brotli");
    let yew = yew_margin::measure(workspace, npm)?;
    let (empty, with_form) = (sum(&yew.empty)?, sum(&yew.with_form)?);
    let (tabs, page): (Vec<_>, Vec<_>) = files_in(&dist)?
        .into_iter()
        .partition(|file| is_of_tab(file));
    let measured = [
        ("element", sum(&element)?),
        ("redirect-module", sum(&[redirect])?),
        ("yew-margin", with_form.less(empty)),
        ("demo-page", sum(&page)?),
        ("demo-tabs", sum(&tabs)?),
    ];
    let budgets = budgets()?;
    let mut over = Vec::new();
    println!();
    for (name, size) in measured {
        let budget = *budgets
            .get(name)
            .with_context(|| format!("xtask/budgets.toml has no budget for {name}"))?;
        println!("{name}: {} of {budget}", size.brotli);
        if size.brotli > budget {
            over.push(format!("{name} by {}", size.brotli - budget));
        }
    }
    if over.is_empty() {
        return Ok(());
    }
    bail!("over its budget in xtask/budgets.toml: {}", over.join(", "))
}

fn budgets() -> Result<BTreeMap<String, u64>> {
    toml::from_str(BUDGETS).context("xtask/budgets.toml is a name and a number of bytes per line")
}

/// Prints the size of each file, and gives their sum.
fn sum(files: &[PathBuf]) -> Result<Size> {
    let measure = command::capture(Command::new("node").args(["-e", MEASURE]).args(files))?;
    let output = String::from_utf8_lossy(&measure.stdout);
    let mut sum = Size::default();
    for (file, line) in files.iter().zip(output.lines()) {
        let size = read_size(line).with_context(|| format!("cannot measure {}", file.display()))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        print_row(&name, size);
        sum.raw += size.raw;
        sum.gzip += size.gzip;
        sum.brotli += size.brotli;
    }
    print_row("in all", sum);
    Ok(sum)
}

fn print_row(name: &str, size: Size) {
    println!(
        "{name:<44}{:>9}{:>9}{:>9}",
        size.raw, size.gzip, size.brotli
    );
}

fn read_size(line: &str) -> Option<Size> {
    let mut numbers = line.split(' ').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some(Size {
        raw: next()?,
        gzip: next()?,
        brotli: next()?,
    })
}

/// Returns whether a file belongs to the documents beside the first page, which load nothing of its module.
fn is_of_tab(file: &Path) -> bool {
    let is_document = file
        .extension()
        .is_some_and(|extension| extension == "html");
    let is_shared = file.parent().is_some_and(|folder| folder.ends_with("tabs"));
    is_shared || (is_document && !file.ends_with("index.html"))
}

/// Returns the files of the page, without the npm package and the examples beside them.
fn files_in(dist: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(dist).with_context(|| format!("cannot read {}", dist.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        } else if !OTHER_FOLDERS.iter().any(|folder| path.ends_with(folder)) {
            files.extend(files_in(&path)?);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_that_is_measured_has_a_budget() {
        let budgets = budgets().unwrap();
        for name in [
            "element",
            "redirect-module",
            "yew-margin",
            "demo-page",
            "demo-tabs",
        ] {
            assert!(budgets.contains_key(name), "{name}");
        }
    }

    #[test]
    fn the_tabs_are_measured_apart_from_the_first_page() {
        for file in ["dist/payin.html", "dist/tabs/tab.js", "dist/tabs/tabs.css"] {
            assert!(is_of_tab(Path::new(file)), "{file}");
        }
        for file in ["dist/index.html", "dist/start.js", "dist/style.css"] {
            assert!(!is_of_tab(Path::new(file)), "{file}");
        }
    }

    #[test]
    fn a_size_is_three_numbers() {
        assert_eq!(read_size("3 2 1").unwrap().brotli, 1);
        assert!(read_size("3 2").is_none());
    }
}
