use std::fmt;
use std::sync::Arc;

use pantoken_core::client::{BaseUrl, Connections, ConnectionsError};
use pantoken_jetpay::{Client, ProjectId, SecretKey};

use super::accounts::{Accounts, Source};
use crate::http::client::{ClientError, Outgoing};
use crate::http::senders::Senders;
use crate::webhooks::{Sender, WebhookTarget};

/// The settings of JetPay: one project, and what is known about its customers' accounts.
#[derive(Clone)]
pub struct JetpayOptions {
    pub(crate) project_id: ProjectId,
    pub(crate) is_live: bool,
    key: SecretKey,
    client: Option<Client>,
    accounts: Option<Source>,
    senders: Option<Senders>,
}

impl JetpayOptions {
    /// Takes callbacks of a project. `is_live` says whether the money is real, which webhooks repeat.
    #[must_use]
    pub fn new(project_id: ProjectId, key: SecretKey, is_live: bool) -> Self {
        Self {
            project_id,
            is_live,
            key,
            client: None,
            accounts: None,
            senders: None,
        }
    }

    /// Pays out through Gate at this address.
    ///
    /// # Errors
    /// Returns [`ConnectionsError`] if a certificate or the proxy cannot be used.
    pub fn with_gate(self, gate: BaseUrl, outgoing: &Outgoing) -> Result<Self, ConnectionsError> {
        let mut connections = Connections::default();
        if let Some(roots) = outgoing.roots_pem() {
            connections = connections.root_certificates(roots.as_bytes());
        }
        if let Some(proxy) = outgoing.proxy_url() {
            connections = connections.proxy(proxy);
        }
        let client = Client::new(self.project_id, self.key.clone(), gate, &connections)?;
        Ok(Self {
            client: Some(client),
            ..self
        })
    }

    /// Takes deposits for accounts that the back end at this address knows. It is asked like it is sent webhooks.
    ///
    /// # Errors
    /// Returns [`ClientError`] if the address is `https` and there are no root certificates.
    pub fn with_accounts_url(self, target: WebhookTarget) -> Result<Self, ClientError> {
        let accounts = Some(Source::Agent(Arc::new(Sender::new(target)?)));
        Ok(Self { accounts, ..self })
    }

    /// Takes deposits for accounts that your own code knows.
    #[must_use]
    pub fn with_accounts(self, accounts: impl Accounts) -> Self {
        let accounts = Some(Source::Own(Arc::new(accounts)));
        Self { accounts, ..self }
    }

    /// Accepts questions and callbacks from these networks only. Without them, from anywhere.
    #[must_use]
    pub fn with_senders(self, senders: Option<Senders>) -> Self {
        Self { senders, ..self }
    }

    /// Returns the secret key of a project, if it is this one.
    pub(crate) fn key_of(&self, project_id: ProjectId) -> Option<&SecretKey> {
        (project_id == self.project_id).then_some(&self.key)
    }

    pub(crate) fn client(&self) -> Option<&Client> {
        self.client.as_ref()
    }

    pub(crate) fn accounts(&self) -> Option<&Source> {
        self.accounts.as_ref()
    }

    pub(crate) fn senders(&self) -> Option<&Senders> {
        self.senders.as_ref()
    }
}

impl fmt::Debug for JetpayOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JetpayOptions")
            .field("project_id", &self.project_id)
            .field("is_live", &self.is_live)
            .field("client", &self.client)
            .field("has_accounts", &self.accounts.is_some())
            .finish_non_exhaustive()
    }
}
