use std::path::Path;
use std::process::{Command, Stdio};

use crate::load::program;
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

/// Does what the unit's comment says, and what systemd does then, but for its user and its walls: the command,
/// with the variables and the credentials that the unit names.
pub(crate) fn the_unit_starts_the_server_with_its_credentials() {
    let folder = tempfile::tempdir().unwrap();
    let [settings, secrets, credentials, state] =
        ["settings", "secrets", "credentials", "state"].map(|name| folder.path().join(name));
    for made in [&settings, &secrets, &credentials, &state] {
        std::fs::create_dir(made).unwrap();
    }
    let unit = deployed("pantoken.service");
    // Another port is all that is not in the comment.
    let toml = documented_settings(&unit) + "listen = \"127.0.0.1:0\"\n";
    std::fs::write(settings.join("pantoken.toml"), toml).unwrap();
    for name in documented_secrets(&unit) {
        // What `openssl rand -hex 32` prints is 64 digits, and a line break.
        std::fs::write(secrets.join(name), "0123456789abcdef".repeat(4) + "\n").unwrap();
    }
    let unit = with(
        unit,
        &[
            ("/usr/local/bin/pantoken", env!("CARGO_BIN_EXE_pantoken")),
            ("/etc/pantoken/secrets", text(&secrets)),
            (
                "/etc/pantoken/pantoken.toml",
                text(&settings.join("pantoken.toml")),
            ),
            ("%d", text(&credentials)),
        ],
    );
    let said = |key: &'static str| {
        let lines = unit.lines();
        lines.filter_map(move |line| line.strip_prefix(key)?.strip_prefix('='))
    };
    for credential in said("LoadCredential") {
        let (name, file) = credential.split_once(':').unwrap();
        std::fs::copy(file, credentials.join(name)).unwrap();
    }
    let words: Vec<_> = said("ExecStart").flat_map(str::split_whitespace).collect();
    let mut command = Command::new(words[0]);
    command
        .args(&words[1..])
        .env_clear()
        .envs(said("Environment").map(|pair| pair.split_once('=').unwrap()))
        .current_dir(&state)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let (_pantoken, address) = program::start(&mut command);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ready = runtime.block_on(async {
        let url = format!("http://{address}/readyz");
        let client = crate::site::client("127.0.0.1");
        client.get(url).send().await.unwrap().status()
    });
    assert_eq!(ready, 200);
    assert!(state.join("pantoken.db").exists());
}

pub(crate) fn the_unit_leaves_no_core_dump() {
    assert!(deployed("pantoken.service").contains("\nLimitCORE=0\n"));
}

/// Returns the settings file of the unit's comment.
fn documented_settings(unit: &str) -> String {
    let lines = unit.lines().filter_map(|line| line.strip_prefix("#      "));
    let settings = lines.filter(|line| line.contains(" = "));
    settings.map(|line| format!("{line}\n")).collect()
}

/// Returns the names of the secrets in the unit's comment.
fn documented_secrets(unit: &str) -> Vec<&str> {
    let lines = unit.lines().filter_map(|line| line.strip_prefix("#      "));
    let secrets = lines.filter(|line| !line.contains(" = "));
    let names: Vec<_> = secrets
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(names.len(), 4, "{names:?}");
    names
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub(crate) fn analyze(arguments: &[&str]) {
    let output = Command::new("systemd-analyze")
        .arg("--no-pager")
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}{complained}");
}
