use pantoken_a2c_signing::Signer;
use pantoken_core::Origin;
use url::Url;

use crate::payin::PayinOptions;
use crate::qiwi_pay::QiwiPayOptions;

/// The forms that pages lead to, in a frame or by a form of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PageForms {
    framed: Vec<Origin>,
    /// Whether a form in a frame may lead to the page of a bank, for 3-D Secure. Banks have their pages anywhere.
    leads_to_banks: bool,
    posted_to: Option<String>,
}

impl PageForms {
    /// Returns the forms of the providers that are configured.
    pub(crate) fn of(
        a2c: Option<&Signer>,
        payin: Option<&PayinOptions>,
        qiwi_pay: Option<&QiwiPayOptions>,
    ) -> Self {
        let payin = payin.map_or(&[][..], PayinOptions::form_origins);
        let url = qiwi_pay.and_then(|qiwi_pay| Url::parse(&qiwi_pay.form_url).ok());
        let a2c = a2c.map(|signer| signer.host().origin().clone());
        Self {
            // The sandbox plays the bank on its own origin.
            leads_to_banks: payin.iter().any(|origin| !origin.is_loopback()),
            framed: a2c.into_iter().chain(payin.iter().cloned()).collect(),
            posted_to: url.map(|url| url.origin().ascii_serialization()),
        }
    }

    /// Returns forms that are shown in frames alone.
    #[cfg(feature = "dev")]
    pub(crate) fn framed(origins: &[Origin]) -> Self {
        Self {
            framed: origins.to_vec(),
            ..Self::default()
        }
    }

    /// Returns the origin to which pages post a form, as qiwi-pay's has to be.
    pub(crate) fn posted_to(&self) -> Option<&str> {
        self.posted_to.as_deref()
    }

    /// Returns what the Content-Security-Policy of a page with the element has to allow: the element's code, its
    /// requests to the server, and the forms in frames.
    pub(crate) fn needed_directives(&self, server: &str) -> String {
        let mut sources: Vec<_> = self.framed.iter().map(Origin::as_str).collect();
        if self.leads_to_banks {
            sources.push("https:");
        }
        if sources.is_empty() {
            sources.push("'none'");
        }
        let forms = sources.join(" ");
        format!(
            "script-src 'self' 'wasm-unsafe-eval'; connect-src {server}; frame-src {forms}; base-uri 'none'"
        )
    }
}
