use std::fmt::{self, Display, Formatter};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::programs::workspace;
use crate::site::SiteOptions;

/// A page with a card form. Both accept `?lang=`, and have the ids and data attributes that the tests
/// use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The demo page, with the Yew component.
    Yew,
    /// A page of plain HTML, with the custom element.
    Element,
}

impl Page {
    /// Every page.
    pub const ALL: [Self; 2] = [Self::Yew, Self::Element];

    /// Returns the options of a test site with this page.
    pub fn options(self) -> SiteOptions {
        SiteOptions::with_pages(match self {
            Self::Yew => Pages::demo(),
            Self::Element => Pages::with_element(&workspace().join("tests/pages/element")),
        })
    }
}

impl Display for Page {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Yew => "yew",
            Self::Element => "element",
        })
    }
}

/// A folder of pages for the server of a test site.
pub struct Pages {
    pub(crate) folder: PathBuf,
    _made: Option<TempDir>,
}

impl Pages {
    /// The demo page.
    pub fn demo() -> Self {
        Self {
            folder: dist(),
            _made: None,
        }
    }

    /// A copy of these pages, with the npm package in the folder `pantoken`.
    pub fn with_element(folder: &Path) -> Self {
        let made = tempfile::tempdir().unwrap();
        copy(folder, made.path());
        copy(&element_package(), &made.path().join("pantoken"));
        Self {
            folder: made.path().to_owned(),
            _made: Some(made),
        }
    }

    /// An example as `cargo xtask examples` built it.
    pub fn example(name: &str) -> Self {
        let folder = dist().join("examples").join(name);
        assert!(
            folder.join("index.html").is_file(),
            "{} contains no example: run `cargo xtask test` or `cargo xtask examples` first",
            folder.display()
        );
        Self {
            folder,
            _made: None,
        }
    }
}

/// Returns the folder of the demo page that Trunk built.
pub fn dist() -> PathBuf {
    let dist = dist_folder();
    assert!(
        dist.join("index.html").is_file(),
        "{} contains no demo page: run `cargo xtask test` or `trunk build --release` first",
        dist.display()
    );
    dist
}

/// Returns whether the tests can use the pages: they are all built, or `PANTOKEN_BROWSERS` demands that the
/// tests run. Otherwise it says on stderr which page is missing.
pub fn has_pages() -> bool {
    let dist = dist_folder();
    let pages = [
        "index.html",
        "npm/element.js",
        "examples/react/index.html",
        "examples/axe.min.js",
    ];
    let missing = pages.iter().find(|page| !dist.join(page).is_file());
    if let Some(page) = missing
        && std::env::var_os("PANTOKEN_BROWSERS").is_none()
    {
        let text = format!(
            "the tests of the pages are skipped: {} is missing; `trunk build --release && cargo xtask examples` \
             builds it",
            dist.join(page).display()
        );
        // Not with `eprintln!`, whose text is shown for failing tests only.
        let _ = writeln!(std::io::stderr(), "{text}");
        return false;
    }
    true
}

fn dist_folder() -> PathBuf {
    std::env::var_os("PANTOKEN_DIST").map_or_else(|| workspace().join("dist"), PathBuf::from)
}

/// Returns the folder of the npm package that `cargo xtask element` built.
fn element_package() -> PathBuf {
    let package = dist().join("npm");
    assert!(
        package.join("element.js").is_file(),
        "{} contains no element: run `cargo xtask test` or `cargo xtask element` first",
        package.display()
    );
    package
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
