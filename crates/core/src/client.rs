//! What every client of a provider's API needs: an address that may be called, connections with verified
//! certificates, and a request that is sent once.

mod base_url;
mod body;
mod connections;
mod send;

pub use base_url::{BaseUrl, BaseUrlError};
pub use body::{Body, BodyError, json_body};
pub use connections::{Connections, ConnectionsError};
pub use send::{HttpAnswer, Unanswered, send};
