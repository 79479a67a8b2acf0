use std::process::{Command, Output};

const SECRET: &str = "22f3b3cc2ae84451";

/// `pantoken` in an empty folder and an environment of these variables alone.
fn pantoken(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_pantoken"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .current_dir(folder.path())
        .output()
        .unwrap()
}

fn with_secret(arguments: &[&str]) -> Output {
    pantoken(arguments, &[("PANTOKEN_AGENT_SECRET_KEY", SECRET)])
}

const SIGN: [&str; 5] = [
    "sign",
    "--form-host",
    "https://a2c-test.qiwi.kz",
    "--agent-id",
    "agent-01",
];

fn sign(arguments: &[&str]) -> Output {
    with_secret(&[&SIGN, arguments].concat())
}

#[track_caller]
fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[track_caller]
fn fails(output: &Output, code: i32, words: &[&str]) {
    let text = stderr(output);
    assert_eq!(output.status.code(), Some(code), "{text}");
    for word in words {
        assert!(text.contains(word), "{word:?} is not in {text}");
    }
    assert!(!text.contains(SECRET), "{text}");
}

#[test]
fn sign_prints_the_published_vectors_and_nothing_else() {
    let output = sign(&[
        "--request-id",
        "12345678",
        "--language",
        "ru",
        "--callback-url",
        "https://agent.site.kz",
    ]);
    assert_eq!(
        stdout(&output),
        "https://a2c-test.qiwi.kz/form?agentId=agent-01&requestId=12345678&language=ru\
         &agentCallbackUrl=https%3A%2F%2Fagent.site.kz\
         &agentSign=bc305308aa5fa30a56d69ab166a7d5613cf2ca17783d034fdc08eeba23bad901\n"
    );
    assert_eq!(stderr(&output), "");
    let output = sign(&["--request-id", "123456789"]);
    assert!(
        stdout(&output).ends_with(
            "agentSign=3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725\n"
        )
    );
}

#[test]
fn sign_takes_the_host_and_the_agent_from_the_environment() {
    let variables = [
        ("PANTOKEN_AGENT_SECRET_KEY", SECRET),
        ("PANTOKEN_FORM_HOST", "https://a2c-test.qiwi.kz"),
        ("PANTOKEN_AGENT_ID", "agent-01"),
    ];
    let output = pantoken(&["sign", "--request-id", "1"], &variables);
    assert!(stdout(&output).starts_with("https://a2c-test.qiwi.kz/form?agentId=agent-01&"));
}

#[test]
fn sign_takes_the_secret_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, format!("{SECRET}\n")).unwrap();
    let arguments = [&SIGN[..], &["--request-id", "123456789"]].concat();
    let file = file.to_str().unwrap();
    let output = pantoken(&arguments, &[("PANTOKEN_AGENT_SECRET_KEY_FILE", file)]);
    assert!(stdout(&output).contains("3e77416dbc65b922"));
    let both = [
        ("PANTOKEN_AGENT_SECRET_KEY_FILE", file),
        ("PANTOKEN_AGENT_SECRET_KEY", SECRET),
    ];
    fails(
        &pantoken(&arguments, &both),
        2,
        &["so is PANTOKEN_AGENT_SECRET_KEY_FILE"],
    );
    let missing = [("PANTOKEN_AGENT_SECRET_KEY_FILE", "nowhere")];
    fails(
        &pantoken(&arguments, &missing),
        2,
        &["PANTOKEN_AGENT_SECRET_KEY_FILE", "cannot be read"],
    );
}

#[test]
fn sign_names_every_wrong_flag_and_its_rule() {
    let output = sign(&[
        "--request-id",
        "007",
        "--language",
        "kk",
        "--callback-url",
        "http://shop.kz",
    ]);
    fails(
        &output,
        2,
        &[
            "--request-id: ",
            "--language: ",
            "the language must be one of ru, en and kz",
            "--callback-url: ",
            "http:// is only allowed on",
        ],
    );
    assert!(output.stdout.is_empty());
    fails(&sign(&["--request-id", "-1"]), 2, &["--request-id: "]);
    let output = sign(&["--request-id", "4111 1111 1111 1111"]);
    fails(&output, 2, &["--request-id: "]);
    assert!(!stderr(&output).contains("1111"));
    fails(&sign(&[]), 2, &["--request-id"]);
    let output = pantoken(&["sign", "--form-host", "x", "--request-id", "1"], &[]);
    fails(
        &output,
        2,
        &[
            "PANTOKEN_FORM_HOST (from --form-host): ",
            "PANTOKEN_AGENT_ID: is required",
            "PANTOKEN_AGENT_SECRET_KEY: is required",
        ],
    );
}

