//! `pantoken serve` and qiwi-pay's sandbox over TLS, which asks for the client certificate that it issued.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Command;

use pantoken_core::{Clock, Origin, SystemClock, SystemRandom};
use pantoken_qiwi_pay::{Amount, FormRequest, Operation, OrderId};
use pantoken_sandbox::qiwi_pay::{
    Certificates, ClientCertificate, NotificationUrl, Settings, TlsListener, router,
};
use pantoken_test_support::send_request;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::process::{API_KEY, Server, command, json_field};
use crate::qiwi_pay_shop::{KEY, charge, site};
use crate::wait;

struct Sandbox {
    /// The address with TLS.
    address: String,
    /// The address without it, for the control API.
    plain: String,
    /// Where the certificates are: `right` and `wrong`.
    folder: TempDir,
}

impl Sandbox {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let issue = || {
            let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
            Certificates::issue(address, SystemClock::new().now()).unwrap()
        };
        let certificates = issue();
        certificates.write(&folder.path().join("right")).unwrap();
        issue().write(&folder.path().join("wrong")).unwrap();
        let tls = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addresses = [&tls, &plain].map(|it| it.local_addr().unwrap().to_string());
        let [address, plain_address] = addresses;
        let settings = Settings {
            merchant_site: site().id(),
            secret_key: site().key().clone(),
            notification_url: None::<NotificationUrl>,
            public_origin: Origin::parse(&format!("http://{plain_address}")).unwrap(),
        };
        let router = router(settings, SystemRandom, SystemClock::new());
        tokio::spawn(axum::serve(plain, router.clone()).into_future());
        let service = router.into_make_service_with_connect_info::<ClientCertificate>();
        let listener = TlsListener::new(tls, &certificates);
        tokio::spawn(axum::serve(listener, service).into_future());
        Self {
            address,
            plain: plain_address,
            folder,
        }
    }

    /// A customer pays a form. Returns the token of the card.
    fn card_token(&self) -> String {
        let form = FormRequest::new(Operation::Sale, Amount::parse("1.00", "RUB").unwrap());
        let form = form
            .with_order(OrderId::parse("form-1").unwrap())
            .sign(&site())
            .unwrap();
        let fields: Value = form
            .fields()
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        let body = json!({"fields": fields, "pan": "4111111111111111", "expiry": "1234"});
        let head = "POST /sandbox/forms HTTP/1.1\r\nContent-Type: application/json";
        json_field(
            &send_request(&self.plain, head, &body.to_string()),
            "card_token",
        )
    }

    fn executed(&self) -> usize {
        let answer = send_request(&self.plain, "GET /sandbox/executed HTTP/1.1", "");
        answer.matches("\"kind\"").count()
    }

    /// Starts the server with one of the certificates.
    fn server(&self, folder: &Path, certificate: &str) -> Server {
        let own = self.folder.path();
        let mut command = command(folder, "127.0.0.1:0", "text");
        command
            .env("PANTOKEN_DATABASE_URL", database(folder))
            .env("PANTOKEN_QIWI_PAY_MERCHANT_SITE", "555")
            .env("PANTOKEN_QIWI_PAY_SECRET_KEY", KEY)
            .env(
                "PANTOKEN_QIWI_PAY_API_URL",
                format!("https://{}/merchant/direct", self.address),
            )
            .env("PANTOKEN_CA_FILE", own.join("right/ca.pem"))
            .env(
                "PANTOKEN_QIWI_PAY_CLIENT_CERTIFICATE_FILE",
                own.join(certificate).join("client.pem"),
            );
        Server::spawn(&mut command)
    }
}

fn database(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("pantoken.db").display())
}

/// Charges a saved card, and returns the status and the body of the answer.
fn pay(server: &Server, card_token: &str) -> String {
    let mut body = charge("sale");
    body["cardToken"] = card_token.into();
    let head = format!(
        "PUT /v1/qiwi-pay/payments/order-1 HTTP/1.1\r\nContent-Type: application/json\r\n\
         Authorization: Bearer {API_KEY}"
    );
    server.call(&head, &body.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_passes_with_the_client_certificate() {
    let sandbox = Sandbox::start().await;
    let card_token = sandbox.card_token();
    let folder = tempfile::tempdir().unwrap();
    let server = sandbox.server(folder.path(), "right");
    let answer = pay(&server, &card_token);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(json_field(&answer, "state"), "captured");
    assert_eq!(sandbox.executed(), 2);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_client_certificate_is_logged_and_told_to_a_person() {
    let sandbox = Sandbox::start().await;
    let card_token = sandbox.card_token();
    let folder = tempfile::tempdir().unwrap();
    let server = sandbox.server(folder.path(), "wrong");
    let answer = pay(&server, &card_token);
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    assert_eq!(json_field(&answer, "state"), "created");
    let listed = wait::until_some("a reason to look at the payment", async || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pantoken"));
        command.args(["operations", "list", "--attention"]);
        command.env("PANTOKEN_DATABASE_URL", database(folder.path()));
        let output = command.output().unwrap();
        let listed = String::from_utf8(output.stdout).unwrap();
        (!listed.is_empty()).then_some(listed)
    });
    let listed = listed.await;
    assert!(listed.contains("CLIENT_CERTIFICATE_REFUSED"), "{listed}");
    assert_eq!(sandbox.executed(), 1);
    let log = server.stop();
    assert!(
        log.contains("PANTOKEN_QIWI_PAY_CLIENT_CERTIFICATE_FILE"),
        "{log}"
    );
}
