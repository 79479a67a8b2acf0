use std::process::Command;

use crate::{deployed, with};

pub(crate) fn the_unit_is_valid_and_hardened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pantoken.service");
    let binary = env!("CARGO_BIN_EXE_pantoken");
    let unit = with(
        deployed("pantoken.service"),
        &[(
            "ExecStart=/usr/local/bin/pantoken",
            &format!("ExecStart={binary}"),
        )],
    );
    std::fs::write(&file, unit).unwrap();
    analyze(&["verify", file.to_str().unwrap()]);
    // In tenths, from 0 to 100: above 20 it would be "OK", "MEDIUM" or worse.
    let security = ["security", "--offline=true", "--threshold=20"];
    analyze(&[&security[..], &[file.to_str().unwrap()]].concat());
}

fn analyze(arguments: &[&str]) {
    let output = Command::new("systemd-analyze")
        .arg("--no-pager")
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}{complained}");
}
