//! The demo page, built as Trunk builds it, but without Trunk, which takes minutes to compile.
//!
//! `index.html` says what belongs to the page: each `<link data-trunk …>` names a file of it.

use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fs_err as fs;
use pantoken_test_support::{Process, send_request};

use crate::command;
use crate::npm::Npm;
use crate::optimize;
use crate::tools::{Tools, WASM_TARGET};
use crate::wasm_bindgen;
use crate::workspace::Workspace;

const NAME: &str = "pantoken-demo";
/// Not the port of Trunk.toml, on which a developer may have `trunk serve` running.
const SERVE_PORT: u16 = 8089;

/// Builds the page into `dist`.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    workspace.run_cargo(&format!(
        "build --locked -p {NAME} --profile web --target {WASM_TARGET}"
    ))?;
    let module = workspace.target().join(WASM_TARGET).join("web");
    let module = module.join(NAME).with_extension("wasm");

    let dist = workspace.root().join("dist");
    let snippets = dist.join("snippets");
    if snippets.exists() {
        fs::remove_dir_all(snippets)?;
    }
    fs::create_dir_all(&dist)?;
    wasm_bindgen::generate(&module, &dist, NAME)?;
    let source = fs::read_to_string(workspace.root().join("index.html"))?;
    let page = Page::read(&source)?;
    for file in &page.files {
        fs::copy(workspace.root().join(file), dist.join(file_name(file)))?;
    }
    for folder in &page.folders {
        copy_folder(
            &workspace.root().join(folder),
            &dist.join(file_name(folder)),
        )?;
    }
    fs::write(dist.join("index.html"), page.html)?;
    Ok(())
}

/// Copies the files of a folder, and removes those of an earlier copy.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Makes the module in `dist` as small as one would publish it. The demo does without, and without Node.
pub(crate) fn optimize(workspace: &Workspace, npm: &Npm) -> Result<()> {
    let module = workspace.root().join(format!("dist/{NAME}_bg.wasm"));
    optimize::module(npm, &module, &module, optimize::WASM_FEATURES)
}

/// Checks that `trunk build --release` makes the same page, and that `trunk serve` serves it.
pub(crate) fn compare_with_trunk(workspace: &Workspace, tools: &Tools) -> Result<()> {
    let folder = workspace.scratch("trunk")?;
    let mut build = trunk(workspace, tools, "build", &folder)?;
    command::run(&mut build)?;
    compare_files(&folder, &workspace.root().join("dist"))?;
    let mut serve = trunk(workspace, tools, "serve", &folder)?;
    serve.args(["--port", &SERVE_PORT.to_string(), "--no-autoreload=true"]);
    let mut trunk = Process::start(&mut serve);
    let address = format!("127.0.0.1:{SERVE_PORT}");
    while !serves_page(&address) {
        ensure!(!trunk.has_ended(), "`trunk serve` ended:\n{}", trunk.log());
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Fails if a file that Trunk made differs from our own.
fn compare_files(trunk: &Path, own: &Path) -> Result<()> {
    for entry in fs::read_dir(trunk)? {
        let file = entry?.path();
        let own = own.join(file.file_name().context("a file has a name")?);
        if file.is_dir() {
            compare_files(&file, &own)?;
            continue;
        }
        // Trunk adds hashes to the links of the document.
        if !file.ends_with("index.html") && fs::read(&file)? != fs::read(&own)? {
            bail!(
                "{} is not what `cargo xtask demo` builds: {}",
                file.display(),
                own.display()
            );
        }
    }
    Ok(())
}

fn serves_page(address: &str) -> bool {
    if TcpStream::connect(address).is_err() {
        return false;
    }
    let response = send_request(address, "GET / HTTP/1.1", "");
    response.starts_with("HTTP/1.1 200") && response.contains(NAME)
}

fn trunk(workspace: &Workspace, tools: &Tools, task: &str, dist: &Path) -> Result<Command> {
    let mut trunk = Command::new("trunk");
    trunk
        .current_dir(workspace.root())
        .args([task, "--release", "--offline=true", "--dist"])
        .arg(dist)
        // Trunk reads it as a flag that is `true` or `false`, and refuses the customary `1`.
        .env_remove("NO_COLOR");
    tools.lend_to(&mut trunk)?;
    Ok(trunk)
}

struct Page<'a> {
    html: String,
    /// Copied beside the document, without their folders.
    files: Vec<&'a str>,
    /// Copied beside the document, with the files that are in them.
    folders: Vec<&'a str>,
}

impl<'a> Page<'a> {
    /// Replaces the links that are for Trunk, one on each line, by what a browser understands.
    fn read(source: &'a str) -> Result<Self> {
        let (mut html, mut files, mut folders) = (String::new(), Vec::new(), Vec::new());
        for line in source.lines() {
            if !line.contains("data-trunk") {
                html += &format!("{line}\n");
                continue;
            }
            let rel = attribute(line, "rel").unwrap_or_default();
            let href = attribute(line, "href").with_context(|| format!("no href in: {line}"))?;
            match rel {
                "rust" => continue,
                "copy-dir" => {
                    folders.push(href);
                    continue;
                }
                "css" => {
                    let name = file_name(href);
                    html += &format!("    <link rel=\"stylesheet\" href=\"{name}\" />\n");
                }
                "copy-file" => {}
                _ => bail!("xtask/src/page.rs does not know rel=\"{rel}\" of index.html: {line}"),
            }
            files.push(href);
        }
        Ok(Self {
            html,
            files,
            folders,
        })
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split_once('"').map(|(value, _)| value)
}

fn file_name(path: &str) -> &str {
    Path::new(path)
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_each_file_that_index_html_names() {
        let page = Page::read(include_str!("../../index.html")).unwrap();
        let expected = [
            "web/demo/style.css",
            "web/demo/start.js",
            "web/demo/icon.svg",
            "web/demo/payin.html",
            "web/demo/jetpay.html",
            "web/demo/qiwi-pay.html",
        ];
        assert_eq!(page.files, expected);
        assert_eq!(page.folders, ["web/demo/tabs"]);
        assert!(!page.html.contains("data-trunk"), "{}", page.html);
        assert!(
            page.html
                .contains(r#"<link rel="stylesheet" href="style.css" />"#)
        );
    }
}
