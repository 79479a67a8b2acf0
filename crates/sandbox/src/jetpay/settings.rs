use pantoken_jetpay::{ProjectId, SecretKey};

use crate::callback_address::NotificationUrl;

/// The settings of the sandbox, which serves one project.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The project.
    pub project_id: ProjectId,
    /// The key with which everything is signed, in both directions.
    pub secret_key: SecretKey,
    /// What the kiosk calls the merchant.
    pub merchant_name: String,
    /// Where the merchant is asked about deposits. Without it, no deposit can be made.
    pub merchant_url: Option<NotificationUrl>,
    /// Where callbacks go whose request names no address of its own.
    pub callback_url: Option<NotificationUrl>,
}

impl Settings {
    /// The project of the binary, unless another is chosen.
    pub const TEST_PROJECT_ID: &str = "35";
    /// The key of the binary, unless another is set. It is not secret.
    pub const TEST_SECRET_KEY: &str = "pantoken-sandbox-jetpay-secret-key";
    /// The name of the binary's merchant, unless another is chosen.
    pub const TEST_MERCHANT_NAME: &str = "Demo Shop";
}
