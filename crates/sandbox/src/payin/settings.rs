use pantoken_core::Origin;
use pantoken_payin::{ApiKey, NotificationKey, SiteId};

/// The settings of the sandbox, which serves one site.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The site whose calls are accepted.
    pub site_id: SiteId,
    /// The key with which the site calls.
    pub api_key: ApiKey,
    /// The key with which notifications are signed.
    pub notification_key: NotificationKey,
    /// The origin at which browsers reach the sandbox.
    pub public_origin: Origin,
}
