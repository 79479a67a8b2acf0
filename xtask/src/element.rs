//! `cargo xtask element`: the npm package of the custom element.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use fs_err as fs;
use pantoken_a2c::Language;
use pantoken_widget::FormKind;

use crate::command;
use crate::npm::Npm;
use crate::optimize;
use crate::reproduction;
use crate::steps::Steps;
use crate::wasm_bindgen;
use crate::workspace::Workspace;

/// The folder below the target folder that has all sources of the package.
const SOURCES: &str = "element";
/// The folder below the target folder that has the modules as they are compiled.
const COMPILED: &str = "compiled-element";
/// The folder below the target folder that has what wasm-bindgen generates.
const GENERATED: &str = "generated-element";
/// What wasm-bindgen calls each module, so that one script has the bindings of all.
const BINDINGS: &str = "pantoken_element";
/// All packages of the workspace have one version.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The names of the modules in the package. The version is in them, so that a browser's or a proxy's cache never gives a
/// script the module of another version.
pub(crate) const PUBLISHED_WASM: &str = concat!("pantoken-", env!("CARGO_PKG_VERSION"), ".wasm");
pub(crate) const PUBLISHED_REDIRECT_WASM: &str =
    concat!("pantoken-redirect-", env!("CARGO_PKG_VERSION"), ".wasm");
const MODULES: [Module; 3] = [
    Module {
        name: "pantoken_form",
        features: "form",
        published: Some(PUBLISHED_WASM),
    },
    Module {
        name: "pantoken_redirect",
        features: "redirect",
        published: Some(PUBLISHED_REDIRECT_WASM),
    },
    // What `inline.js` has inside.
    Module {
        name: "pantoken_element",
        features: "form,redirect",
        published: None,
    },
];
const SCRIPTS: [&str; 11] = [
    "element.js",
    "inline.js",
    "define.js",
    "pantoken-form.js",
    "pantoken-redirect.js",
    "driver.js",
    "early_form.js",
    "exchange.js",
    "module.js",
    "globals.d.ts",
    "bindings.d.ts",
];
/// The files of the package that are not built: a page's own bundler has the frameworks that they import.
const AS_THEY_ARE: [&str; 11] = [
    "README.md",
    "custom-elements.json",
    "frameworks.js",
    "index.d.ts",
    "package.json",
    "react.d.ts",
    "react.js",
    "testing.d.ts",
    "testing.js",
    "vue.d.ts",
    "vue.js",
];
/// What the oldest browsers do not know. The instructions of bulk memory would also be longer than the calls
/// that they stand for.
const TARGET_FEATURES: &str =
    "target-feature=-bulk-memory,-reference-types,-multivalue,-nontrapping-fptoint";
/// The features that wasm-bindgen would use, because Rust's own libraries declare them.
const UNUSED_FEATURES: [&str; 2] = ["reference-types", "multivalue"];
/// The files that a page can load, and what each is bundled from.
const BUNDLES: [&str; 2] = ["element.js", INLINE];
const INLINE: &str = "inline.js";
/// The oldest browsers that can run the package. docs/embedding.md names them.
const LOWEST_BROWSERS: &str = "chrome84,firefox91,safari14.1";

/// A build of the crate `pantoken-element`.
struct Module {
    /// What its scripts call it, with `_bg.wasm` after it.
    name: &'static str,
    /// The features of the crate: what it is for.
    features: &'static str,
    /// Its name in the package, if it is a file there.
    published: Option<&'static str>,
}

impl Module {
    /// Returns whether it is the one that `inline.js` has inside.
    fn is_complete(&self) -> bool {
        self.published.is_none()
    }

    fn file(&self) -> String {
        format!("{}_bg.wasm", self.name)
    }

