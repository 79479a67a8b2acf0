use std::path::{Path, PathBuf};
use std::process::Command;

/// Source: errno(3).
pub(crate) const INPUT_OUTPUT_ERROR: i32 = 5;
pub(crate) const NO_SPACE: i32 = 28;

/// The faults of the system, as the program under test sees them.
#[derive(Default)]
pub(crate) struct Faults {
    /// How long an `fsync` takes, in milliseconds.
    pub(crate) sync_ms: u32,
    /// The error of a write to a file, or 0.
    pub(crate) write_error: i32,
    /// The error of an `fsync`, or 0.
    pub(crate) sync_error: i32,
    /// How far the clock is ahead, in seconds.
    pub(crate) clock_seconds: i64,
}

/// A preloaded library that makes system calls fail on demand. It needs no privileges.
pub(crate) struct BadSystem {
    library: PathBuf,
    control: PathBuf,
}

impl BadSystem {
    /// Creates a system without faults. The library is built with the C compiler that SQLite needs.
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
        system.set(&Faults::default());
        system
    }

    /// Makes the program run on this system.
    pub(crate) fn preload_into(&self, program: &mut Command) {
        program
            .env("LD_PRELOAD", &self.library)
            .env("BAD_SYSTEM", &self.control);
    }

    /// Replaces the faults.
    pub(crate) fn set(&self, faults: &Faults) {
        let Faults {
            sync_ms,
            write_error,
            sync_error,
            clock_seconds,
        } = faults;
        let line = format!("{sync_ms} {write_error} {sync_error} {clock_seconds}");
        // The file is replaced atomically, because it may be read at any moment.
        let new = self.control.with_extension("new");
        std::fs::write(&new, line).unwrap();
        std::fs::rename(new, &self.control).unwrap();
    }
}
