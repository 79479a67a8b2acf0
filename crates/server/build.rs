//! Finds the files of the custom element, which `pantoken serve` answers at `/pantoken/`, and lists them for
//! `src/http/element_files.rs`.
//!
//! The files are in the folder that `PANTOKEN_ELEMENT_DIR` names, or in `embedded-element` in the target folder,
//! where `cargo xtask` puts them. Each is compressed here once, as well as possible, so that the server does not
//! compress it for each browser. Without them, the binary says how to build it with them.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

const FOLDER: &str = "PANTOKEN_ELEMENT_DIR";
/// What a browser loads. The folder also has types, which only compilers read.
const EXTENSIONS: [&str; 2] = ["js", "wasm"];

fn main() -> Result<(), Box<dyn Error>> {
    let out_dir = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-env-changed={FOLDER}");
    println!("cargo::rerun-if-changed=build.rs");
    let files = match folder(&out_dir)? {
        Some(folder) => {
            println!("cargo::rerun-if-changed={}", folder.display());
            files(&folder)?
        }
        None => Vec::new(),
    };
    let mut list = String::from("&[\n");
    for file in &files {
        let name = file.file_name().unwrap_or_default();
        let path = fs::canonicalize(file)?;
        let content = fs::read(&path)?;
        let compressed = |extension: &str| {
            let mut compressed = out_dir.join(name).into_os_string();
            compressed.push(extension);
            PathBuf::from(compressed)
        };
        let (brotli, gzip) = (compressed(".br"), compressed(".gz"));
        fs::write(&brotli, compress_with_brotli(&content)?)?;
        fs::write(&gzip, compress_with_gzip(&content)?)?;
        writeln!(
            list,
            "    EmbeddedFile {{ name: {name:?}, content: include_bytes!({path:?}), \
             brotli: include_bytes!({brotli:?}), gzip: include_bytes!({gzip:?}) }},"
        )?;
    }
    list.push(']');
    fs::write(out_dir.join("element_files.rs"), list)?;
    Ok(())
}

fn compress_with_brotli(content: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut compressed = Vec::new();
    let best = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &best)?;
    Ok(compressed)
}

fn compress_with_gzip(content: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(content)?;
    Ok(gzip.finish()?)
}

/// Returns the folder to read.
fn folder(out_dir: &Path) -> Result<Option<PathBuf>, Box<dyn Error>> {
    if let Some(folder) = env::var_os(FOLDER).filter(|folder| !folder.is_empty()) {
        let folder = PathBuf::from(folder);
        if !folder.is_absolute() || !folder.is_dir() {
            return Err(format!("{FOLDER} must be the absolute path of a folder").into());
        }
        return Ok(Some(folder));
    }
    // Cargo marks the target folder with this file, wherever it is, and the folder of each `--target` inside it.
    let is_marked = |folder: &&Path| folder.join("CACHEDIR.TAG").is_file();
    let mut folders = out_dir.ancestors().skip_while(|folder| !is_marked(folder));
    let inner = folders.next();
    let target = folders.next().filter(is_marked).or(inner);
    let Some(folder) = target.map(|target| target.join("embedded-element")) else {
        return Ok(None);
    };
    // Cargo would run this script in every build while the folder that it watches does not exist.
    fs::create_dir_all(&folder)?;
    Ok(Some(folder))
}

/// Returns the files of the folder that a browser loads, in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_file() && extension.is_some_and(|it| EXTENSIONS.contains(&it)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
