//! Checks from where a notification comes.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::app::AppState;
use crate::http::client_address::client_address;
use crate::http::problem::Problem;
use crate::http::senders::Senders;

/// The address from which a request was sent, behind trusted proxies. It is not known if the server does not know
/// its peers.
pub(crate) struct SenderAddress(Option<IpAddr>);

impl SenderAddress {
    /// Refuses a sender outside the listed networks. Without a list, everybody passes.
    pub(crate) fn require(&self, senders: Option<&Senders>) -> Result<(), Problem> {
        match senders {
            Some(senders) if !senders.contain(self.0) => Err(Problem::SenderRefused),
            _ => Ok(()),
        }
    }
}

impl FromRequestParts<AppState> for SenderAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Infallible> {
        let proxies = &app.parts().options.trusted_proxies;
        Ok(Self(client_address(proxies, parts)))
    }
}
