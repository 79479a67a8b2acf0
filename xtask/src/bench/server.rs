//! The server, compared with its peers.

use std::ffi::OsString;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use fs_err as fs;
use pantoken_test_support::postgres::Server as Postgres;
use pantoken_test_support::send_request;

use super::pgbench::Pgbench;
use super::programs::Programs;
use super::table::Table;
use super::turns::{Run, in_turns};
use super::wrk::{API_KEY, Load};
use super::{Options, median, number, result_in};
use crate::command;
use crate::demo::{self, TEST_AGENT_SECRET_KEY};
use crate::server::Server;
use crate::steps::Steps;
use crate::tools::{POSTGRES, Tools};
use crate::workspace::Workspace;

const FORM_URL: &str = r#"{"flow":"iframe","requestId":"123456789","language":"ru"}"#;
const MEBIBYTE: f64 = 1024.0;
/// The keys of the sandbox of payin. They are not secret.
const PAYIN_KEYS: [(&str, &str); 2] = [
    ("PANTOKEN_PAYIN_API_KEY", "pantoken-sandbox-payin-api-key"),
    (
        "PANTOKEN_PAYIN_NOTIFICATION_KEY",
        "pantoken-sandbox-payin-notification-key",
    ),
];

/// What the measurements share.
struct Bench<'a> {
    workspace: &'a Workspace,
    tools: Tools,
    programs: Programs<'a>,
    options: &'a Options,
}

pub(crate) fn measure(workspace: &Workspace, options: &Options, table: &mut Table) -> Result<()> {
    let mut steps = Steps::of(10);
    let tools = ["wrk", "node", POSTGRES, "fastapi"];
    let tools = steps.run("tools", || Tools::find_or_install(&tools))?;
    steps.run("programs", || super::build_programs(workspace))?;
    let bench = Bench {
        workspace,
        tools,
        programs: Programs::new(workspace)?,
        options,
    };
    steps.run("signing", || bench.signing(table))?;
    steps.run("start", || bench.start(table))?;
    steps.run("form URLs", || bench.form_urls(table))?;
    steps.run("sessions in SQLite", || bench.sessions(table))?;
    steps.run("whole sessions in Postgres", || bench.whole_sessions(table))?;
    steps.run("payments of payin", || bench.payments(table))?;
    steps.run("memory", || bench.memory(table))?;
    steps.run("large tables", || bench.large_tables(table))
}

