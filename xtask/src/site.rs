//! `cargo xtask site`: the documentation as a site with search, into `dist/site`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use fs_err as fs;

use crate::command;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// The documents that are beside docs/, and their names in the site.
const OTHERS: [(&str, &str); 2] = [("README.md", "index.md"), ("CHANGELOG.md", "changelog.md")];
/// Where links to files of the repository lead.
const REPOSITORY: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/");

/// Builds the site, and checks that each of its links leads somewhere.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    let tools = Tools::find_or_install(&["mdbook"])?;
    let sources = workspace.scratch("site")?;
    fs::remove_dir_all(&sources)?;
    let docs = workspace.root().join("docs");
    copy_documents(workspace.root(), &docs, &sources)?;
    for (document, name) in OTHERS {
        let text = fs::read_to_string(workspace.root().join(document))?;
        let text = with_links(&text, workspace.root(), workspace.root())?;
        fs::write(sources.join(name), text)?;
    }
    command::run(
        Command::new(tools.path("mdbook")?)
            .arg("build")
            .arg(&sources),
    )?;
    let site = workspace.root().join("dist/site");
    if site.exists() {
        fs::remove_dir_all(&site)?;
    }
    fs::create_dir_all(workspace.root().join("dist"))?;
    fs::rename(sources.join("site"), &site)?;
    check_links(&site)?;
    Ok(site)
}

fn copy_documents(root: &Path, folder: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(folder)? {
        let from = entry?.path();
        let copied = to.join(from.file_name().context("a file has a name")?);
        if from.is_dir() {
            copy_documents(root, &from, &copied)?;
        } else if from.extension().is_some_and(|it| it == "md") {
            let text = fs::read_to_string(&from)?;
            fs::write(copied, with_links(&text, root, folder)?)?;
        } else {
            fs::copy(from, copied)?;
        }
    }
    Ok(())
}

/// Rewrites the links of a document in this folder: to another document of the site by its name there, and to
/// any other file of the repository by its URL.
fn with_links(text: &str, root: &Path, folder: &Path) -> Result<String> {
    let mut parts = text.split("](");
    let mut rewritten = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        rewritten += "](";
        match part.split_once(')') {
            Some((target, rest)) if !target.contains("://") && !target.starts_with('#') => {
                rewritten += &link(target, root, folder)?;
                rewritten += ")";
                rewritten += rest;
            }
            _ => rewritten += part,
        }
    }
    Ok(rewritten)
}

fn link(target: &str, root: &Path, folder: &Path) -> Result<String> {
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, format!("#{anchor}")),
        None => (target, String::new()),
    };
    let Ok(file) = fs::canonicalize(folder.join(path)) else {
        // Not a link: code that has the same characters.
        return Ok(target.to_owned());
    };
    let root = fs::canonicalize(root)?;
    let file = file
        .strip_prefix(&root)?
        .to_str()
        .context("a path is UTF-8")?;
    let other = OTHERS.iter().find(|(document, _)| *document == file);
    let in_site = other.map(|(_, name)| *name).or(file.strip_prefix("docs/"));
    let depth = folder
        .strip_prefix(root.join("docs"))
        .map_or(0, |it| it.iter().count());
    Ok(match in_site {
        Some(name) => format!("{}{name}{anchor}", "../".repeat(depth)),
        None => format!("{REPOSITORY}{file}{anchor}"),
    })
}

/// Fails if a page links to a file or a section that the site does not have.
fn check_links(site: &Path) -> Result<()> {
    let mut broken = Vec::new();
    for page in pages(site)? {
        let html = fs::read_to_string(&page)?;
        // The page for what is not found has links from the root.
        if page.ends_with("404.html") {
            continue;
        }
        for target in html
            .split("href=\"")
            .skip(1)
            .filter_map(|it| it.split('"').next())
        {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = match path {
                "" => page.clone(),
                _ => page.parent().unwrap_or(site).join(path),
            };
            let is_there = if anchor.is_empty() {
                file.exists()
            } else {
                let id = format!("id=\"{anchor}\"");
                fs::read_to_string(&file).is_ok_and(|html| html.contains(&id))
            };
            if !is_there {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    broken.sort();
    broken.dedup();
    bail!("links that lead nowhere:\n{}", broken.join("\n"));
}

fn pages(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(pages(&path)?);
        } else if path.extension().is_some_and(|it| it == "html") {
            found.push(path);
        }
    }
    Ok(found)
}
