use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{CommandFactory, Parser, ValueEnum};
use pantoken_a2c::{AgentId, Origin};
use pantoken_jetpay::ProjectId;
use pantoken_payin::SiteId;
use pantoken_qiwi_master::Wallet;
use pantoken_qiwi_pay::MerchantSite;
use pantoken_sandbox::{a2c, jetpay, payin, qiwi_master, qiwi_pay};

/// Returns the part of `--help` after the flags.
fn after_help() -> String {
    let names = a2c::Misbehaviour::ALL.map(a2c::Misbehaviour::name);
    let lines: Vec<String> = names.chunks(5).map(|line| line.join(", ")).collect();
    let names = lines.join(",\n  ");
    let (api_key, notification_key) = (
        payin::Settings::TEST_API_KEY,
        payin::Settings::TEST_NOTIFICATION_KEY,
    );
    let secret_key = jetpay::Settings::TEST_SECRET_KEY;
    let qiwi_pay_key = qiwi_pay::Settings::TEST_SECRET_KEY;
    let token = qiwi_master::Settings::TEST_TOKEN;
    format!(
        "\
Environment (with _FILE at its end, a variable names a file that contains the key):
  PANTOKEN_AGENT_SECRET_KEY        The a2c agent's secret key [default: the provider's published test key]
  PANTOKEN_PAYIN_API_KEY           The key with which the payin site calls [default: {api_key}]
  PANTOKEN_PAYIN_NOTIFICATION_KEY  The key that signs notifications [default: {notification_key}]
  PANTOKEN_JETPAY_SECRET_KEY       The key that signs everything of jetpay [default: {secret_key}]
  PANTOKEN_QIWI_PAY_SECRET_KEY     The key that signs everything of qiwi-pay [default: {qiwi_pay_key}]
  PANTOKEN_QIWI_MASTER_TOKEN       The token of the qiwi-master wallet [default: {token}]

Card numbers of a2c:
  Any 13 to 19 digits that pass the Luhn check, such as 4111111111111111, return a panToken.
  4000000000000002 returns FORBIDDEN, 4000000000000069 INVALID_SESSION, a wrong number INVALID_PAN.

Cards of payin and qiwi-pay, up to 10.00 RUB:
  The month of expiry decides: 02 is declined, 03 succeeds after 3 s, 04 is declined after 3 s, others succeed.
  For payin, the security code 849, or 3ds in the holder's name, asks for 3-D Secure; for qiwi-pay, the holder's name
  unknown name. The form of qiwi-pay is at /paypage/initial, and its API at /merchant/direct.

Accounts of jetpay's payouts, by their last two digits:
  01 is declined, 02 stays under way, 03 is under way and then paid, 04 is declined and then paid,
  05 is paid and then declined, 06 is paid and then reversed, 07 is an error, 08 has an unknown status; others are paid.

To test how your page handles a misbehaving a2c form, use /chaos/NAME/form, where NAME is one of:
  {names}

Examples:
  pantoken-sandbox
  pantoken-sandbox --only payin --payin-listen 127.0.0.1:0
  pantoken-sandbox --only payin --payin-notification-url http://127.0.0.1:8080/v1/payin/notifications
  pantoken-sandbox --only jetpay --jetpay-merchant-url http://127.0.0.1:8080/v1/jetpay/merchant \\
    --jetpay-callback-url http://127.0.0.1:8080/v1/jetpay/callbacks
  pantoken-sandbox --a2c-listen 0.0.0.0:3020 --public-origin http://localhost:8020
  pantoken-sandbox --a2c-listen 127.0.0.1:0 --registered-host http://localhost:8080
  pantoken-sandbox --only qiwi-pay --qiwi-pay-certificates certificates
  PANTOKEN_AGENT_SECRET_KEY_FILE=key.txt pantoken-sandbox --agent-id my-agent
  PANTOKEN_FORM_HOST=http://127.0.0.1:3020/chaos/late-ready pantoken serve"
    )
}

/// A provider that the sandbox stands in for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Provider {
    A2c,
    Payin,
    Jetpay,
    QiwiPay,
    QiwiMaster,
}

/// Stand-ins for the providers, with the same URLs, forms and answers, for tests and demos
#[derive(Parser)]
#[command(name = "pantoken-sandbox", version, after_help = after_help())]
pub(crate) struct Options {
    /// Providers to start, separated by commas [default: all]
    #[arg(long, value_enum, value_name = "PROVIDERS", value_delimiter = ',')]
    only: Vec<Provider>,

