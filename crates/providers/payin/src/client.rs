//! The HTTP client. It sends each request once.

mod builder;
mod calls;
mod transport;

use std::time::Duration;

pub use builder::{ClientBuilder, ClientError};
pub use calls::{
    Bills, Captures, CardChecks, Payments, Payouts, QrCodes, Refunds, TokenRemoval, Tokens,
};
pub use transport::Timeouts;
use transport::Transport;

use crate::{ApiKey, SiteId};

/// A client of one site. It is cheap to clone, and clones share their connections.
///
/// A call sends its request once and never repeats it: [`crate::Error::advice`] says what to do. Redirects are
/// not followed, certificates are always verified, and every call has a time limit. Dropping the future of a
/// call leaves open whether the provider executed the request.
#[derive(Clone, Debug)]
pub struct Client(Transport);

impl Client {
    /// Starts to build a client of this site.
    pub fn builder(site_id: SiteId, api_key: ApiKey) -> ClientBuilder {
        ClientBuilder::new(site_id, api_key)
    }

    /// Returns a client of the same site whose calls take this long at most.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self(self.0.with_timeouts(Timeouts {
            read: timeout,
            write: timeout,
        }))
    }

    /// Returns the calls for bills.
    #[must_use]
    pub fn bills(&self) -> Bills<'_> {
        Bills(&self.0)
    }

    /// Returns the calls for payments.
    #[must_use]
    pub fn payments(&self) -> Payments<'_> {
        Payments(&self.0)
    }

    /// Returns the calls for captures.
    #[must_use]
    pub fn captures(&self) -> Captures<'_> {
        Captures(&self.0)
    }

    /// Returns the calls for refunds.
    #[must_use]
    pub fn refunds(&self) -> Refunds<'_> {
        Refunds(&self.0)
    }

    /// Returns the calls for card checks.
    #[must_use]
    pub fn card_checks(&self) -> CardChecks<'_> {
        CardChecks(&self.0)
    }

    /// Returns the calls for payment tokens.
    #[must_use]
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens(&self.0)
    }

    /// Returns the calls for QR codes of the faster payments system.
    #[must_use]
    pub fn qr_codes(&self) -> QrCodes<'_> {
        QrCodes(&self.0)
    }

    /// Returns the calls for payouts.
    #[must_use]
    pub fn payouts(&self) -> Payouts<'_> {
        Payouts(&self.0)
    }
}
