use pantoken_core::{Origin, Secret};
use pantoken_payin::{ApiKey, Client, ClientError, NotificationKey, SiteId};

use url::Url;

use crate::http::client::Outgoing;
use crate::http::senders::Senders;

/// The settings of payin, with the client of the site.
#[derive(Clone, Debug)]
pub struct PayinOptions {
    pub(crate) client: Client,
    pub(crate) notification_key: NotificationKey,
    /// The secret from which the result tokens of verifications are derived.
    pub(crate) secret: Secret,
    pub(crate) is_live: bool,
    form_origins: Vec<Origin>,
    senders: Option<Senders>,
}

impl PayinOptions {
    /// Builds the client of a site. Without a base URL it is the provider's own. `is_live` says whether the money
    /// is real, which webhooks repeat.
    ///
    /// # Errors
    /// Returns [`ClientError`] if the base URL or another setting cannot be used.
    pub fn new(
        site_id: SiteId,
        api_key: ApiKey,
        notification_key: NotificationKey,
        base_url: Option<&str>,
        is_live: bool,
        outgoing: &Outgoing,
    ) -> Result<Self, ClientError> {
        let secret = Secret::new(api_key.expose());
        let mut builder = Client::builder(site_id, api_key);
        if let Some(base_url) = base_url {
            builder = builder.base_url(base_url);
        }
        if let Some(roots) = outgoing.roots_pem() {
            builder = builder.root_certificates(roots.as_bytes());
        }
        if let Some(proxy) = outgoing.proxy_url() {
            builder = builder.proxy(proxy);
        }
        Ok(Self {
            client: builder.build()?,
            notification_key,
            secret,
            is_live,
            form_origins: Vec::new(),
            senders: None,
        })
    }

    /// Accepts forms on these origins only. Without any, the provider is trusted to name its own.
    #[must_use]
    pub fn with_form_origins(self, form_origins: Vec<Origin>) -> Self {
        Self {
            form_origins,
            ..self
        }
    }

    /// Accepts notifications from these networks only. Without them, from anywhere.
    #[must_use]
    pub fn with_senders(self, senders: Option<Senders>) -> Self {
        Self { senders, ..self }
    }

    /// Returns the networks from which notifications are accepted, if they are listed.
    pub(crate) fn senders(&self) -> Option<&Senders> {
        self.senders.as_ref()
    }

    /// Returns the origins on which forms are accepted, if they are listed.
    pub(crate) fn form_origins(&self) -> &[Origin] {
        &self.form_origins
    }

    /// Returns whether customers may be led to a form at this address.
    pub(crate) fn allows_form(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else {
            return false;
        };
        let origin = url.origin().ascii_serialization();
        let is_listed = self
            .form_origins
            .iter()
            .any(|allowed| allowed.as_str() == origin);
        matches!(url.scheme(), "https" | "http") && (self.form_origins.is_empty() || is_listed)
    }
}
