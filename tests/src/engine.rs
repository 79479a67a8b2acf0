use std::env;
use std::ffi::OsString;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

use thirtyfour::Capabilities;

use pantoken_test_support::Process;

mod available;
mod chromium;
mod firefox;
pub(crate) mod webkit;

pub use available::available_engines;
pub use chromium::{chromium_capabilities, start_chromedriver};

/// A browser's engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium or Chrome, with chromedriver.
    Chromium,
    /// Firefox, with geckodriver.
    Firefox,
    /// WebKitGTK's MiniBrowser on a virtual screen, with WebKitWebDriver.
    WebKit,
}

/// The size of a screen in CSS pixels, and its preferred color scheme.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// The width.
    pub width: u32,
    /// The height.
    pub height: u32,
    /// Whether it prefers a dark color scheme.
    pub prefers_dark: bool,
}

impl Screen {
    /// A screen that shows the whole form, because WebKit's driver does not scroll to what it clicks in
    /// a frame.
    pub const ORDINARY: Self = Self {
        width: 1280,
        height: 1300,
        prefers_dark: false,
    };
}

/// A running driver, with the capabilities to request.
pub(crate) struct Driver {
    pub(crate) url: String,
    pub(crate) capabilities: Capabilities,
    pub(crate) process: Process,
    /// The virtual screen, if the engine needs one.
    pub(crate) _screen: Option<Process>,
}

impl Engine {
    /// Every engine that the page must work in.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// Returns the engine with this name in `PANTOKEN_BROWSERS`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|engine| engine.to_string() == name)
    }

    /// Returns the programs that the engine needs and that are not installed.
    pub(crate) fn missing_programs(self) -> Vec<String> {
        let programs: &[(&str, &str)] = match self {
            Self::Chromium => &[chromium::DRIVER],
            Self::Firefox => &[firefox::DRIVER],
            Self::WebKit => &[webkit::DRIVER, webkit::SCREEN],
        };
        programs
            .iter()
            .filter(|(variable, name)| !is_installed(&program((variable, name))))
            .map(|(variable, name)| format!("{name} (on PATH, or named in {variable})"))
            .collect()
    }

    /// Starts a driver for one browser. Only Chromium uses the screen.
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

/// Returns the program that the variable names, or the name to look up on PATH.
fn program((variable, name): (&str, &str)) -> OsString {
    env::var_os(variable).unwrap_or_else(|| name.into())
}

fn is_installed(program: &OsString) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let here = std::iter::once(PathBuf::new());
    // Joining an absolute path to a folder of PATH leaves it as it is.
    here.chain(env::split_paths(&path))
        .any(|folder| folder.join(program).is_file())
}
