use pantoken_core::Origin;
use pantoken_qiwi_pay::{MerchantSite, SecretKey};

use crate::callback_address::NotificationUrl;

/// The settings of the sandbox, which serves one site.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The site whose calls are accepted.
    pub merchant_site: MerchantSite,
    /// The key with which calls and notifications are signed.
    pub secret_key: SecretKey,
    /// Where the notifications of payments go that name no address of their own.
    pub notification_url: Option<NotificationUrl>,
    /// The origin at which browsers reach the sandbox.
    pub public_origin: Origin,
}

impl Settings {
    /// The site of the binary, unless another is chosen.
    pub const TEST_MERCHANT_SITE: &str = "555";
    /// The key of the binary, unless another is set. It is not secret.
    pub const TEST_SECRET_KEY: &str = "pantoken-sandbox-qiwi-pay-secret-key";
}
