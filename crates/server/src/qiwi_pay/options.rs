use pantoken_qiwi_pay::{AviaSignature, Client, ClientError, FORM_URL, Site};

use super::certificate::Validity;
use crate::http::client::Outgoing;
use crate::http::senders::Senders;

/// The settings of qiwi-pay: the site, and the client of its API if there is one.
#[derive(Clone, Debug)]
pub struct QiwiPayOptions {
    pub(crate) site: Site,
    pub(crate) form_url: String,
    pub(crate) client: Option<Client>,
    pub(crate) certificate: ClientCertificate,
    pub(crate) is_live: bool,
    /// Whether data of airline tickets is signed, if the provider has said it.
    pub(crate) industry_data: Option<AviaSignature>,
    senders: Option<Senders>,
}

/// What is known of the client certificate.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ClientCertificate {
    None,
    /// Its dates cannot be read. The provider may accept it nevertheless.
    Unreadable,
    Dated(Validity),
}

impl QiwiPayOptions {
    /// Configures the forms and notifications of a site. `is_live` says whether the money is real, which webhooks
    /// repeat.
    #[must_use]
    pub fn new(site: Site, is_live: bool) -> Self {
        Self {
            site,
            form_url: FORM_URL.to_owned(),
            client: None,
            certificate: ClientCertificate::None,
            is_live,
            industry_data: None,
            senders: None,
        }
    }

    /// Sets the address of the payment form.
    #[must_use]
    pub fn with_form_url(self, form_url: &str) -> Self {
        let form_url = form_url.to_owned();
        Self { form_url, ..self }
    }

    /// Configures the API. The client certificate and its key are PEM; without an address, it is the provider's own.
    ///
    /// # Errors
    /// Returns [`ClientError`] if a setting cannot be used.
    pub fn with_api(
        self,
        api_url: Option<&str>,
        client_certificate: Option<&str>,
        outgoing: &Outgoing,
    ) -> Result<Self, ClientError> {
        let mut builder = Client::builder(self.site.clone());
        if let Some(api_url) = api_url {
            builder = builder.api_url(api_url);
        }
        if let Some(pem) = client_certificate {
            builder = builder.client_certificate(pem);
        }
        if let Some(roots) = outgoing.roots_pem() {
            builder = builder.root_certificates(roots.as_bytes());
        }
        if let Some(proxy) = outgoing.proxy_url() {
            builder = builder.proxy(proxy);
        }
        Ok(Self {
            client: Some(builder.build()?),
            certificate: match client_certificate.map(Validity::read) {
                None => ClientCertificate::None,
                Some(None) => ClientCertificate::Unreadable,
                Some(Some(validity)) => ClientCertificate::Dated(validity),
            },
            ..self
        })
    }

    /// Sets whether data of airline tickets is signed, as the provider's support says. Without it, calls with such
    /// data are refused.
    #[must_use]
    pub fn with_industry_data(self, industry_data: Option<AviaSignature>) -> Self {
        Self {
            industry_data,
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
}
