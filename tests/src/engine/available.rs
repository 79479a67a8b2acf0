use std::env;

use super::Engine;

/// Returns the engines to test with.
///
/// `PANTOKEN_BROWSERS` (`chromium,firefox,webkit`) names the engines to use. Without it, every engine
/// whose programs are installed is used, and the others are reported as skipped.
///
/// # Errors
///
/// Returns a message if a name is unknown, or if an engine's programs are not installed.
pub fn available_engines() -> Result<Vec<Engine>, String> {
    match env::var("PANTOKEN_BROWSERS") {
        Ok(names) => engines_named(&names),
        Err(_) => engines_found(),
    }
}

fn engines_named(names: &str) -> Result<Vec<Engine>, String> {
    let engine = |name: &str| {
        let engine = Engine::named(name).ok_or_else(|| {
            format!("PANTOKEN_BROWSERS contains {name:?}: use chromium, firefox or webkit")
        })?;
        match engine.missing_programs()[..] {
            [] => Ok(engine),
            ref missing => Err(format!("{engine} needs {}", missing.join(" and "))),
        }
    };
    names.split(',').map(str::trim).map(engine).collect()
}

fn engines_found() -> Result<Vec<Engine>, String> {
    let found = |engine: &Engine| {
        let missing = engine.missing_programs();
        if !missing.is_empty() {
            eprintln!("{engine} is skipped: it needs {}", missing.join(" and "));
        }
        missing.is_empty()
    };
    let engines: Vec<Engine> = Engine::ALL.into_iter().filter(found).collect();
    if engines.is_empty() {
        return Err("no browser is installed that the tests can use".to_owned());
    }
    Ok(engines)
}