    /// Compiles it as a cdylib alone: a build that makes an rlib too has no link-time optimization.
    fn compile(&self, workspace: &Workspace) -> Result<PathBuf> {
        let mut rustc = workspace.cargo(&["rustc", "--locked", "-p", "pantoken-element", "--lib"]);
        rustc
            .args(["--no-default-features", "--features", self.features])
            .args(["--crate-type", "cdylib"])
            .args(["--profile", "web", "--target", "wasm32-unknown-unknown"])
            // A cheap phone would have to find room for the usual megabyte on each page.
            .args(["--", "-C", "link-arg=-zstack-size=65536"])
            .args(["-C", TARGET_FEATURES]);
        command::run(&mut rustc)?;
        let built = workspace
            .target()
            .join("wasm32-unknown-unknown/web/pantoken_element.wasm");
        let module = workspace.scratch(COMPILED)?.join(self.name);
        fs::write(&module, without_features(fs::read(built)?))?;
        Ok(module)
    }
}

/// `twice` builds it in another folder too, and compares.
pub(crate) fn run(twice: bool) -> Result<()> {
    let workspace = Workspace::find()?;
    let mut steps = Steps::of(if twice { 3 } else { 2 });
    let npm = steps.run("tools from npm", Npm::find_or_install)?;
    let folder = steps.run("element", || build(&workspace, &npm))?;
    if twice {
        steps.run("element, twice", || reproduction::check(&workspace, &npm))?;
    }
    println!(
        "\nThe package is in {0}; `npm pack {0}` makes its tarball.",
        folder.display()
    );
    Ok(())
}

/// The folder of the package.
pub(crate) fn package(workspace: &Workspace) -> PathBuf {
    workspace.root().join("dist").join("npm")
}

/// Builds the scripts and the module as they are, without Node, for the binary `pantoken`.
pub(crate) fn build_for_binary(workspace: &Workspace) -> Result<()> {
    let sources = sources(workspace)?;
    let folder = workspace.scratch("unbundled-element")?;
    fs::remove_dir_all(&folder)?;
    fs::create_dir_all(&folder)?;
    for script in files_of_a_browser(&sources)? {
        let name = script.file_name().context("a file has a name")?;
        // The bundler alone can put the module into a script.
        if script.extension().is_some_and(|it| it == "js") && name != INLINE {
            let text = with_version(&fs::read_to_string(&script)?);
            fs::write(folder.join(name), text)?;
        }
    }
    for module in MODULES {
        if let Some(published) = module.published {
            fs::copy(sources.join(module.file()), folder.join(published))?;
            name_version(&folder.join(published))?;
        }
    }
    embed(workspace, &folder)
}

/// Defines the version in a script that uses it, as the bundler does.
fn with_version(script: &str) -> String {
    match script.contains("VERSION") {
        true => format!("const VERSION = {VERSION:?};\n{script}"),
        false => script.to_owned(),
    }
}

/// Builds the package, also for the binary `pantoken`, and returns its folder.
pub(crate) fn build(workspace: &Workspace, npm: &Npm) -> Result<PathBuf> {
    let sources = sources(workspace)?;
    let package = package(workspace);
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    fs::create_dir_all(&package)?;
    for module in MODULES {
        let wasm = sources.join(module.file());
        optimize::module_for_old_browsers(npm, &wasm, &wasm)?;
        name_version(&wasm)?;
        if let Some(published) = module.published {
            fs::copy(wasm, package.join(published))?;
        }
    }
    for script in BUNDLES {
        bundle(npm, &sources.join(script), &package.join(script))?;
    }
    copy_files(workspace, &package)?;
    embed(workspace, &package)?;
    Ok(package)
}

/// Puts what a browser loads where `crates/server/build.rs` looks for it. Files that have not changed are not
/// written, because the server is compiled again whenever they are.
fn embed(workspace: &Workspace, built: &Path) -> Result<()> {
    let folder = workspace.scratch("embedded-element")?;
    let files = files_of_a_browser(built)?;
    for old in files_of_a_browser(&folder)? {
        if old
            .file_name()
            .is_none_or(|name| !built.join(name).exists())
        {
            fs::remove_file(old)?;
        }
    }
    for file in files {
        let embedded = folder.join(file.file_name().context("a file has a name")?);
        let content = fs::read(&file)?;
        if !fs::read(&embedded).is_ok_and(|before| before == content) {
            fs::write(embedded, content)?;
        }
    }
    Ok(())
}

