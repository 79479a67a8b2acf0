use std::net::SocketAddr;

use clap::{CommandFactory, Parser};
use pantoken_a2c::{AgentId, Origin};
use pantoken_sandbox::a2c::{Misbehaviour, Settings};

/// What `--help` says after the flags.
fn after_help() -> String {
    let names = Misbehaviour::ALL.map(Misbehaviour::name);
    let lines: Vec<String> = names.chunks(5).map(|line| line.join(", ")).collect();
    let names = lines.join(",\n  ");
    format!(
        "\
Environment:
  PANTOKEN_AGENT_SECRET_KEY       The agent's secret key [default: the provider's published test key]
  PANTOKEN_AGENT_SECRET_KEY_FILE  A file that holds it, instead

Card numbers:
  any 13 to 19 digits that pass the Luhn check, such as 4111111111111111, give a panToken
  4000000000000002 gives FORBIDDEN, 4000000000000069 INVALID_SESSION, a wrong number INVALID_PAN

A form that misbehaves, to see what your page makes of it, is at /chaos/NAME/form:
  {names}

Examples:
  pantoken-sandbox
  pantoken-sandbox --listen 127.0.0.1:0 --registered-host http://localhost:8080
  PANTOKEN_AGENT_SECRET_KEY_FILE=key.txt pantoken-sandbox --agent-id my-agent
  PANTOKEN_FORM_HOST=http://127.0.0.1:3020/chaos/late-ready pantoken serve"
    )
}

/// The provider's stand-in: its card form, with the same URLs and answers, for tests and demos.
#[derive(Parser)]
#[command(name = "pantoken-sandbox", version, after_help = after_help())]
pub(crate) struct Options {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3020")]
    pub(crate) listen: SocketAddr,

    /// A site that may show the form in an iframe, such as https://shop.example; may be repeated.
    #[arg(
        long = "registered-host",
        value_name = "ORIGIN",
        default_value = Settings::TEST_REGISTERED_HOST,
        value_parser = Origin::parse,
    )]
    pub(crate) registered_hosts: Vec<Origin>,

    /// The agent whose form URLs are accepted.
    #[arg(
        long,
        value_name = "ID",
        default_value = Settings::TEST_AGENT_ID,
        value_parser = AgentId::parse,
    )]
    pub(crate) agent_id: AgentId,
}

pub(crate) fn command() -> clap::Command {
    Options::command()
}
