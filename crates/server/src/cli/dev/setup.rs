use std::collections::BTreeMap;
use std::io::{Error, ErrorKind};
use std::path::PathBuf;

use pantoken_core::Origin;
use pantoken_sandbox::{a2c, jetpay, payin, qiwi_pay};

use crate::settings::{Settings, SettingsError, Sources};

/// Published on purpose: whoever can reach the server is on this machine, and its cards are not real.
pub(super) const API_KEY: &str = "pantoken-dev-api-key";
pub(super) const WEBHOOK_SECRET: &str = "pantoken-dev-webhook-secret";
/// The ports that the usual development servers choose: Next.js, Angular, Vite, PHP and Python, Vue and Trunk.
const PAGE_PORTS: [u16; 5] = [3000, 4200, 5173, 8000, 8080];

/// Where everything listens, and what follows from that.
pub(super) struct Setup {
    pub(super) server_port: u16,
    pub(super) a2c_port: u16,
    pub(super) payin_port: u16,
    pub(super) jetpay_port: u16,
    pub(super) qiwi_pay_port: u16,
    pub(super) back_end_port: u16,
    pub(super) more_origins: Vec<Origin>,
    /// The folder of the database.
    pub(super) folder: PathBuf,
}

impl Setup {
    /// Returns the server's URL: `localhost`, because the provider's test agent registered that name.
    pub(super) fn url(&self) -> String {
        format!("http://localhost:{}", self.server_port)
    }

    pub(super) fn a2c_url(&self) -> String {
        local(self.a2c_port)
    }

    pub(super) fn payin_url(&self) -> String {
        local(self.payin_port)
    }

    pub(super) fn jetpay_url(&self) -> String {
        local(self.jetpay_port)
    }

    pub(super) fn qiwi_pay_url(&self) -> String {
        local(self.qiwi_pay_port)
    }

    pub(super) fn back_end_url(&self) -> String {
        local(self.back_end_port)
    }

    /// Returns the address of a call of the server, for programs on this machine.
    pub(super) fn call_url(&self, path: &str) -> String {
        format!("{}{path}", local(self.server_port))
    }

    /// Returns the origins of the pages that may create sessions and show the form.
    pub(super) fn page_origins(&self) -> Vec<String> {
        let ports = PAGE_PORTS.iter().filter(|port| **port != self.server_port);
        let others = ports.map(|port| format!("http://localhost:{port}"));
        let more = self.more_origins.iter().map(ToString::to_string);
        let mut origins: Vec<_> = std::iter::once(self.url())
            .chain(others)
            .chain(more)
            .collect();
        origins.dedup();
        origins
    }

    /// Returns the server's settings, which depend on nothing else.
    pub(super) fn settings(&self) -> Result<Settings, SettingsError> {
        let database = self.folder.join("pantoken.db");
        let origins = self.page_origins().join(",");
        let mut values = BTreeMap::from([
            ("PANTOKEN_API_KEY", API_KEY.into()),
            ("PANTOKEN_PUBLIC_SESSIONS", "true".into()),
            // A developer loads a page more often than a customer.
            ("PANTOKEN_PUBLIC_SESSIONS_PER_ADDRESS", "600".into()),
            ("PANTOKEN_ALLOWED_ORIGINS", origins.clone()),
            ("PANTOKEN_RETURN_URLS", origins),
            ("PANTOKEN_LISTEN", format!("127.0.0.1:{}", self.server_port)),
            ("PANTOKEN_PUBLIC_URL", self.url()),
            (
                "PANTOKEN_DATABASE_URL",
                format!("sqlite://{}", database.display()),
            ),
            ("PANTOKEN_WEBHOOK_URL", format!("{}/", self.back_end_url())),
            ("PANTOKEN_WEBHOOK_SECRET", WEBHOOK_SECRET.into()),
            ("PANTOKEN_WEBHOOK_ALLOW_PRIVATE", "true".into()),
        ]);
        values.extend(self.provider_settings());
        Settings::read(&Sources {
            flag: &|_| None,
            variable: &|name| values.get(name).cloned(),
            config: None,
            read_file: &|_| Err(Error::from(ErrorKind::NotFound)),
        })
    }

