//! The commands in the README are real.

use std::fs;
use std::process::Command;

use crate::harness::{AGENT_ID, SECRET_KEY, workspace};

/// The two published signatures, by the two commands of the README as they stand there.
#[test]
fn the_readmes_signing_commands_print_the_published_urls() {
    let expected = [
        "agentSign=bc305308aa5fa30a56d69ab166a7d5613cf2ca17783d034fdc08eeba23bad901\n",
        "agentSign=3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725\n",
    ];
    let commands: Vec<String> = commands()
        .into_iter()
        .filter(|line| line.contains("pantoken sign "))
        .collect();
    assert_eq!(commands.len(), expected.len(), "{commands:#?}");
    for (command, expected) in commands.iter().zip(expected) {
        assert!(command.contains(SECRET_KEY) && command.contains(AGENT_ID));
        let output = shell(command);
        assert!(output.ends_with(expected), "{command}\nprinted {output}");
        assert_eq!(output.lines().count(), 1);
    }
}

#[test]
fn the_readmes_xtask_commands_exist() {
    let commands: Vec<String> = commands()
        .into_iter()
        .filter(|line| line.starts_with("cargo xtask "))
        .collect();
    assert!(
        commands
            .iter()
            .any(|line| line.starts_with("cargo xtask demo"))
    );
    assert!(
        commands
            .iter()
            .any(|line| line.starts_with("cargo xtask test"))
    );
    for command in commands {
        let command = command.split('#').next().unwrap().trim();
        let help = shell(&format!("{command} --help"));
        assert!(help.contains("Usage"), "{command} --help\nprinted {help}");
    }
}

/// Every command in the README's `sh` blocks, lines that end in `\` joined.
fn commands() -> Vec<String> {
    let readme = fs::read_to_string(workspace().join("README.md")).unwrap();
    let blocks = readme
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap());
    let joined: String = blocks.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    joined
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

/// What a shell prints, with the workspace's binaries first on its path.
fn shell(command: &str) -> String {
    let binaries = crate::harness::binaries();
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .current_dir(workspace())
        .env("PATH", format!("{}:{path}", binaries.display()))
        .args(["-c", command])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{command}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
