#![allow(clippy::unwrap_used, missing_docs)]

use std::process::Command;

use pantoken_test_support::Process;

fn shell(script: &str) -> Process {
    Process::start(Command::new("sh").args(["-c", script]))
}

#[test]
fn a_line_is_found_whether_it_is_printed_before_or_later() {
    let mut process = shell("echo listening on 7; echo warning >&2; exec sleep 1000");
    assert_eq!(process.wait_for("warning").as_deref(), Some(""));
    assert_eq!(process.wait_for("listening on ").as_deref(), Some("7"));
    assert!(!process.has_ended());
    assert!(!process.stop().success());
    assert_eq!(process.wait_for("nothing"), None);
    assert_eq!(
        (process.stdout(), process.stderr()),
        ("listening on 7\n".to_owned(), "warning\n".to_owned())
    );
}

#[test]
fn a_program_can_finish_its_work_unless_it_is_killed() {
    let script = "trap 'echo finished; exit 0' TERM; echo started; while :; do sleep 0.01; done";
    let mut process = shell(script);
    process.wait_for("started").unwrap();
    assert!(process.stop().success());
    assert!(process.log().contains("finished"));
    let mut process = shell(script);
    process.wait_for("started").unwrap();
    assert!(!process.kill().success());
    assert!(!process.log().contains("finished"));
}

#[test]
fn dropping_a_process_kills_what_it_started() {
    let process = shell("sleep 1000 & echo child $!; wait");
    let child = process.wait_for("child ").unwrap();
    drop(process);
    let is_running = || {
        let state = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
        // A zombie has ended, and waits for init to collect it.
        !state.is_empty() && !state.contains(") Z ")
    };
    while is_running() {
        std::thread::yield_now();
    }
}
