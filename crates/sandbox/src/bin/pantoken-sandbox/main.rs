//! Runs the sandbox on this machine.

mod options;
mod secrets;
mod serve;

use std::io::{ErrorKind, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use axum::Router;
use clap::Parser;
use clap::error::ErrorKind as UsageError;
use pantoken_a2c::{Origin, OriginError};
use pantoken_core::{Clock, StopSignals, SystemClock, SystemRandom, write_documents};
use pantoken_sandbox::qiwi_pay::{Certificates, CertificatesError, TlsListener};
use pantoken_sandbox::{a2c, jetpay, payin, qiwi_master, qiwi_pay};
use tokio::net::TcpListener;

use crate::options::{Options, Provider};
use crate::secrets::Secrets;
use crate::serve::Server;

fn main() -> ExitCode {
    let options = Options::parse();
    if let Some(folder) = &options.write_documents {
        return match write_documents(options::command(), folder) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("pantoken-sandbox: {}: {error}", folder.display());
                ExitCode::FAILURE
            }
        };
    }
    let secrets = match secrets::read() {
        Ok(secrets) => secrets,
        Err(error) => options::command()
            .error(UsageError::ValueValidation, error)
            .exit(),
    };
    match run(&options, &secrets) {
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
        "cannot listen on {0}: the port is taken by another program; choose another one with {1}"
    )]
    PortTaken(SocketAddr, &'static str),
    #[error("cannot listen on {0}: {1}; choose another address with {2}")]
    Listen(SocketAddr, std::io::Error, &'static str),
    #[error("the address {0} cannot be part of an origin: {1}")]
    Origin(SocketAddr, OriginError),
    #[error("the certificates of qiwi-pay cannot be issued: {0}")]
    Certificates(#[from] CertificatesError),
    #[error(
        "cannot write the certificates of qiwi-pay into {}: {error}; choose another folder with --qiwi-pay-certificates",
        .folder.display()
    )]
    WriteCertificates {
        folder: PathBuf,
        error: std::io::Error,
    },
    #[error("the server failed: {0}")]
    Serve(#[from] std::io::Error),
}

#[tokio::main]
async fn run(options: &Options, secrets: &Secrets) -> Result<(), RunError> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .without_time()
        .with_target(false)
        .init();
    let a2c = listen(options, Provider::A2c, "--a2c-listen").await?;
    let payin = listen(options, Provider::Payin, "--payin-listen").await?;
    let jetpay = listen(options, Provider::Jetpay, "--jetpay-listen").await?;
    let qiwi_pay = listen(options, Provider::QiwiPay, "--qiwi-pay-listen").await?;
    let qiwi_master = listen(options, Provider::QiwiMaster, "--qiwi-master-listen").await?;
    let signals = StopSignals::listen()?;
    let mut out = std::io::stdout();
    let mut providers = Vec::new();
    if let Some(Listening(listener, address, origin)) = a2c {
        writeln!(out, "pantoken-sandbox: listening on http://{address}")?;
        providers.push(Server::Plain(
            listener,
            a2c_router(options, secrets, origin),
        ));
    }
    if let Some(Listening(listener, address, origin)) = payin {
        writeln!(out, "pantoken-sandbox: payin listening on http://{address}")?;
        providers.push(Server::Plain(
            listener,
            payin_router(options, secrets, origin),
        ));
    }
    if let Some(Listening(listener, address, _)) = jetpay {
        writeln!(
            out,
            "pantoken-sandbox: jetpay listening on http://{address}"
        )?;
        providers.push(Server::Plain(listener, jetpay_router(options, secrets)));
    }
    if let Some(Listening(listener, address, origin)) = qiwi_pay {
        writeln!(
            out,
            "pantoken-sandbox: qiwi-pay listening on http://{address}"
        )?;
        let router = qiwi_pay_router(options, secrets, origin);
        if let Some(folder) = &options.qiwi_pay_certificates {
            let (tls, address) = bind(options.qiwi_pay_tls_listen, "--qiwi-pay-tls-listen").await?;
            let tls = TlsListener::new(tls, &issue_certificates(address, folder)?);
            writeln!(
                out,
                "pantoken-sandbox: qiwi-pay listening on https://{address}"
            )?;
            providers.push(Server::Tls(tls, router.clone()));
        }
        providers.push(Server::Plain(listener, router));
    }
    if let Some(Listening(listener, address, _)) = qiwi_master {
        writeln!(
            out,
            "pantoken-sandbox: qiwi-master listening on http://{address}"
        )?;
        providers.push(Server::Plain(
            listener,
            qiwi_master_router(options, secrets),
        ));
    }
    serve::until_stopped(signals, providers).await?;
    Ok(())
}