fn files_of_a_browser(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|it| it == "js" || it == "wasm")
        {
            files.push(path);
        }
    }
    Ok(files)
}

/// Changes `+feature` into `-feature` in the module's list of the features that it uses.
fn without_features(mut module: Vec<u8>) -> Vec<u8> {
    for feature in UNUSED_FEATURES {
        let length = u8::try_from(feature.len()).unwrap_or_default();
        let used = [&[b'+', length], feature.as_bytes()].concat();
        let found = module.windows(used.len()).position(|bytes| bytes == used);
        if let Some(prefix) = found.and_then(|at| module.get_mut(at)) {
            *prefix = b'-';
        }
    }
    module
}

/// Puts the element's scripts, the modules and their bindings into one folder, from which the package is bundled
/// and in which the types are checked.
fn sources(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.scratch(SOURCES)?;
    for module in MODULES {
        let compiled = module.compile(workspace)?;
        let generated = workspace.scratch(GENERATED)?.join(module.name);
        wasm_bindgen::generate_for_own_script(&compiled, &generated, BINDINGS)?;
        let wasm = generated.join(format!("{BINDINGS}_bg.wasm"));
        fs::copy(wasm, folder.join(module.file()))?;
        if module.is_complete() {
            // The others import no more than this one.
            let script = fs::read_to_string(generated.join(format!("{BINDINGS}_bg.js")))?;
            fs::write(folder.join("bindings.js"), bindings(&script)?)?;
        }
    }
    for script in SCRIPTS {
        let mut text = fs::read_to_string(workspace.root().join("web/element").join(script))?;
        for module in MODULES {
            if let Some(published) = module.published {
                text = text.replace(&module.file(), published);
            }
        }
        fs::write(folder.join(script), text)?;
    }
    fs::write(folder.join("texts.js"), texts(workspace)?)?;
    fs::write(folder.join("forms.js"), forms())?;
    Ok(folder)
}

/// Returns the script that makes the bindings of one instance of a module: what wasm-bindgen generates has the
/// variables of a single instance, and a page can have one for forms and one for buttons.
fn bindings(generated: &str) -> Result<String> {
    let (import, rest) = generated
        .split_once('\n')
        .context("wasm-bindgen generated nothing")?;
    let exported = rest.split("export function ").skip(1);
    let names = exported.filter_map(|function| function.split('(').next());
    let (imported, own): (Vec<&str>, Vec<&str>) =
        names.partition(|name| name.starts_with("__wb") && *name != "__wbg_set_wasm");
    Ok(format!(
        "// @ts-nocheck: bindings.d.ts declares it.\n{import}\nexport function bind() {{\n{}\n\
         return {{ {}, imports: {{ {} }} }};\n}}\n",
        rest.replace("export function ", "function "),
        own.join(", "),
        imported.join(", ")
    ))
}

/// Returns the script with the texts of `pantoken-widget`: an object of each language, by key.
fn texts(workspace: &Workspace) -> Result<String> {
    let folder = workspace.root().join("crates/browser/widget/src/texts");
    let read = |name: &str| fs::read_to_string(folder.join(name).with_extension("txt"));
    let keys = read("keys")?;
    let mut languages = BTreeMap::new();
    for language in Language::ALL {
        let texts = read(language.as_str())?;
        let texts: BTreeMap<&str, String> = keys
            .lines()
            .zip(texts.lines().map(ToOwned::to_owned))
            .collect();
        languages.insert(language.html_lang(), texts);
    }
    let json = serde_json::to_string(&languages)?;
    Ok(format!(
        "/** @type {{Record<string, Record<string, string>>}} */\nexport const TEXTS = {json};\n"
    ))
}

