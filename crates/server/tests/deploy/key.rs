use std::path::Path;
use std::process::Command;

use crate::load::{API_KEY, program};
use crate::site;

const STORE_KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Does what systemd does with the command of docs/operations.md, but for its user: the shell's line, in the
/// folder and with the credential that the properties name.
pub(crate) fn the_documented_command_adds_a_key_that_the_server_accepts() {
    let guide = include_str!("../../../../docs/operations.md");
    let (_, command) = guide.split_once("```sh\nsystemd-run ").unwrap();
    let (command, _) = command.split_once("```").unwrap();
    for property in [
        // Those of the server's unit, whose database this is.
        "DynamicUser=yes",
        "User=pantoken",
        "StateDirectory=pantoken",
        "WorkingDirectory=/var/lib/pantoken",
        "LoadCredential=store-key:/etc/pantoken/secrets/store-key",
    ] {
        assert!(command.contains(&format!("-p {property} ")), "{property}");
    }
    let line = command.split('\'').nth(1).unwrap();
    let [state, credentials] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    std::fs::write(credentials.path().join("store-key"), STORE_KEY).unwrap();

    let mut serve = program::serve(state.path());
    serve
        .env("PANTOKEN_STORE_KEY", STORE_KEY)
        .env("PANTOKEN_API_KEY", API_KEY);
    let (_pantoken, address) = program::start(&mut serve);
    let program = Path::new(env!("CARGO_BIN_EXE_pantoken"));
    let output = Command::new("/bin/sh")
        .args(["-c", line])
        .env_clear()
        .env("PATH", program.parent().unwrap())
        .env("CREDENTIALS_DIRECTORY", credentials.path())
        .current_dir(state.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let mut words = said.split_whitespace();
    let key = words.find(|word| word.starts_with("pantoken_"));
    let key = key.unwrap_or_else(|| panic!("{said} {:?}", output.stderr));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let status = runtime.block_on(async {
        let url = format!("http://{address}/v1/sessions");
        let client = site::client("127.0.0.1");
        client
            .get(url)
            .bearer_auth(key)
            .send()
            .await
            .unwrap()
            .status()
    });
    assert_eq!(status, 200);
}
