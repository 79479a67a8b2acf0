use std::env;
use std::io::Write;

use super::Engine;

/// Returns the engines to test with.
///
/// `PANTOKEN_BROWSERS` (`chromium,firefox,webkit`) names the engines to use. Without it, every engine
/// whose programs are installed is used, and the others are reported as skipped.
///
/// # Errors
///
/// Returns a message if `PANTOKEN_BROWSERS` contains an unknown name, or an engine whose programs are not
/// installed.
pub fn available_engines() -> Result<Vec<Engine>, String> {
    match env::var("PANTOKEN_BROWSERS") {
        Ok(names) => engines_named(&names),
        Err(_) => Ok(engines_found()),
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

fn engines_found() -> Vec<Engine> {
    let found = |engine: &Engine| {
        let missing = engine.missing_programs();
        if !missing.is_empty() {
            // Not with `eprintln!`, whose text is shown for failing tests only.
            let text = format!("{engine} is skipped: it needs {}", missing.join(" and "));
            let _ = writeln!(std::io::stderr(), "{text}");
        }
        missing.is_empty()
    };
    Engine::ALL.into_iter().filter(found).collect()
}
