//! What the head of a program for Linux says.

use anyhow::{Context, Result, ensure};

use crate::dist::release::Platform;

/// Fails unless the program is the platform's, and starts without a library of the system.
pub(super) fn is_static(program: &[u8], platform: &Platform) -> Result<()> {
    ensure!(
        program.starts_with(b"\x7fELF\x02\x01"),
        "it is not a program for Linux with 64 bits"
    );
    let machine = match platform.processor {
        "amd64" => 62,
        _ => 183,
    };
    ensure!(
        number(program, 18, 2)? == machine,
        "it is for another processor"
    );
    let needs_a_loader = segments(program)?.contains(&INTERPRETER);
    ensure!(!needs_a_loader, "it is linked with a library of the system");
    Ok(())
}

/// The segment that names the program which loads libraries.
const INTERPRETER: u64 = 3;

/// Returns the type of each segment.
fn segments(program: &[u8]) -> Result<Vec<u64>> {
    let table = number(program, 32, 8)?;
    let (size, count) = (number(program, 54, 2)?, number(program, 56, 2)?);
    let types = (0..count).map(|index| number(program, table + index * size, 4));
    types.collect()
}

/// Reads a number of so many bytes, the lowest first.
fn number(program: &[u8], at: u64, length: usize) -> Result<u64> {
    let at = usize::try_from(at)?;
    let bytes = program.get(at..at + length).context("it is cut off")?;
    Ok(bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::release::PLATFORMS;

    #[test]
    fn a_program_that_needs_libraries_is_refused() {
        // This test is linked with the system's C library.
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let error = |platform| is_static(&own, platform).unwrap_err().to_string();
        for platform in &PLATFORMS {
            let expected = match platform.is_own() {
                true => "it is linked with a library of the system",
                false => "it is for another processor",
            };
            assert_eq!(error(platform), expected);
        }
        assert!(is_static(b"#!/bin/sh", &PLATFORMS[0]).is_err());
        assert!(is_static(&own[..20], &PLATFORMS[0]).is_err());
    }
}
