//! Tests the files in deploy/ with other ports and paths, if their programs are installed.
#![allow(clippy::unwrap_used, clippy::panic)]

mod backup;
mod key;
mod kubernetes;
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
use pantoken_test_support::postgres;

/// Not on PATH in Debian.
const POSTGRES: &str = "postgres";

fn main() -> ExitCode {
    let trials = vec![
        trial(
            "backup::the_units_are_valid_and_hardened",
            &["systemd-analyze"],
            backup::the_units_are_valid_and_hardened,
        ),
        trial(
            "backup::a_copy_that_is_made_under_load_can_be_served",
            &["sqlite3"],
            backup::a_copy_that_is_made_under_load_can_be_served,
        ),
        trial(
            "backup::a_dump_of_postgres_can_be_restored",
            &[POSTGRES],
            backup::a_dump_of_postgres_can_be_restored,
        ),
        trial(
            "backup::the_newest_copies_are_kept_and_a_missing_database_is_an_error",
            &["sqlite3"],
            backup::the_newest_copies_are_kept_and_a_missing_database_is_an_error,
        ),
        trial(
            "backup::the_help_says_what_there_is",
            &[],
            backup::the_help_says_what_there_is,
        ),
        trial(
            "key::the_documented_command_adds_a_key_that_the_server_accepts",
            &[],
            key::the_documented_command_adds_a_key_that_the_server_accepts,
        ),
        trial(
            "kubernetes::the_deployment_starts_with_its_settings_and_its_probes_pass",
            &[],
            kubernetes::the_deployment_starts_with_its_settings_and_its_probes_pass,
        ),
        trial(
            "kubernetes::every_container_is_confined",
            &[],
            kubernetes::every_container_is_confined,
        ),
        trial(
            "nginx::it_distinguishes_clients_and_logs_no_token",
            &["nginx", "openssl"],
            nginx::it_distinguishes_clients_and_logs_no_token,
        ),
        trial(
            "nginx::it_lets_a_back_end_make_sessions_for_all_its_customers",
            &["nginx", "openssl"],
            nginx::it_lets_a_back_end_make_sessions_for_all_its_customers,
        ),
        trial(
            "nginx::it_speaks_no_tls_before_1_2",
            &["nginx", "openssl"],
            nginx::it_speaks_no_tls_before_1_2,
        ),
        trial(
            "replicas::a_session_of_one_is_finished_on_another",
            &["nginx", "openssl", POSTGRES],
            replicas::a_session_of_one_is_finished_on_another,
        ),
        trial(
            "replicas::nothing_acknowledged_is_lost_or_doubled_by_a_kill_and_a_restart",
            &["nginx", "openssl", POSTGRES],
            replicas::nothing_acknowledged_is_lost_or_doubled_by_a_kill_and_a_restart,
        ),
        trial(
            "replicas::nothing_acknowledged_is_lost_or_doubled_by_a_proxy_that_drops_connections",
            &["nginx", "openssl", POSTGRES],
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
        trial(
            "systemd::the_unit_leaves_no_core_dump",
            &[],
            systemd::the_unit_leaves_no_core_dump,
        ),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(name: &str, programs: &[&str], test: fn()) -> Trial {
    let missing = programs.iter().find(|program| !is_present(program));
    if let Some(program) = missing {
        eprintln!("{name} is skipped: {program} is not installed");
    }
    let trial = Trial::test(name, move || {
        test();
        Ok(())
    });
    trial.with_ignored_flag(missing.is_some())
}

/// Returns whether the program can be started, whether or not it knows this argument.
fn is_present(program: &str) -> bool {
    if program == POSTGRES {
        return postgres::programs().is_some();
    }
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok()
}

/// Returns the text of a file of deploy/.
fn deployed(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Replaces texts, each of which must occur.
fn with(mut text: String, changes: &[(&str, &str)]) -> String {
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}
