use std::net::SocketAddr;

use clap::{CommandFactory, Parser};
use pantoken_a2c::{AgentId, Origin};
use pantoken_sandbox::a2c::{Misbehaviour, Settings};

/// Returns the part of `--help` after the flags.
fn after_help() -> String {
    let names = Misbehaviour::ALL.map(Misbehaviour::name);
    let lines: Vec<String> = names.chunks(5).map(|line| line.join(", ")).collect();
    let names = lines.join(",\n  ");
    format!(
        "\
Environment:
  PANTOKEN_AGENT_SECRET_KEY       The agent's secret key [default: the provider's published test key]
  PANTOKEN_AGENT_SECRET_KEY_FILE  A file that contains the key, instead

Card numbers:
  Any 13 to 19 digits that pass the Luhn check, such as 4111111111111111, return a panToken.
  4000000000000002 returns FORBIDDEN, 4000000000000069 INVALID_SESSION, a wrong number INVALID_PAN.

To test how your page handles a misbehaving form, use /chaos/NAME/form, where NAME is one of:
  {names}

Examples:
  pantoken-sandbox
  pantoken-sandbox --listen 127.0.0.1:0 --registered-host http://localhost:8080
  PANTOKEN_AGENT_SECRET_KEY_FILE=key.txt pantoken-sandbox --agent-id my-agent
  PANTOKEN_FORM_HOST=http://127.0.0.1:3020/chaos/late-ready pantoken serve"
    )
}

/// A stand-in for the provider's card form, with the same URLs and answers, for tests and demos
#[derive(Parser)]
#[command(name = "pantoken-sandbox", version, after_help = after_help())]
pub(crate) struct Options {
    /// Address to listen on; port 0 chooses a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3020")]
    pub(crate) listen: SocketAddr,

    /// Site that may show the form in an iframe, such as https://shop.example; can be repeated
    #[arg(
        long = "registered-host",
        value_name = "ORIGIN",
        default_value = Settings::TEST_REGISTERED_HOST,
        value_parser = Origin::parse,
    )]
    pub(crate) registered_hosts: Vec<Origin>,

    /// Agent whose form URLs are accepted
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