    /// Start a2c alone on this address; the same as --only a2c --a2c-listen ADDRESS
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["only", "a2c_listen", "payin_listen", "jetpay_listen", "qiwi_pay_listen", "qiwi_pay_certificates", "qiwi_master_listen"])]
    listen: Option<SocketAddr>,

    /// Address of a2c; port 0 chooses a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3020")]
    a2c_listen: SocketAddr,

    /// Address of payin; port 0 chooses a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3021")]
    payin_listen: SocketAddr,

    /// Address of jetpay; port 0 chooses a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3022")]
    jetpay_listen: SocketAddr,

    /// Address of qiwi-pay; port 0 chooses a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3023")]
    qiwi_pay_listen: SocketAddr,

    /// Address of qiwi-master; port 0 chooses a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3024")]
    qiwi_master_listen: SocketAddr,

    /// Origin at which browsers reach a2c, such as http://localhost:8020 if a container's port is published there;
    /// https, or http on loopback [default: localhost and the port]
    #[arg(long, alias = "a2c-public-origin", value_name = "ORIGIN", value_parser = Origin::parse)]
    public_origin: Option<Origin>,

    /// Origin at which browsers reach payin, in the same way
    #[arg(long, value_name = "ORIGIN", value_parser = Origin::parse)]
    payin_public_origin: Option<Origin>,

    /// Origin at which browsers reach qiwi-pay, in the same way
    #[arg(long, value_name = "ORIGIN", value_parser = Origin::parse)]
    qiwi_pay_public_origin: Option<Origin>,

    /// Site that may show the form of a2c in an iframe, such as https://shop.example; can be repeated
    #[arg(
        long = "registered-host",
        value_name = "ORIGIN",
        default_value = a2c::Settings::TEST_REGISTERED_HOST,
        value_parser = Origin::parse,
    )]
    pub(crate) registered_hosts: Vec<Origin>,

    /// Agent of a2c whose form URLs are accepted
    #[arg(
        long,
        value_name = "ID",
        default_value = a2c::Settings::TEST_AGENT_ID,
        value_parser = AgentId::parse,
    )]
    pub(crate) agent_id: AgentId,

    /// Site of payin whose calls are accepted
    #[arg(
        long,
        value_name = "ID",
        default_value = payin::Settings::TEST_SITE_ID,
        value_parser = SiteId::parse,
    )]
    pub(crate) payin_site_id: SiteId,

    /// Address to which payin sends the notifications of objects that name no address of their own
    #[arg(long, value_name = "URL", value_parser = payin::NotificationUrl::parse)]
    pub(crate) payin_notification_url: Option<payin::NotificationUrl>,

    /// File with the RSA public key, in PEM, with which payouts are verified
    #[arg(long, value_name = "FILE", value_parser = read_payout_key)]
    pub(crate) payin_payout_key: Option<payin::PayoutKey>,

    /// Project of jetpay whose calls are accepted, and whose merchant is asked about deposits
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = jetpay::Settings::TEST_PROJECT_ID,
        value_parser = ProjectId::parse,
    )]
    pub(crate) jetpay_project_id: ProjectId,

    /// Name of the merchant at the kiosk of jetpay
    #[arg(long, value_name = "NAME", default_value = jetpay::Settings::TEST_MERCHANT_NAME)]
    pub(crate) jetpay_merchant_name: String,

    /// Address at which jetpay asks the merchant about deposits; without it, no deposit can be made
    #[arg(long, value_name = "URL", value_parser = jetpay::NotificationUrl::parse)]
    pub(crate) jetpay_merchant_url: Option<jetpay::NotificationUrl>,

    /// Address to which jetpay sends callbacks whose payout names no address of its own
    #[arg(long, value_name = "URL", value_parser = jetpay::NotificationUrl::parse)]
    pub(crate) jetpay_callback_url: Option<jetpay::NotificationUrl>,

    /// Site of qiwi-pay whose calls are accepted
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = qiwi_pay::Settings::TEST_MERCHANT_SITE,
        value_parser = read_merchant_site,
    )]
    pub(crate) qiwi_pay_merchant_site: MerchantSite,

    /// Address to which qiwi-pay sends the notifications of payments that name no address of their own
    #[arg(long, value_name = "URL", value_parser = qiwi_pay::NotificationUrl::parse)]
    pub(crate) qiwi_pay_notification_url: Option<qiwi_pay::NotificationUrl>,

    /// Also serve qiwi-pay with TLS, which asks for a client certificate, and write ca.pem and client.pem, issued at each
    /// start, into this folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) qiwi_pay_certificates: Option<PathBuf>,

    /// Address of qiwi-pay with TLS; port 0 chooses a free port
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:3025",
        requires = "qiwi_pay_certificates"
    )]
    pub(crate) qiwi_pay_tls_listen: SocketAddr,

    /// Wallet of qiwi-master whose calls are accepted
    #[arg(
        long,
        value_name = "DIGITS",
        default_value = qiwi_master::Settings::TEST_WALLET,
        value_parser = Wallet::parse,
    )]
    pub(crate) qiwi_master_wallet: Wallet,

    /// Write the manual page and the shell completions into this folder, and do nothing else
    #[arg(long, hide = true, value_name = "FOLDER")]
    pub(crate) write_documents: Option<PathBuf>,
}

fn read_payout_key(path: &str) -> Result<payin::PayoutKey, String> {
    let pem = std::fs::read(path).map_err(|error| error.to_string())?;
    payin::PayoutKey::from_pem(&pem).map_err(|error| error.to_string())
}

fn read_merchant_site(digits: &str) -> Result<MerchantSite, &'static str> {
    MerchantSite::parse(digits).ok_or("a site must be a positive integer")
}

impl Options {
    /// Returns the address of the provider, or `None` if it is not to be started.
    pub(crate) fn address(&self, provider: Provider) -> Option<SocketAddr> {
        let address = match provider {
            Provider::A2c => self.listen.unwrap_or(self.a2c_listen),
            _ if self.listen.is_some() => return None,
            Provider::Payin => self.payin_listen,
            Provider::Jetpay => self.jetpay_listen,
            Provider::QiwiPay => self.qiwi_pay_listen,
            Provider::QiwiMaster => self.qiwi_master_listen,
        };
        let is_started = self.only.is_empty() || self.only.contains(&provider);
        is_started.then_some(address)
    }

    /// Returns the origin at which browsers reach the provider, if it was given.
    pub(crate) fn public_origin(&self, provider: Provider) -> Option<&Origin> {
        match provider {
            Provider::A2c => self.public_origin.as_ref(),
            Provider::Payin => self.payin_public_origin.as_ref(),
            Provider::QiwiPay => self.qiwi_pay_public_origin.as_ref(),
            Provider::Jetpay | Provider::QiwiMaster => None,
        }
    }
}

pub(crate) fn command() -> clap::Command {
    Options::command()
}