/// Returns the script with what an early form needs: the origins of each kind of form, and the order for its iframe.
fn forms() -> String {
    let kinds = FormKind::all().map(
        |FormKind {
             form,
             origins,
             frame,
             ..
         }| {
            format!(
                "{form}: {{ origins: {origins:?}, frame: {} }}",
                frame.to_json()
            )
        },
    );
    format!(
        "/** @import {{ OrderNamed }} from \"./driver.js\" */\n\n\
         // A name from Object.prototype is no kind of form.\n\
         /** @type {{Record<string, {{ origins: string[], frame: OrderNamed<\"showFrame\"> }}>}} */\n\
         // @ts-ignore: TypeScript does not know that this sets the prototype.\n\
         export const FORMS = {{ __proto__: null, {} }};\n",
        kinds.join(", ")
    )
}

/// Appends a section with the version to the module, so that a script of another version refuses it by name
/// and does not fail somewhere in it.
fn name_version(module: &Path) -> Result<()> {
    const NAME: &str = "pantoken";
    let content = [
        &[u8::try_from(NAME.len())?],
        NAME.as_bytes(),
        VERSION.as_bytes(),
    ]
    .concat();
    let mut bytes = fs::read(module)?;
    bytes.extend([0, u8::try_from(content.len())?]);
    bytes.extend(content);
    Ok(fs::write(module, bytes)?)
}

/// Checks the types of the element's scripts with TypeScript's compiler. The package must be built.
pub(crate) fn check_types(workspace: &Workspace, typescript: &Path) -> Result<()> {
    let sources = workspace.scratch(SOURCES)?;
    let config = "tsconfig.json";
    fs::copy(
        workspace.root().join("web/element").join(config),
        sources.join(config),
    )?;
    command::run(Command::new(typescript).arg("-p").arg(&sources))
}

/// Bundles a script with those that it imports, and the module's bindings, into one file.
fn bundle(npm: &Npm, script: &Path, bundle: &Path) -> Result<()> {
    let mut esbuild = npm.command("esbuild");
    esbuild
        .arg(script)
        .args(["--bundle", "--minify", "--format=esm"])
        .args(["--legal-comments=none", "--log-level=warning"])
        // The names of the element's own properties: driver.js says so.
        .args(["--mangle-props=[a-z]_$", "--loader:.wasm=binary"])
        // Cyrillic as it is; Chrome below 91 has no fault that matters here.
        .args(["--charset=utf8", "--supported:optional-chain=true"])
        .arg(format!("--target={LOWEST_BROWSERS}"))
        .arg(format!("--define:VERSION=\"{VERSION}\""))
        .arg(format!("--outfile={}", bundle.display()));
    command::run(&mut esbuild)
}

/// Runs the recorded sequences of inputs and orders through the built module.
pub(crate) fn check_sequences(workspace: &Workspace) -> Result<()> {
    let root = workspace.root();
    let golden = "crates/browser/element/tests/golden/sequences.json";
    command::run(
        Command::new("node")
            .arg(root.join("tests/npm/sequences.js"))
            .arg(workspace.scratch(SOURCES)?)
            .arg(root.join(golden)),
    )
}

fn copy_files(workspace: &Workspace, package: &Path) -> Result<()> {
    let root = workspace.root();
    let own = AS_THEY_ARE.map(|name| root.join("web/element").join(name));
    let licences = ["LICENSE-MIT", "LICENSE-APACHE"].map(|name| root.join(name));
    for file in own.iter().chain(&licences) {
        let name = file.file_name().context("a file has a name")?;
        fs::copy(file, package.join(name))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDE: &str = include_str!("../../docs/embedding.md");
    const README: &str = include_str!("../../web/element/README.md");

    #[test]
    fn the_documents_name_the_lowest_browsers() {
        let named = LOWEST_BROWSERS
            .replace("chrome", "Chrome ")
            .replace("firefox", "Firefox ");
        let named = named.replace("safari", "Safari ").replace(',', ", ");
        let (first, last) = named.rsplit_once(", ").unwrap();
        let named = format!("{first} and {last}");
        for document in [GUIDE, README] {
            let text = document.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(&named), "{named}");
        }
    }
}
