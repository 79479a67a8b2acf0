use std::ffi::OsString;
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
    /// The documents that have a program in it.
    pub(crate) documents: &'static [&'static str],
}

impl Language {
    pub(crate) const ALL: &'static [Self] = &[
        Self {
            name: "php",
            runtime: &["php"],
            version: "--version",
            fence: "php",
            file: "program.php",
            documents: &["signing", "webhooks", "jetpay"],
        },
        Self {
            name: "python",
            runtime: &["python3"],
            version: "--version",
            fence: "python",
            file: "program.py",
            documents: &["signing", "webhooks", "jetpay"],
        },
        Self {
            name: "node",
            runtime: &["node"],
            version: "--version",
            fence: "js",
            file: "program.js",
            documents: &["signing", "webhooks", "jetpay"],
        },
        Self {
            name: "java",
            runtime: &["java"],
            version: "-version",
            fence: "java",
            file: "Program.java",
            documents: &["signing", "webhooks", "jetpay"],
        },
        Self {
            name: "go",
            runtime: &["go", "run"],
            version: "version",
            fence: "go",
            file: "program.go",
            documents: &["signing", "webhooks"],
        },
        Self {
            name: "csharp",
            runtime: &["dotnet", "run"],
            version: "--version",
            fence: "csharp",
            file: "program.cs",
            documents: &["signing", "webhooks"],
        },
        Self {
            name: "ruby",
            runtime: &["ruby"],
            version: "--version",
            fence: "ruby",
            file: "program.rb",
            documents: &["webhooks"],
        },
    ];

    pub(crate) fn is_installed(&self) -> bool {
        let mut command = Command::new(self.runtime[0]);
        let output = command.arg(self.version).output();
        output.is_ok_and(|output| output.status.success())
    }

    /// Returns the document's only program in this language.
    pub(crate) fn program(&self, document: &str) -> Program {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(self.file), code(document, self.fence)).unwrap();
        let words = self.runtime.iter().chain([&self.file]);
        Program {
            words: words.map(OsString::from).collect(),
            folder,
        }
    }
}

/// Returns the document's only code block with this fence.
pub(crate) fn code(document: &str, fence: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(format!("{document}.md"));
    let text = std::fs::read_to_string(path).unwrap();
    let fence = format!("\n```{fence}\n");
    let blocks: Vec<_> = text.split(&fence).skip(1).collect();
    assert_eq!(blocks.len(), 1, "{document}.md: {fence}");
    let (code, _) = blocks[0].split_once("```").unwrap();
    code.to_owned()
}

/// A program in its own folder.
pub(crate) struct Program {
    /// The command that runs it.
    words: Vec<OsString>,
    folder: TempDir,
}

impl Program {
    /// A program that is compiled already.
    pub(crate) fn compiled(path: &Path) -> Self {
        Self {
            words: vec![path.into()],
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Runs the program to its end.
    pub(crate) fn run(
        &self,
        arguments: &[&str],
        variables: &[(&str, &str)],
        input: &str,
    ) -> Output {
        let mut child = Command::new(&self.words[0])
            .args(&self.words[1..])
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
