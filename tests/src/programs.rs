use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// Returns the workspace's folder.
pub fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Builds the server and the sandbox, and returns the folder of their binaries.
pub fn binaries() -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        // Otherwise crates whose build reads these would be compiled again.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                cargo.env_remove(&name);
            }
        }
        let status = cargo
            .current_dir(workspace())
            .args([
                "build",
                "--locked",
                "-p",
                "pantoken-server",
                "-p",
                "pantoken-sandbox",
            ])
            .status()
            .unwrap();
        assert!(
            status.success(),
            "the server and the sandbox cannot be built"
        );
    });
    let tests = std::env::current_exe().unwrap();
    tests.parent().unwrap().parent().unwrap().to_owned()
}
