use std::path::{Path, PathBuf};
use std::process::Command;

/// Source: errno(3).
pub(crate) const INPUT_OUTPUT_ERROR: i32 = 5;
pub(crate) const NO_SPACE: i32 = 28;

/// What is wrong with the system, as a program sees it that was started on it.
#[derive(Default)]
pub(crate) struct Faults {
    /// How long the disk takes to confirm, in milliseconds.
    pub(crate) sync_ms: u32,
    /// What a write to a file fails with.
    pub(crate) write_error: i32,
    /// What a confirmation of the disk fails with.
    pub(crate) sync_error: i32,
    /// How far the clock is ahead, in seconds.
    pub(crate) clock_seconds: i64,
}

/// A library that stands before the system's own and fails on demand; it needs no special rights.
pub(crate) struct BadSystem {
    library: PathBuf,
    control: PathBuf,
}

impl BadSystem {
    /// A system in which nothing is wrong yet. The C compiler that SQLite is built with makes it.
    pub(crate) fn new(folder: &Path) -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/bad_system.c");
        let library = folder.join("bad_system.so");
        let mut compiler = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
        compiler.args(["-shared", "-fPIC", "-o"]).arg(&library);
        let output = compiler.arg(source).arg("-ldl").output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let control = folder.join("bad_system.txt");
        let system = Self { library, control };
        system.has(&Faults::default());
        system
    }

    /// The program will be started on this system.
    pub(crate) fn is_below(&self, program: &mut Command) {
        program
            .env("LD_PRELOAD", &self.library)
            .env("BAD_SYSTEM", &self.control);
    }

    /// This is wrong with it from now on, and nothing else.
    pub(crate) fn has(&self, faults: &Faults) {
        let Faults {
            sync_ms,
            write_error,
            sync_error,
            clock_seconds,
        } = faults;
        let line = format!("{sync_ms} {write_error} {sync_error} {clock_seconds}");
        // Whole or not at all, because it may be read at any moment.
        let new = self.control.with_extension("new");
        std::fs::write(&new, line).unwrap();
        std::fs::rename(new, &self.control).unwrap();
    }
}
