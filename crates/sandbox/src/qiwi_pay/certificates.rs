//! The certificates of the API: the sandbox's own, and that of the merchant, which QIWI issues for a request.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use pantoken_core::Secret;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::crypto::CryptoProvider;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use time::OffsetDateTime;

use super::any_certificate::AnyCertificate;

const YEAR: Duration = Duration::from_secs(366 * 86_400);
const DAY: Duration = Duration::from_secs(86_400);

/// The certificates of one start of the sandbox.
pub struct Certificates {
    root: String,
    client: Secret,
    pub(super) config: Arc<ServerConfig>,
    pub(super) verifier: Arc<dyn ClientCertVerifier>,
}

/// Certificates cannot be issued.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificatesError {
    /// A certificate cannot be made.
    #[error("a certificate cannot be made: {0}")]
    Issue(#[from] rcgen::Error),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// The certificates of clients cannot be verified.
    #[error("the certificates of clients cannot be verified: {0}")]
    Verifier(#[from] rustls::client::VerifierBuilderError),
}

impl Certificates {
    /// The file of the root certificate, which merchants have to trust.
    pub const ROOT_FILE: &str = "ca.pem";
    /// The file of the merchant's certificate with its private key.
    pub const CLIENT_FILE: &str = "client.pem";

    /// Issues certificates for `localhost` and this address. They are valid for a year. `now` is in milliseconds
    /// since the Unix epoch.
    ///
    /// # Errors
    /// Returns [`CertificatesError`] if a library refuses.
    pub fn issue(address: IpAddr, now: i64) -> Result<Self, CertificatesError> {
        let root_key = KeyPair::generate()?;
        let mut root = params(Vec::new(), "pantoken-sandbox", now)?;
        root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let root_certificate = root.self_signed(&root_key)?;
        let issuer = Issuer::new(root, root_key);

        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
        let mut server = params(names, "pantoken-sandbox", now)?;
        server
            .subject_alt_names
            .push(rcgen::SanType::IpAddress(address));
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let server_key = KeyPair::generate()?;
        let server = server.signed_by(&server_key, &issuer)?;

        let mut client = params(Vec::new(), "pantoken-sandbox merchant", now)?;
        client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let client_key = KeyPair::generate()?;
        let client = client.signed_by(&client_key, &issuer)?;

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = verifier(root_certificate.der().clone(), provider.clone())?;
        let key = PrivatePkcs8KeyDer::from(server_key.serialize_der());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(Arc::new(AnyCertificate(verifier.clone())))
            .with_single_cert(vec![server.der().clone()], PrivateKeyDer::Pkcs8(key))?;
        Ok(Self {
            root: root_certificate.pem(),
            client: Secret::new(&format!("{}{}", client.pem(), client_key.serialize_pem())),
            config: Arc::new(config),
            verifier,
        })
    }

    /// Returns the root certificate in PEM.
    #[must_use]
    pub fn root_pem(&self) -> &str {
        &self.root
    }

    /// Returns the merchant's certificate with its private key, in PEM.
    #[must_use]
    pub fn client_pem(&self) -> &Secret {
        &self.client
    }

    /// Writes `ca.pem` and `client.pem` into a folder, which is created if there is none. Only the user of this process
    /// can read the key.
    ///
    /// # Errors
    /// Returns an error if a file cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join(Self::ROOT_FILE), &self.root)?;
        let client = folder.join(Self::CLIENT_FILE);
        // An older file may have other permissions.
        match fs::remove_file(&client) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(client)?
            .write_all(self.client.expose().as_bytes())
    }
}

fn params(names: Vec<String>, name: &str, now: i64) -> Result<CertificateParams, rcgen::Error> {
    let now = OffsetDateTime::from_unix_timestamp(now / 1_000);
    let now = now.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, name);
    // Clocks differ a little.
    (params.not_before, params.not_after) = (now - DAY, now + YEAR);
    Ok(params)
}

fn verifier(
    root: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, CertificatesError> {
    let mut roots = RootCertStore::empty();
    roots.add(root)?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    Ok(verifier.allow_unauthenticated().build()?)
}
