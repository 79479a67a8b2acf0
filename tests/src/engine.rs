use std::env;
use std::ffi::OsString;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

use thirtyfour::Capabilities;

use crate::process::Process;

mod chromium;
mod firefox;
mod taking_part;
pub(crate) mod webkit;

pub use taking_part::engines_taking_part;

/// A browser's engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium or Chrome, with chromedriver.
    Chromium,
    /// Firefox, with geckodriver.
    Firefox,
    /// WebKitGTK's MiniBrowser on a screen of its own, with WebKitWebDriver.
    WebKit,
}

/// A screen's size in CSS pixels, and whether it prefers the dark.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// From side to side.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
    /// Whether it prefers the dark.
    pub prefers_dark: bool,
}

impl Screen {
    /// One that shows the whole form: WebKit's driver does not scroll the page to what it clicks in
    /// a frame.
    pub const ORDINARY: Self = Self {
        width: 1280,
        height: 1300,
        prefers_dark: false,
    };
}

/// A driver that listens, and what to ask it for.
pub(crate) struct Driver {
    pub(crate) url: String,
    pub(crate) capabilities: Capabilities,
    pub(crate) process: Process,
    /// The screen of an engine that cannot do without.
    pub(crate) _screen: Option<Process>,
}

impl Engine {
    /// Every engine that the page has to work in.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// The one that a word of `PANTOKEN_BROWSERS` stands for.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|engine| engine.to_string() == name)
    }

    /// The programs that it needs and that are not there.
    pub(crate) fn missing_programs(self) -> Vec<String> {
        let programs: &[(&str, &str)] = match self {
            Self::Chromium => &[chromium::DRIVER],
            Self::Firefox => &[firefox::DRIVER],
            Self::WebKit => &[webkit::DRIVER, webkit::SCREEN],
        };
        programs
            .iter()
            .filter(|(variable, name)| !is_there(&program((variable, name))))
            .map(|(variable, name)| format!("{name} (on PATH, or named in {variable})"))
            .collect()
    }

    /// Starts a driver for one browser; the screen matters to Chromium only.
    pub(crate) async fn start(self, screen: Screen) -> Driver {
        match self {
            Self::Chromium => chromium::start(screen),
            Self::Firefox => firefox::start(),
            Self::WebKit => webkit::start().await,
        }
    }
}

impl Display for Engine {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        })
    }
}

/// What the variable names, else the name to look for on PATH.
fn program((variable, name): (&str, &str)) -> OsString {
    env::var_os(variable).unwrap_or_else(|| name.into())
}

fn is_there(program: &OsString) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let here = std::iter::once(PathBuf::new());
    // A program with a folder in its name stays as it is when it is joined to one of PATH.
    here.chain(env::split_paths(&path))
        .any(|folder| folder.join(program).is_file())
}
