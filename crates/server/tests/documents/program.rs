use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A language of the programs in the documents.
pub(crate) struct Language {
    pub(crate) name: &'static str,
    /// The command that runs a program, with its first arguments.
    pub(crate) runtime: &'static [&'static str],
    /// The argument that prints the version, which shows that the runtime is installed.
    version: &'static str,
    /// The language of the code block.
    fence: &'static str,
    file: &'static str,
    pub(crate) receives_webhooks: bool,
}

impl Language {
    pub(crate) const ALL: &'static [Self] = &[
        Self {
            name: "php",
            runtime: &["php"],
            version: "--version",
            fence: "php",
            file: "program.php",
            receives_webhooks: true,
        },
        Self {
            name: "python",
            runtime: &["python3"],
            version: "--version",
            fence: "python",
            file: "program.py",
            receives_webhooks: true,
        },
        Self {
            name: "node",
            runtime: &["node"],
            version: "--version",
            fence: "js",
            file: "program.js",
            receives_webhooks: true,
        },
        Self {
            name: "java",
            runtime: &["java"],
            version: "-version",
            fence: "java",
            file: "Program.java",
            receives_webhooks: true,
        },
        Self {
            name: "go",
            runtime: &["go", "run"],
            version: "version",
            fence: "go",
            file: "program.go",
            receives_webhooks: false,
        },
        Self {
            name: "csharp",
            runtime: &["dotnet", "run"],
            version: "--version",
            fence: "csharp",
            file: "program.cs",
            receives_webhooks: false,
        },
    ];

    pub(crate) fn is_installed(&self) -> bool {
        let mut command = Command::new(self.runtime[0]);
        let output = command.arg(self.version).output();
        output.is_ok_and(|output| output.status.success())
    }

    /// Returns the document's only program in this language.
    pub(crate) fn program(&self, document: &str) -> Program {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../docs")
            .join(format!("{document}.md"));
        let text = std::fs::read_to_string(path).unwrap();
        let fence = format!("\n```{}\n", self.fence);
        let blocks: Vec<_> = text.split(&fence).skip(1).collect();
        assert_eq!(blocks.len(), 1, "{document}.md in {}", self.name);
        let (code, _) = blocks[0].split_once("```").unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(self.file), code).unwrap();
        Program {
            runtime: self.runtime,
            file: self.file,
            folder,
        }
    }
}

/// A program in its own folder.
pub(crate) struct Program {
    runtime: &'static [&'static str],
    file: &'static str,
    folder: TempDir,
}

impl Program {
    /// Runs the program to its end.
    pub(crate) fn run(
        &self,
        arguments: &[&str],
        variables: &[(&str, &str)],
        input: &str,
    ) -> Output {
        let mut child = Command::new(self.runtime[0])
            .args(&self.runtime[1..])
            .arg(self.file)
            .args(arguments)
            .envs(variables.iter().copied())
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that does not read its input may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Runs the program, which must succeed, and returns what it prints.
    pub(crate) fn print(&self, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let output = self.run(arguments, variables, "");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}