#[test]
fn a_secret_is_never_taken_from_a_flag() {
    for flag in ["--agent-secret-key", "--api-key"] {
        let joined = format!("{flag}={SECRET}");
        fails(
            &pantoken(&["sign", "--request-id", "1", &joined], &[]),
            2,
            &[flag],
        );
        fails(&pantoken(&["serve", &joined], &[]), 2, &[flag]);
    }
}

#[test]
fn verify_accepts_valid_signatures_only() {
    let url = stdout(&sign(&["--request-id", "123456789"]));
    let url = url.trim();
    assert_eq!(
        stdout(&with_secret(&["verify", url])),
        "valid signature: agent agent-01, iframe flow\n"
    );
    let changed = url.replace("123456789", "123456780");
    fails(
        &with_secret(&["verify", &changed]),
        1,
        &["invalid signature"],
    );
    let other = pantoken(
        &["verify", url],
        &[("PANTOKEN_AGENT_SECRET_KEY", "another")],
    );
    fails(&other, 1, &["invalid signature"]);
    fails(
        &with_secret(&["verify", "https://shop.kz"]),
        1,
        &["not a signed form URL"],
    );
    fails(
        &pantoken(&["verify", url], &[]),
        2,
        &["PANTOKEN_AGENT_SECRET_KEY: is required"],
    );
    fails(&with_secret(&["verify"]), 2, &["<URL>"]);
}

#[test]
fn sign_and_verify_print_json_for_programs() {
    let json = |output: &Output, code| -> serde_json::Value {
        assert_eq!(output.status.code(), Some(code));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let signed = json(&sign(&["--request-id", "123456789", "--json"]), 0);
    let url = signed["formUrl"].as_str().unwrap();
    let verified = json(&with_secret(&["verify", url, "--json"]), 0);
    let expected = serde_json::json!({"isValid": true, "agentId": "agent-01", "flow": "iframe"});
    assert_eq!(verified, expected);
    let changed = url.replace("123456789", "123456780");
    let refused = json(&with_secret(&["verify", &changed, "--json"]), 1);
    assert_eq!(refused["isValid"], false);
    let reason = refused["reason"].as_str().unwrap();
    assert!(reason.starts_with("invalid signature"), "{reason}");
}

#[test]
fn every_command_helps_with_examples() {
    for command in ["serve", "doctor", "sign", "verify", "key", "webhooks"] {
        let text = stdout(&pantoken(&[command, "--help"], &[]));
        assert!(text.contains("Example"), "{text}");
        assert!(text.contains("PANTOKEN_AGENT_SECRET_KEY_FILE"), "{text}");
    }
    assert!(stdout(&pantoken(&["--help"], &[])).contains("serve"));
    assert!(stdout(&pantoken(&["--version"], &[])).starts_with("pantoken "));
}

#[test]
fn the_manual_and_the_completions_are_written_into_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    stdout(&pantoken(&["documents", path], &[]));
    for file in ["man/pantoken-serve.1", "completions/pantoken.bash"] {
        let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(text.contains("listen"), "{file}");
    }
}

#[test]
fn serve_names_every_setting_that_is_missing_or_wrong() {
    let variables = [
        ("PANTOKEN_LISTEN", "0.0.0.0:3019"),
        ("PANTOKEN_SESSION_SECONDS", "59"),
        ("PANTOKEN_DATABASE_URL", "mysql://db/cards"),
    ];
    let output = pantoken(&["serve", "--allowed-origins", "shop.kz"], &variables);
    let words = [
        "PANTOKEN_FORM_HOST: is required",
        "PANTOKEN_AGENT_ID: is required",
        "PANTOKEN_AGENT_SECRET_KEY: is required",
        "PANTOKEN_PUBLIC_URL: is required",
        "PANTOKEN_SESSION_SECONDS (from the environment): ",
        "PANTOKEN_DATABASE_URL (from the environment): must start with sqlite://",
        "PANTOKEN_ALLOWED_ORIGINS (from --allowed-origins): ",
    ];
    fails(&output, 2, &words);
    assert!(!stderr(&output).contains("password"));
}

