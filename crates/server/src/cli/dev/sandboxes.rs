//! Starts the providers' sandboxes, for the sites that the server's settings name.

use std::io;
use std::net::TcpListener;

use axum::Router;
use pantoken_a2c::AgentId;
use pantoken_a2c_signing::{AgentSecret, Signer};
use pantoken_core::{Origin, SystemClock, SystemRandom};
use pantoken_jetpay::ProjectId;
use pantoken_payin::{ApiKey, NotificationKey, SiteId};
use pantoken_qiwi_pay::MerchantSite;
use pantoken_sandbox::{a2c, jetpay, payin, qiwi_pay};

use super::ports::Ports;
use super::setup::Setup;
use crate::settings::SettingsError;

/// The routes of each sandbox.
pub(super) struct Sandboxes {
    a2c: Router,
    payin: Router,
    jetpay: Router,
    qiwi_pay: Router,
}

impl Sandboxes {
    /// `signer` names the origin of a2c's forms.
    pub(super) fn new(setup: &Setup, signer: &Signer) -> Result<Self, SettingsError> {
        let sandboxes = || {
            Some(Self {
                a2c: a2c::router(a2c_settings(setup, signer)?, SystemRandom),
                payin: payin::router(payin_settings(setup)?, SystemRandom, SystemClock::new()),
                jetpay: jetpay::router(jetpay_settings(setup)?, SystemRandom, SystemClock::new()),
                qiwi_pay: qiwi_pay::router(
                    qiwi_pay_settings(setup)?,
                    SystemRandom,
                    SystemClock::new(),
                ),
            })
        };
        // The constants are valid, which a test checks.
        sandboxes().ok_or_else(|| SettingsError(Vec::new()))
    }

    /// Serves the sandboxes by tasks of this runtime.
    pub(super) fn start(self, ports: Ports) -> io::Result<()> {
        start(ports.a2c, self.a2c)?;
        start(ports.payin, self.payin)?;
        start(ports.jetpay, self.jetpay)?;
        start(ports.qiwi_pay, self.qiwi_pay)
    }
}

fn start(listener: TcpListener, router: Router) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    tokio::spawn(axum::serve(listener, router).into_future());
    Ok(())
}

fn a2c_settings(setup: &Setup, signer: &Signer) -> Option<a2c::Settings> {
    let origins = setup.page_origins();
    let origins = origins
        .iter()
        .filter_map(|origin| Origin::parse(origin).ok());
    Some(a2c::Settings {
        agent_id: AgentId::parse(a2c::Settings::TEST_AGENT_ID).ok()?,
        secret: AgentSecret::parse(a2c::Settings::TEST_SECRET_KEY).ok()?,
        registered_hosts: origins.collect(),
        public_origin: signer.host().origin().clone(),
    })
}

fn payin_settings(setup: &Setup) -> Option<payin::Settings> {
    let notifications = setup.call_url("/v1/payin/notifications");
    Some(payin::Settings {
        site_id: SiteId::parse(payin::Settings::TEST_SITE_ID).ok()?,
        api_key: ApiKey::parse(payin::Settings::TEST_API_KEY).ok()?,
        notification_key: NotificationKey::parse(payin::Settings::TEST_NOTIFICATION_KEY).ok()?,
        notification_url: Some(payin::NotificationUrl::parse(&notifications).ok()?),
        payout_key: None,
        public_origin: Origin::parse(&setup.payin_url()).ok()?,
    })
}

fn jetpay_settings(setup: &Setup) -> Option<jetpay::Settings> {
    let merchant = setup.call_url("/v1/jetpay/merchant");
    let callbacks = setup.call_url("/v1/jetpay/callbacks");
    Some(jetpay::Settings {
        project_id: ProjectId::parse(jetpay::Settings::TEST_PROJECT_ID).ok()?,
        secret_key: pantoken_jetpay::SecretKey::parse(jetpay::Settings::TEST_SECRET_KEY).ok()?,
        merchant_name: jetpay::Settings::TEST_MERCHANT_NAME.to_owned(),
        merchant_url: Some(jetpay::NotificationUrl::parse(&merchant).ok()?),
        callback_url: Some(jetpay::NotificationUrl::parse(&callbacks).ok()?),
    })
}

fn qiwi_pay_settings(setup: &Setup) -> Option<qiwi_pay::Settings> {
    let notifications = setup.call_url("/v1/qiwi-pay/notifications");
    Some(qiwi_pay::Settings {
        merchant_site: MerchantSite::parse(qiwi_pay::Settings::TEST_MERCHANT_SITE)?,
        secret_key: pantoken_qiwi_pay::SecretKey::parse(qiwi_pay::Settings::TEST_SECRET_KEY)
            .ok()?,
        notification_url: Some(qiwi_pay::NotificationUrl::parse(&notifications).ok()?),
        public_origin: Origin::parse(&setup.qiwi_pay_url()).ok()?,
    })
}