impl Bench<'_> {
    /// Returns the seconds of one run, and the number of runs.
    fn runs(&self) -> (u32, u32) {
        if self.options.quick { (1, 3) } else { (4, 5) }
    }

    fn signing(&self, table: &mut Table) -> Result<()> {
        let mut signing = Command::new(self.workspace.release_binary("bench-signing"));
        let result = result_in(&command::output(&mut signing)?)?;
        let (signing, bare) = (number(&result, "/signing")?, number(&result, "/hmac")?);
        table.figure("a bare HMAC", bare, " ns");
        table.figure("a signed form URL", signing, " ns");
        table.at_most(
            "a signed form URL to an HMAC",
            signing / bare,
            1.5,
            " times",
        );
        Ok(())
    }

    fn start(&self, table: &mut Table) -> Result<()> {
        let times = if self.options.quick { 5 } else { 31 };
        let mut took = Vec::new();
        for time in 0..times {
            let name = format!("start-{time}");
            let started = Instant::now();
            let server = self.programs.server(&name, &self.programs.sqlite(&name))?;
            let response = send_request(server.address(), "GET /healthz HTTP/1.1", "");
            took.push(started.elapsed().as_secs_f64() * 1000.0);
            ensure!(
                response.starts_with("HTTP/1.1 200"),
                "the first response is: {response}"
            );
        }
        table.at_most("start to first response", median(took), 100.0, " ms");
        Ok(())
    }

    fn form_urls(&self, table: &mut Table) -> Result<()> {
        let server = self
            .programs
            .server("form-urls", &self.programs.sqlite("form-urls"))?;
        let bare = Command::new(self.workspace.release_binary("bench-bare-axum"));
        let bare = self.peer("bare-axum", bare)?;
        let mut node = Command::new("node");
        node.arg(self.peers().join("node/server.mjs"));
        let node = self.peer("node", node)?;
        let [ours, bare, node] = [&server, &bare, &node].map(|program| {
            let url = format!("{}/v1/form-urls", program.url);
            Load::new(self.workspace, url, FORM_URL)
        });
        let (seconds, rounds) = self.runs();
        let [ours, bare, node] = [&ours, &bare, &node].map(|load| move |time| load.run(time));
        let outcomes = in_turns([&ours, &bare, &node], rounds, seconds)?;
        let [ours, bare, node] = outcomes.map(|outcome| outcome.per_second);
        table.figure("form URLs", ours, "/s");
        table.figure("a constant from bare axum", bare, "/s");
        table.figure("form URLs from Node", node, "/s");
        table.at_least("form URLs to bare axum", ours / bare, 0.6, " times");
        // It depends on the machine: 2.8 to 5.5 were seen.
        table.figure("form URLs to Node", ours / node, " times");
        Ok(())
    }

    fn sessions(&self, table: &mut Table) -> Result<()> {
        let server = self
            .programs
            .server("sessions", &self.programs.sqlite("sessions"))?;
        let mut fastapi = Command::new("python3");
        self.tools.lend_to(&mut fastapi)?;
        fastapi
            .arg(self.peers().join("fastapi/server.py"))
            .arg(self.programs.folder().join("fastapi.db"));
        let fastapi = self.peer("fastapi", fastapi)?;
        let [ours, theirs] = [&server, &fastapi].map(|program| self.programs.creation(program));
        let (seconds, rounds) = self.runs();
        let [ours, theirs] = [&ours, &theirs].map(|load| move |time| load.run(time));
        let [ours, theirs] = in_turns([&ours, &theirs], rounds, seconds)?;
        let (rate, peer) = (ours.per_second, theirs.per_second);
        table.figure("sessions in SQLite", rate, "/s");
        table.figure("sessions from FastAPI", peer, "/s");
        table.at_least("sessions to FastAPI", rate / peer, 3.0, " times");
        table.at_most("sessions, 99th percentile", ours.p99_ms, 15.0, " ms");
        Ok(())
    }

    /// Measures complete sessions through one server and through three, and the same statements from
    /// pgbench.
    fn whole_sessions(&self, table: &mut Table) -> Result<()> {
        const REPLICAS: [&str; 3] = ["replica-1", "replica-2", "replica-3"];
        let postgres = Postgres::start_durable()?;
        let database_url = postgres.create_database()?;
        let mut servers = Vec::new();
        for name in REPLICAS {
            servers.push(self.programs.server(name, &database_url)?);
        }
        let pgbench = Pgbench::new(self.workspace, self.programs.folder(), &database_url)?;
        let (seconds, rounds) = self.runs();
        let loads: [Run<'_>; 3] = [
            &|time| self.programs.complete_sessions(&servers[..1], time),
            &|time| self.programs.complete_sessions(&servers, time),
            &|time| pgbench.run(time),
        ];
        let [one, three, bare] = in_turns(loads, rounds, seconds)?;
        table.figure("requests on Postgres", one.per_second, "/s");
        table.figure("the same statements from pgbench", bare.per_second, "/s");
        let ratio = one.per_second / bare.per_second;
        table.at_least("requests on Postgres to pgbench", ratio, 0.7, " times");
        table.figure("pgbench, 99th percentile", bare.p99_ms, " ms");
        let (what, bar) = ("requests on Postgres, 99th percentile", bare.p99_ms + 10.0);
        table.at_most(what, one.p99_ms, bar.round(), " ms");
        let ratio = three.per_second / one.per_second;
        table.at_least("three replicas to one", ratio, 0.9, " times");
        Ok(())
    }

    /// Measures token payments through the engine and straight to the sandbox, and notifications.
    fn payments(&self, table: &mut Table) -> Result<()> {
        let binary = self.workspace.release_binary("pantoken-sandbox");
        let mut sandbox = demo::without_settings(&binary, self.programs.folder());
        sandbox.args(["--only", "payin", "--payin-listen", "127.0.0.1:0"]);
        sandbox.stderr(File::create(self.programs.folder().join("sandbox.log"))?);
        let sandbox = Server::start(&mut sandbox)?;
        let (database, base_url) = (
            self.programs.sqlite("payments"),
            format!("{}/partner/payin/v1/sites", sandbox.url),
        );
        let mut settings = vec![
            ("PANTOKEN_DATABASE_URL", database.as_str()),
            ("PANTOKEN_API_KEY", API_KEY),
            ("PANTOKEN_PAYIN_SITE_ID", "site-01"),
            ("PANTOKEN_PAYIN_BASE_URL", &base_url),
        ];
        settings.extend(PAYIN_KEYS);
        let server = self.programs.server_with("payments", &settings)?;
        let (seconds, rounds) = self.runs();
        let mut payments = Command::new(self.workspace.release_binary("bench-payments"));
        payments
            .args([&server.url, &sandbox.url])
            .args([seconds.to_string(), rounds.to_string()])
            .env("PANTOKEN_API_KEY", API_KEY)
            .envs(PAYIN_KEYS);
        let result = result_in(&command::output(&mut payments)?)?;
        let (engine, straight) = (number(&result, "/engine")?, number(&result, "/straight")?);
        table.figure("token payments of payin", engine, "/s");
        table.figure("token payments straight to the sandbox", straight, "/s");
        let ratio = engine / straight;
        table.at_least("token payments to straight ones", ratio, 0.6, " times");
        let taken = number(&result, "/notifications")?;
        table.at_least("notifications of payin in SQLite", taken, 5000.0, "/s");
        Ok(())
    }

    fn memory(&self, table: &mut Table) -> Result<()> {
        let sessions = if self.options.quick { 20_000.0 } else { 1e6 };
        evict_from_page_cache(&self.workspace.release_binary("pantoken"))?;
        let server = self
            .programs
            .server("memory", &self.programs.sqlite("memory"))?;
        let creation = self.programs.creation(&server);
        let mut created = 0.0;
        while created < sessions {
            created += creation.run(10)?.requests;
            eprintln!("  {created} sessions, {:.1} MiB", resident(server.id())?);
        }
        let what = format!("memory after {created} sessions");
        table.at_most(&what, resident(server.id())?, 24.0, " MiB");
        Ok(())
    }

    fn large_tables(&self, table: &mut Table) -> Result<()> {
        let rows = match self.options {
            Options { quick: true, .. } => "100000",
            Options { long: true, .. } => "10000000",
            _ => "1000000",
        };
        let mut bench = self.workspace.cargo(&["bench", "--locked"]);
        bench.args(["-p", "pantoken-store", "--bench", "creation", "--", rows]);
        let output = command::output(&mut bench)?;
        let ratio = ratio_in(&output).with_context(|| format!("no ratio in:\n{output}"))?;
        let what = format!("a session among {rows} to one among 10000");
        table.at_most(&what, ratio, 1.1, " times");
        Ok(())
    }

    fn peer(&self, name: &str, mut command: Command) -> Result<Server> {
        let log = self.programs.folder().join(name).with_extension("log");
        command
            .env("PANTOKEN_AGENT_SECRET_KEY", TEST_AGENT_SECRET_KEY)
            .env("PANTOKEN_API_KEY", API_KEY)
            .stderr(File::create(log)?);
        Server::start(&mut command)
    }

    fn peers(&self) -> std::path::PathBuf {
        self.workspace.root().join("benches/peers")
    }
}

/// Removes a program from the system's page cache, so that it is loaded from the disk, as after a restart of the machine.
/// A program that was linked or copied just before has up to 2 MiB more resident memory.
fn evict_from_page_cache(program: &Path) -> Result<()> {
    let mut input = OsString::from("if=");
    input.push(program);
    let mut forget = Command::new("dd");
    forget.arg(input).args(["iflag=nocache", "count=0"]);
    command::output(&mut forget).map(drop)
}

/// Returns the resident memory of a process, in MiB.
fn resident(process: u32) -> Result<f64> {
    let path = Path::new("/proc").join(process.to_string()).join("status");
    let kibibytes =
        resident_in(&fs::read_to_string(path)?).context("no VmRSS in the process's status")?;
    Ok(f64::from(kibibytes) / MEBIBYTE)
}

fn resident_in(status: &str) -> Option<u32> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Reads the last line of crates/store/benches/creation.rs.
fn ratio_in(output: &str) -> Option<f64> {
    let (_, after) = output.rsplit_once(" rows cost ")?;
    after.split(' ').next()?.parse().ok()
}
