use std::collections::BTreeMap;
use std::io::{Error, ErrorKind};
use std::path::PathBuf;

use pantoken_a2c::{AgentId, Origin};
use pantoken_a2c_signing::{AgentSecret, Signer};
use pantoken_sandbox::a2c as sandbox;

use crate::settings::{SettingError, Settings, SettingsError, Sources};

/// Published on purpose: whoever can reach the server is on this machine, and its cards are not real.
pub(super) const API_KEY: &str = "pantoken-dev-api-key";
pub(super) const WEBHOOK_SECRET: &str = "pantoken-dev-webhook-secret";
/// The ports that the usual development servers choose: Next.js, Angular, Vite, PHP and Python, Vue and Trunk.
const PAGE_PORTS: [u16; 5] = [3000, 4200, 5173, 8000, 8080];

/// Where everything listens, and what follows from that.
pub(super) struct Setup {
    pub(super) server_port: u16,
    pub(super) sandbox_port: u16,
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

    pub(super) fn sandbox_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.sandbox_port)
    }

    /// Returns the origins of the pages that may create sessions and show the form.
    fn page_origins(&self) -> Vec<String> {
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
        let values = BTreeMap::from([
            ("PANTOKEN_AGENT_ID", sandbox::Settings::TEST_AGENT_ID.into()),
            (
                "PANTOKEN_AGENT_SECRET_KEY",
                sandbox::Settings::TEST_SECRET_KEY.into(),
            ),
            ("PANTOKEN_FORM_HOST", self.sandbox_url()),
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
            (
                "PANTOKEN_WEBHOOK_URL",
                format!("http://127.0.0.1:{}/", self.back_end_port),
            ),
            ("PANTOKEN_WEBHOOK_SECRET", WEBHOOK_SECRET.into()),
            ("PANTOKEN_WEBHOOK_ALLOW_PRIVATE", "true".into()),
        ]);
        Settings::read(&Sources {
            flag: &|_| None,
            variable: &|name| values.get(name).cloned(),
            config: None,
            read_file: &|_| Err(Error::from(ErrorKind::NotFound)),
        })
    }

    /// Returns the settings of the sandbox, for the agent that the server signs for.
    pub(super) fn sandbox_settings(
        &self,
        signer: &Signer,
    ) -> Result<sandbox::Settings, SettingsError> {
        let origins = self.page_origins();
        let settings = || {
            Some(sandbox::Settings {
                agent_id: AgentId::parse(sandbox::Settings::TEST_AGENT_ID).ok()?,
                secret: AgentSecret::parse(sandbox::Settings::TEST_SECRET_KEY).ok()?,
                registered_hosts: origins
                    .iter()
                    .filter_map(|origin| Origin::parse(origin).ok())
                    .collect(),
                public_origin: signer.host().origin().clone(),
            })
        };
        // The constants are valid, which a test checks.
        settings().ok_or_else(|| SettingsError(Vec::<SettingError>::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup() -> Setup {
        Setup {
            server_port: 3019,
            sandbox_port: 3020,
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
        let registered = setup.sandbox_settings(&settings.signer.unwrap()).unwrap();
        let registered = registered.registered_hosts.iter();
        let registered: Vec<_> = registered.map(ToString::to_string).collect();
        assert_eq!(allowed, registered);
        for origin in ["3019", "5173", "8000", "4000"] {
            let origin = format!("http://localhost:{origin}");
            assert!(allowed.contains(&origin), "{origin}");
        }
    }
}
