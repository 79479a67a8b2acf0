//! Servers as they are configured by default, and loads for them.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use tempfile::TempDir;

use super::turns::Outcome;
use super::wrk::{API_KEY, Load};
use super::{number, result_in};
use crate::command;
use crate::demo;
use crate::server::Server;
use crate::workspace::Workspace;

const SESSION: &str = r#"{"flow":"iframe","language":"ru","customer":"order 7"}"#;

/// What is started for a measurement, with a folder for databases and logs that is removed at the end.
pub(crate) struct Programs<'a> {
    workspace: &'a Workspace,
    folder: TempDir,
}

impl<'a> Programs<'a> {
    pub(crate) fn new(workspace: &'a Workspace) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        Ok(Self { workspace, folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the URL of a database that is not there yet.
    pub(crate) fn sqlite(&self, name: &str) -> String {
        let file = self.folder().join(name).with_extension("db");
        format!("sqlite://{}", file.display())
    }

    /// Starts `pantoken serve`.
    pub(crate) fn server(&self, name: &str, database_url: &str) -> Result<Server> {
        let settings = [
            ("PANTOKEN_DATABASE_URL", database_url),
            ("PANTOKEN_API_KEY", API_KEY),
        ];
        self.server_with(name, &settings)
    }

    pub(crate) fn server_with(&self, name: &str, settings: &[(&str, &str)]) -> Result<Server> {
        let binary = self.workspace.release_binary("pantoken");
        demo::start_server(&binary, self.folder(), name, settings)
    }

    /// Returns a load that creates sessions.
    pub(crate) fn creation(&self, program: &Server) -> Load {
        let url = format!("{}/v1/sessions", program.url);
        Load::new(self.workspace, url, SESSION)
    }

    /// Creates sessions and records their results, over connections that the servers share.
    pub(crate) fn complete_sessions(&self, servers: &[Server], seconds: u32) -> Result<Outcome> {
        let mut sessions = Command::new(self.workspace.release_binary("bench-sessions"));
        sessions
            .arg(seconds.to_string())
            .args(servers.iter().map(|server| &server.url))
            .env("PANTOKEN_API_KEY", API_KEY);
        let result = result_in(&command::output(&mut sessions)?)?;
        let per_second = number(&result, "/calls")?;
        Ok(Outcome {
            requests: per_second * f64::from(seconds),
            per_second,
            p99_ms: number(&result, "/p99")? / 1000.0,
        })
    }
}