    /// Returns the settings of each provider, with the keys that its sandbox publishes.
    fn provider_settings(&self) -> [(&'static str, String); 16] {
        let payin = self.payin_url();
        let (jetpay, qiwi_pay) = (self.jetpay_url(), self.qiwi_pay_url());
        [
            ("PANTOKEN_AGENT_ID", a2c::Settings::TEST_AGENT_ID.into()),
            (
                "PANTOKEN_AGENT_SECRET_KEY",
                a2c::Settings::TEST_SECRET_KEY.into(),
            ),
            ("PANTOKEN_FORM_HOST", self.a2c_url()),
            (
                "PANTOKEN_PAYIN_SITE_ID",
                payin::Settings::TEST_SITE_ID.into(),
            ),
            (
                "PANTOKEN_PAYIN_API_KEY",
                payin::Settings::TEST_API_KEY.into(),
            ),
            (
                "PANTOKEN_PAYIN_NOTIFICATION_KEY",
                payin::Settings::TEST_NOTIFICATION_KEY.into(),
            ),
            (
                "PANTOKEN_PAYIN_BASE_URL",
                format!("{payin}/partner/payin/v1/sites"),
            ),
            ("PANTOKEN_PAYIN_FORM_ORIGINS", payin),
            (
                "PANTOKEN_JETPAY_PROJECT_ID",
                jetpay::Settings::TEST_PROJECT_ID.into(),
            ),
            (
                "PANTOKEN_JETPAY_SECRET_KEY",
                jetpay::Settings::TEST_SECRET_KEY.into(),
            ),
            ("PANTOKEN_JETPAY_GATE_URL", jetpay),
            (
                "PANTOKEN_JETPAY_ACCOUNTS_URL",
                format!("{}/accounts", self.back_end_url()),
            ),
            (
                "PANTOKEN_QIWI_PAY_MERCHANT_SITE",
                qiwi_pay::Settings::TEST_MERCHANT_SITE.into(),
            ),
            (
                "PANTOKEN_QIWI_PAY_SECRET_KEY",
                qiwi_pay::Settings::TEST_SECRET_KEY.into(),
            ),
            (
                "PANTOKEN_QIWI_PAY_API_URL",
                format!("{qiwi_pay}/merchant/direct"),
            ),
            (
                "PANTOKEN_QIWI_PAY_FORM_URL",
                format!("{qiwi_pay}/paypage/initial"),
            ),
        ]
    }
}

/// Returns the origin of a port, by a number that no other machine answers to.
fn local(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup() -> Setup {
        Setup {
            server_port: 3019,
            a2c_port: 3020,
            payin_port: 3021,
            jetpay_port: 3022,
            qiwi_pay_port: 3023,
            back_end_port: 1,
            more_origins: vec![Origin::parse("http://localhost:4000").unwrap()],
            folder: "/tmp".into(),
        }
    }

    #[test]
    fn pages_on_localhost_may_create_sessions_and_show_the_form() {
        let setup = setup();
        let settings = setup.settings().unwrap();
        assert!(settings.api.public_sessions && settings.listen.ip().is_loopback());
        let allowed = settings.api.allowed_origins.iter();
        let allowed: Vec<_> = allowed.map(ToString::to_string).collect();
        assert_eq!(allowed, setup.page_origins());
        for origin in ["3019", "5173", "8000", "4000"] {
            let origin = format!("http://localhost:{origin}");
            assert!(allowed.contains(&origin), "{origin}");
        }
    }

    #[test]
    fn every_provider_is_configured_with_its_sandbox() {
        let api = setup().settings().unwrap().api;
        assert!(
            api.payin
                .is_some_and(|payin| !payin.form_origins().is_empty())
        );
        let jetpay = api.jetpay.unwrap();
        assert!(jetpay.client().is_some() && jetpay.accounts().is_some());
        assert!(
            api.qiwi_pay
                .is_some_and(|qiwi_pay| qiwi_pay.client.is_some())
        );
    }
}
