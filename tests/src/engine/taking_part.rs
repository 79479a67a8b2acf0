use std::env;

use super::Engine;

/// The engines to test with.
///
/// `PANTOKEN_BROWSERS` (`chromium,firefox,webkit`) names those that have to take part. Without it
/// those do whose programs are found, and it says which are left out.
///
/// # Errors
///
/// A name that is none of an engine, or the programs that an engine lacks.
pub fn engines_taking_part() -> Result<Vec<Engine>, String> {
    match env::var("PANTOKEN_BROWSERS") {
        Ok(names) => engines_named(&names),
        Err(_) => engines_found(),
    }
}

fn engines_named(names: &str) -> Result<Vec<Engine>, String> {
    let engine = |name: &str| {
        let engine = Engine::named(name).ok_or_else(|| {
            format!("PANTOKEN_BROWSERS has {name:?}: write chromium, firefox or webkit")
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
            eprintln!("{engine} is left out: it needs {}", missing.join(" and "));
        }
        missing.is_empty()
    };
    let engines: Vec<Engine> = Engine::ALL.into_iter().filter(found).collect();
    if engines.is_empty() {
        return Err("there is no browser to test with".to_owned());
    }
    Ok(engines)
}