#[test]
fn a_spoiled_secret_is_refused_wherever_it_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    let arguments = [&SIGN[..], &["--request-id", "123456789"]].concat();
    for spoiled in [
        format!("\u{feff}{SECRET}"),
        format!("{SECRET}\u{200b}"),
        format!("\"{SECRET}\""),
        format!("'{SECRET}'"),
        format!("{SECRET}\\n"),
    ] {
        let output = pantoken(
            &arguments,
            &[("PANTOKEN_AGENT_SECRET_KEY", spoiled.as_str())],
        );
        fails(
            &output,
            2,
            &["PANTOKEN_AGENT_SECRET_KEY (from the environment): "],
        );
        std::fs::write(&file, format!("{spoiled}\n")).unwrap();
        let variable = ("PANTOKEN_AGENT_SECRET_KEY_FILE", file.to_str().unwrap());
        let output = pantoken(&arguments, &[variable]);
        fails(
            &output,
            2,
            &["PANTOKEN_AGENT_SECRET_KEY (from PANTOKEN_AGENT_SECRET_KEY_FILE): "],
        );
        let config = folder.path().join("pantoken.toml");
        let text = format!("agent_secret_key = {}", serde_json::json!(spoiled));
        std::fs::write(&config, text).unwrap();
        let config = ["--config", config.to_str().unwrap()];
        let output = pantoken(&[&arguments[..], &config].concat(), &[]);
        fails(&output, 2, &["PANTOKEN_AGENT_SECRET_KEY (from "]);
        assert!(output.stdout.is_empty());
    }
}

#[cfg(unix)]
#[test]
fn a_settings_file_that_others_can_write_is_refused() {
    use std::os::unix::fs::{PermissionsExt, chown};

    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("pantoken.toml");
    std::fs::write(&config, "agent_id = 'agent-01'").unwrap();
    let run = || {
        let form_host = [
            "sign",
            "--request-id",
            "1",
            "--form-host",
            "https://a2c-test.qiwi.kz",
        ];
        let flags = ["--config", config.to_str().unwrap()];
        with_secret(&[&form_host[..], &flags].concat())
    };
    let set_mode = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&config, permissions).unwrap();
    };
    assert!(run().status.success());
    set_mode(0o646);
    fails(&run(), 2, &["pantoken.toml", "every user may write it"]);
    set_mode(0o644);
    // Only root can give a file away.
    if chown(&config, Some(65_534), None).is_ok() {
        fails(&run(), 2, &["pantoken.toml", "belongs to another user"]);
    }
}

/// Nobody names this file, and whoever controls the folder could have put it there.
#[cfg(unix)]
#[test]
fn a_settings_file_of_the_current_folder_is_refused_too_if_others_can_write_it() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("pantoken.toml");
    let settings = "agent_id = 'agent-01'\nform_host = 'https://a2c-test.qiwi.kz'\n";
    std::fs::write(&config, settings).unwrap();
    let run = |mode| {
        std::fs::set_permissions(&config, std::fs::Permissions::from_mode(mode)).unwrap();
        Command::new(env!("CARGO_BIN_EXE_pantoken"))
            .args(["sign", "--request-id", "1"])
            .env_clear()
            .env("PANTOKEN_AGENT_SECRET_KEY", SECRET)
            .current_dir(folder.path())
            .output()
            .unwrap()
    };
    // Many systems give every user a group of their own, and let it write.
    for mode in [0o600, 0o644, 0o664] {
        assert!(stdout(&run(mode)).contains("agentId=agent-01"), "{mode:o}");
    }
    for mode in [0o646, 0o602] {
        fails(&run(mode), 2, &["pantoken.toml", "every user may write it"]);
    }
}

#[test]
fn a_password_is_no_argument() {
    for url in [
        "postgres://me:hidden-password@db.shop.kz/cards",
        "postgres://me@db.shop.kz/cards?password=hidden-password",
    ] {
        let output = pantoken(&["key", "list", "--database-url", url], &[]);
        let words = [
            "from --database-url",
            "PANTOKEN_DATABASE_URL_FILE",
            "list of processes",
        ];
        fails(&output, 2, &words);
        assert!(!stderr(&output).contains("hidden-password"));
    }
}