fn a2c_router(options: &Options, secrets: &Secrets, public_origin: Origin) -> Router {
    let settings = a2c::Settings {
        agent_id: options.agent_id.clone(),
        secret: secrets.agent_secret.clone(),
        registered_hosts: options.registered_hosts.clone(),
        public_origin,
    };
    a2c::router(settings, SystemRandom)
}

fn payin_router(options: &Options, secrets: &Secrets, public_origin: Origin) -> Router {
    let settings = payin::Settings {
        site_id: options.payin_site_id.clone(),
        api_key: secrets.payin_api_key.clone(),
        notification_key: secrets.payin_notification_key.clone(),
        notification_url: options.payin_notification_url.clone(),
        payout_key: options.payin_payout_key.clone(),
        public_origin,
    };
    payin::router(settings, SystemRandom, SystemClock::new())
}

fn jetpay_router(options: &Options, secrets: &Secrets) -> Router {
    let settings = jetpay::Settings {
        project_id: options.jetpay_project_id,
        secret_key: secrets.jetpay_secret_key.clone(),
        merchant_name: options.jetpay_merchant_name.clone(),
        merchant_url: options.jetpay_merchant_url.clone(),
        callback_url: options.jetpay_callback_url.clone(),
    };
    jetpay::router(settings, SystemRandom, SystemClock::new())
}

fn qiwi_pay_router(options: &Options, secrets: &Secrets, public_origin: Origin) -> Router {
    let settings = qiwi_pay::Settings {
        merchant_site: options.qiwi_pay_merchant_site,
        secret_key: secrets.qiwi_pay_secret_key.clone(),
        notification_url: options.qiwi_pay_notification_url.clone(),
        public_origin,
    };
    qiwi_pay::router(settings, SystemRandom, SystemClock::new())
}

fn qiwi_master_router(options: &Options, secrets: &Secrets) -> Router {
    let settings = qiwi_master::Settings {
        wallet: options.qiwi_master_wallet.clone(),
        token: secrets.qiwi_master_token.clone(),
        balance: qiwi_master::Settings::TEST_BALANCE,
    };
    qiwi_master::router(settings, SystemRandom, SystemClock::new())
}

/// A provider's port, its address, and the origin at which browsers on this machine reach it.
struct Listening(TcpListener, SocketAddr, Origin);

/// Listens for a provider, unless it is not to be started. `flag` is the one that chooses its address.
async fn listen(
    options: &Options,
    provider: Provider,
    flag: &'static str,
) -> Result<Option<Listening>, RunError> {
    let Some(address) = options.address(provider) else {
        return Ok(None);
    };
    let (listener, address) = bind(address, flag).await?;
    let origin = match options.public_origin(provider) {
        Some(origin) => origin.clone(),
        None => public_origin(address).map_err(|error| RunError::Origin(address, error))?,
    };
    Ok(Some(Listening(listener, address, origin)))
}

/// Issues the certificates of qiwi-pay, and writes those that a merchant needs.
fn issue_certificates(address: SocketAddr, folder: &Path) -> Result<Certificates, RunError> {
    let certificates = Certificates::issue(address.ip(), SystemClock::new().now())?;
    let written = certificates.write(folder);
    written.map_err(|error| RunError::WriteCertificates {
        folder: folder.to_owned(),
        error,
    })?;
    Ok(certificates)
}

async fn bind(
    address: SocketAddr,
    flag: &'static str,
) -> Result<(TcpListener, SocketAddr), RunError> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => RunError::PortTaken(address, flag),
            _ => RunError::Listen(address, error, flag),
        })?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Returns the origin at which browsers on this machine reach an address. A form host must be on loopback or use
/// https.
fn public_origin(address: SocketAddr) -> Result<Origin, OriginError> {
    if address.ip().is_loopback() {
        Origin::parse(&format!("http://{address}"))
    } else {
        Origin::parse(&format!("http://localhost:{}", address.port()))
    }
}
