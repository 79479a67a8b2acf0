use pantoken_core::Origin;
use pantoken_payin::{ApiKey, NotificationKey, SiteId};

use crate::callback_address::NotificationUrl;
use crate::payin::PayoutKey;

/// The settings of the sandbox, which serves one site.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The site whose calls are accepted.
    pub site_id: SiteId,
    /// The key with which the site calls.
    pub api_key: ApiKey,
    /// The key with which notifications are signed.
    pub notification_key: NotificationKey,
    /// Where the notifications of objects go that name no address of their own.
    pub notification_url: Option<NotificationUrl>,
    /// The public key with which the site's payouts are verified. Without one, a payout needs any signature.
    pub payout_key: Option<PayoutKey>,
    /// The origin at which browsers reach the sandbox.
    pub public_origin: Origin,
}

impl Settings {
    /// The site of the binary, unless another is chosen.
    pub const TEST_SITE_ID: &str = "site-01";
    /// The API key of the binary, unless another is set. It is not secret.
    pub const TEST_API_KEY: &str = "pantoken-sandbox-payin-api-key";
    /// The notification key of the binary, unless another is set. It is not secret.
    pub const TEST_NOTIFICATION_KEY: &str = "pantoken-sandbox-payin-notification-key";
}
