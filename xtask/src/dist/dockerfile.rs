//! What a stage of deploy/Dockerfile says. The images of a release are assembled from it without Docker, so that they are
//! those that Docker would build.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

/// A stage that begins with nothing.
pub(super) struct Stage {
    pub(super) copies: Vec<Copied>,
    /// The key `config` of the image's own document.
    pub(super) config: Map<String, Value>,
}

/// An instruction COPY.
#[derive(Debug, PartialEq)]
pub(super) struct Copied {
    pub(super) sources: Vec<String>,
    pub(super) destination: String,
    /// The user and the group.
    pub(super) owner: u32,
}

/// Reads the stage of a name.
pub(super) fn stage(dockerfile: &str, name: &str) -> Result<Stage> {
    let first = format!("FROM scratch AS {name}");
    let lines = dockerfile.lines().skip_while(|line| *line != first).skip(1);
    let mut stage = Stage {
        copies: Vec::new(),
        config: Map::new(),
    };
    let mut is_there = false;
    for line in lines.take_while(|line| !line.starts_with("FROM ")) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        stage
            .read(line)
            .with_context(|| format!("deploy/Dockerfile, stage {name}: {line}"))?;
        is_there = true;
    }
    ensure!(is_there, "deploy/Dockerfile has no stage {name}");
    Ok(stage)
}

impl Stage {
    fn read(&mut self, line: &str) -> Result<()> {
        ensure!(!line.ends_with('\\'), "an instruction has to be one line");
        let (instruction, rest) = line.split_once(' ').context("it has no argument")?;
        let (key, value) = match instruction {
            "COPY" => return self.copy(rest),
            "USER" => ("User", json!(rest)),
            "WORKDIR" => ("WorkingDir", json!(rest)),
            "VOLUME" => ("Volumes", json!({ rest: {} })),
            "EXPOSE" => ("ExposedPorts", ports(rest)),
            "ENV" => ("Env", json!([rest])),
            "ENTRYPOINT" => ("Entrypoint", words(rest)?),
            "CMD" => ("Cmd", words(rest)?),
            "HEALTHCHECK" => ("Healthcheck", health_check(rest)?),
            _ => bail!(
                "`cargo xtask dist` does not know this instruction: teach it in xtask/src/dist/dockerfile.rs"
            ),
        };
        ensure!(
            self.config.insert(key.to_owned(), value).is_none(),
            "it is there twice"
        );
        Ok(())
    }

    fn copy(&mut self, arguments: &str) -> Result<()> {
        let mut owner = 0;
        let mut paths = Vec::new();
        for word in arguments.split(' ') {
            match word.split_once('=') {
                Some(("--from", "files")) => {}
                Some(("--chown", pair)) => {
                    let (user, group) = pair.split_once(':').unwrap_or_default();
                    ensure!(user == group, "the user and the group have to be the same");
                    owner = user.parse().context("the owner has to be a number")?;
                }
                _ => {
                    ensure!(word.starts_with('/'), "{word} is not known");
                    paths.push(word.to_owned());
                }
            }
        }
        let destination = paths.pop().context("it names no files")?;
        self.copies.push(Copied {
            sources: paths,
            destination,
            owner,
        });
        Ok(())
    }
}

fn ports(list: &str) -> Value {
    let ports = list
        .split(' ')
        .map(|port| (format!("{port}/tcp"), json!({})));
    Value::Object(ports.collect())
}

/// Only the form without a shell: the images have none.
fn words(list: &str) -> Result<Value> {
    let words: Vec<String> =
        serde_json::from_str(list).context("it is not a list of strings in JSON")?;
    Ok(json!(words))
}

fn health_check(text: &str) -> Result<Value> {
    let (options, command) = text.split_once("CMD ").context("it has no CMD")?;
    let mut test = vec![json!("CMD")];
    test.extend(words(command)?.as_array().cloned().unwrap_or_default());
    let mut check = json!({ "Test": test });
    for option in options.split_whitespace() {
        let (name, time) = option.split_once('=').context("an option has a value")?;
        let key = match name {
            "--interval" => "Interval",
            "--timeout" => "Timeout",
            "--start-period" => "StartPeriod",
            _ => bail!("{name} is not known"),
        };
        let seconds = time.strip_suffix('s').and_then(|it| it.parse::<u64>().ok());
        let seconds = seconds.context("a time is a number of seconds, such as 10s")?;
        check[key] = json!(seconds * 1_000_000_000);
    }
    Ok(check)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCKERFILE: &str = include_str!("../../../deploy/Dockerfile");

    #[test]
    fn the_images_have_no_shell_run_as_nobody_and_check_their_own_health() {
        for name in ["pantoken", "sandbox"] {
            let Stage { copies, config } = stage(DOCKERFILE, name).unwrap();
            let mut copied: Vec<&str> = copies
                .iter()
                .flat_map(|copied| &copied.sources)
                .map(String::as_str)
                .collect();
            let mut expected = vec![
                "/etc/ssl/certs/ca-certificates.crt",
                "/release/LICENSE-APACHE",
                "/release/LICENSE-MIT",
                "/release/licenses/crates.txt",
                "/release/licenses/musl.txt",
                "/release/licenses/rust-standard-library.html",
                "/release/pantoken",
            ];
            expected.push(match name {
                "pantoken" => "/data",
                _ => "/release/pantoken-sandbox",
            });
            copied.sort_unstable();
            expected.sort_unstable();
            assert_eq!(copied, expected);
            assert_eq!(config["User"], "65532:65532");
            let check = &config["Healthcheck"];
            assert_eq!(check["Test"][1], "/pantoken");
            assert_eq!(check["Test"][2], "health");
            assert_eq!(check["Interval"], 10_000_000_000_u64);
        }
    }

    #[test]
    fn a_stage_is_read_to_its_end_and_no_further() {
        let text = "FROM debian AS files\nRUN make\n\nFROM scratch AS one\n# A comment.\n\
                    COPY --from=files --chown=7:7 /a /b /c/\nENV A=B\nEXPOSE 1 2\nCMD [\"x\"]\n\n\
                    FROM scratch AS two\nUSER 1:1\n";
        let one = stage(text, "one").unwrap();
        let copied = Copied {
            sources: vec!["/a".to_owned(), "/b".to_owned()],
            destination: "/c/".to_owned(),
            owner: 7,
        };
        assert_eq!(one.copies, [copied]);
        let config =
            json!({ "Env": ["A=B"], "ExposedPorts": {"1/tcp": {}, "2/tcp": {}}, "Cmd": ["x"] });
        assert_eq!(Value::Object(one.config), config);
        assert!(stage(text, "three").is_err());
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for line in [
            "RUN make",
            "CMD a shell",
            "COPY --from=other /a /b",
            "COPY --chown=a:b /a /b",
            "HEALTHCHECK --interval=1m CMD [\"x\"]",
            "HEALTHCHECK NONE",
            "ENV A=B \\",
            "USER 1:1\nUSER 2:2",
        ] {
            let text = format!("FROM scratch AS one\n{line}\n");
            assert!(stage(&text, "one").is_err(), "{line}");
        }
    }
}
