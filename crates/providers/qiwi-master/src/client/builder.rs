use std::time::Duration;

use pantoken_core::client::{BaseUrl, BaseUrlError, Connections, ConnectionsError};
use reqwest::header::HeaderValue;

use super::Client;
use super::transport::Transport;
use crate::{Token, Wallet};

const BASE_URL: &str = "https://edge.qiwi.com";
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Builds a [`Client`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    wallet: Wallet,
    token: Token,
    base_url: String,
    timeout: Duration,
    connections: Connections,
}

/// The reason why a client cannot be built. The message contains no value of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The base URL cannot be used.
    #[error(transparent)]
    BaseUrl(#[from] BaseUrlError),
    /// The token cannot be sent in a header.
    #[error("the token must consist of visible ASCII characters")]
    Token,
    /// The client cannot connect as it should.
    #[error(transparent)]
    Connections(#[from] ConnectionsError),
}

impl ClientBuilder {
    pub(super) fn new(wallet: Wallet, token: Token) -> Self {
        Self {
            wallet,
            token,
            base_url: BASE_URL.to_owned(),
            timeout: DEFAULT_TIMEOUT,
            connections: Connections::default(),
        }
    }

    /// Sets the address of the API, such as that of a sandbox.
    pub fn base_url(mut self, base_url: &str) -> Self {
        base_url.clone_into(&mut self.base_url);
        self
    }

    /// Sets how long a call may take, from the connection to the last byte of the answer. It is 30 seconds unless
    /// you set it.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how the client connects.
    pub fn connections(mut self, connections: Connections) -> Self {
        self.connections = connections;
        self
    }

    /// Builds the client. It connects with the first call.
    ///
    /// # Errors
    /// Returns [`ClientError`] if a setting cannot be used.
    pub fn build(self) -> Result<Client, ClientError> {
        let base = BaseUrl::parse(&self.base_url)?;
        let bearer = format!("Bearer {}", self.token.expose());
        let mut authorization = HeaderValue::from_str(&bearer).map_err(|_| ClientError::Token)?;
        authorization.set_sensitive(true);
        let http = self.connections.build()?;
        let transport = Transport::new(http, base, authorization, self.timeout);
        Ok(Client {
            transport,
            wallet: self.wallet,
        })
    }
}
