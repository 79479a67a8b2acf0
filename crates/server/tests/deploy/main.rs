//! The files in deploy/, as they stand there but for ports and paths, where their programs are present.
#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
#[path = "../load/mod.rs"]
mod load;
mod nginx;
mod replicas;
mod site;
mod systemd;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let trials = vec![
        trial(
            "nginx::it_tells_its_clients_apart_and_logs_no_token",
            &["nginx", "openssl"],
            nginx::it_tells_its_clients_apart_and_logs_no_token,
        ),
        trial(
            "replicas::a_session_of_one_is_finished_on_another",
            &["nginx", "openssl"],
            replicas::a_session_of_one_is_finished_on_another,
        ),
        trial(
            "replicas::nothing_acknowledged_is_lost_or_doubled_by_a_kill_and_a_restart",
            &["nginx", "openssl"],
            replicas::nothing_acknowledged_is_lost_or_doubled_by_a_kill_and_a_restart,
        ),
        trial(
            "replicas::nothing_acknowledged_is_lost_or_doubled_by_a_proxy_that_drops_connections",
            &["nginx", "openssl"],
            replicas::nothing_acknowledged_is_lost_or_doubled_by_a_proxy_that_drops_connections,
        ),
        trial(
            "systemd::the_unit_is_valid_and_hardened",
            &["systemd-analyze"],
            systemd::the_unit_is_valid_and_hardened,
        ),
        trial(
            "systemd::the_unit_starts_the_server_with_its_credentials",
            &[],
            systemd::the_unit_starts_the_server_with_its_credentials,
        ),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(name: &str, programs: &[&str], test: fn()) -> Trial {
    let missing = programs.iter().find(|program| !is_present(program));
    if let Some(program) = missing {
        eprintln!("{name} is left out: there is no {program}");
    }
    let trial = Trial::test(name, move || {
        test();
        Ok(())
    });
    trial.with_ignored_flag(missing.is_some())
}

/// Whether the program starts at all, whatever it says to this argument.
fn is_present(program: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok()
}

/// A file of deploy/.
fn deployed(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The text with each of these in place of the other, which must be there.
fn with(mut text: String, changes: &[(&str, &str)]) -> String {
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}
