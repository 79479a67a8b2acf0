//! Runs the sandbox on this machine.

mod agent_secret;
mod options;
mod serve;

use std::io::{ErrorKind, IsTerminal, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind as UsageError;
use pantoken_a2c::{Origin, OriginError};
use pantoken_a2c_signing::AgentSecret;
use pantoken_core::{StopSignals, SystemRandom};
use pantoken_sandbox::a2c::{Settings, router};
use tokio::net::TcpListener;

use crate::options::Options;

fn main() -> ExitCode {
    let options = Options::parse();
    let secret = match agent_secret::read() {
        Ok(secret) => secret,
        Err(error) => options::command()
            .error(UsageError::ValueValidation, error)
            .exit(),
    };
    match run(options, secret) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pantoken-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error(
        "cannot listen on {0}: the port is taken by another program; choose another one with --listen"
    )]
    PortTaken(SocketAddr),
    #[error("cannot listen on {0}: {1}; choose another address with --listen")]
    Listen(SocketAddr, std::io::Error),
    #[error("the address {0} cannot be part of an origin: {1}")]
    Origin(SocketAddr, OriginError),
    #[error("the server failed: {0}")]
    Serve(#[from] std::io::Error),
}

#[tokio::main]
async fn run(options: Options, secret: AgentSecret) -> Result<(), RunError> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .without_time()
        .with_target(false)
        .init();
    let listener = listen(options.listen).await?;
    let address = listener.local_addr()?;
    let settings = Settings {
        agent_id: options.agent_id,
        secret,
        registered_hosts: options.registered_hosts,
        public_origin: public_origin(address).map_err(|error| RunError::Origin(address, error))?,
    };
    let signals = StopSignals::listen()?;
    writeln!(
        std::io::stdout(),
        "pantoken-sandbox: listening on http://{address}"
    )?;
    serve::until_stopped(signals, listener, router(settings, SystemRandom)).await?;
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, RunError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => RunError::PortTaken(address),
            _ => RunError::Listen(address, error),
        })
}

/// Returns the origin at which browsers on this machine reach the sandbox. A form host must be on
/// loopback or use https.
fn public_origin(address: SocketAddr) -> Result<Origin, OriginError> {
    if address.ip().is_loopback() {
        Origin::parse(&format!("http://{address}"))
    } else {
        Origin::parse(&format!("http://localhost:{}", address.port()))
    }
}
