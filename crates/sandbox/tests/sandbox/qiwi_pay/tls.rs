//! The API over TLS, which asks for the certificate that the sandbox issued.

use std::net::{IpAddr, Ipv4Addr};

use axum::serve;
use pantoken_core::{Clock, SystemClock, SystemRandom};
use pantoken_qiwi_pay::{Error, Operation, Transaction, UnknownCause};
use pantoken_sandbox::qiwi_pay::{Certificates, ClientCertificate, TlsListener, router};
use tokio::net::TcpListener;

use super::{client, payment, settings};

fn issue() -> Certificates {
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    Certificates::issue(address, SystemClock::new().now()).unwrap()
}

/// Starts the sandbox with these certificates, and returns its address.
async fn start(certificates: &Certificates) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = router(settings(&address), SystemRandom, SystemClock::new());
    let listener = TlsListener::new(listener, certificates);
    let router = router.into_make_service_with_connect_info::<ClientCertificate>();
    tokio::spawn(async move { serve(listener, router).await });
    address
}

/// Pays with the certificate of one sandbox at another, which `root` issued.
async fn pay(address: &str, root: &Certificates, own: &Certificates) -> Result<Transaction, Error> {
    let client = client()
        .api_url(&format!("https://{address}/merchant/direct"))
        .root_certificates(root.root_pem().as_bytes())
        .client_certificate(own.client_pem().expose());
    let client = client.build().unwrap();
    client.pay(&payment("o-1", Operation::Sale, "1234")).await
}

#[tokio::test]
async fn a_call_passes_with_the_certificate_that_the_sandbox_issued() {
    let (certificates, others) = (issue(), issue());
    let address = start(&certificates).await;
    let wrong = pay(&address, &certificates, &others).await;
    let refused = Error::Unknown(UnknownCause::CertificateRefused);
    assert_eq!(wrong.unwrap_err(), refused);
    let paid = pay(&address, &certificates, &certificates).await.unwrap();
    assert!(paid.status.is_completed());
    // Each start has a root of its own, which a merchant has to trust.
    let foreign = pay(&address, &others, &certificates).await;
    assert!(matches!(foreign, Err(Error::NotSent(_))), "{foreign:?}");
}

#[tokio::test]
async fn without_a_certificate_the_api_answers_as_nginx_and_the_form_as_usual() {
    let certificates = issue();
    let address = start(&certificates).await;
    let root = certificates.root_pem().as_bytes();
    let client = reqwest::Client::builder()
        .tls_certs_merge(reqwest::Certificate::from_pem_bundle(root).unwrap())
        .build()
        .unwrap();
    let url = |path: &str| {
        format!(
            "https://localhost:{}{path}",
            address.rsplit(':').next().unwrap()
        )
    };
    let refused = client.post(url("/merchant/direct")).body("{}").send().await;
    let refused = refused.unwrap();
    assert_eq!(refused.status(), 400);
    let page = refused.text().await.unwrap();
    assert!(
        page.contains("No required SSL certificate was sent"),
        "{page}"
    );
    let form = client.get(url("/paypage/initial")).send().await.unwrap();
    assert!(form.text().await.unwrap().contains("page-data"));
}

#[tokio::test]
async fn a_proxy_may_say_what_certificate_a_client_has() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = router(settings(&address), SystemRandom, SystemClock::new());
    tokio::spawn(async move { serve(listener, router).await });
    for (verified, said) in [
        ("SUCCESS", "error_code"),
        ("NONE", "No required SSL certificate was sent"),
        (
            "FAILED:certificate has expired",
            "The SSL certificate error",
        ),
    ] {
        let call = reqwest::Client::new().post(format!("http://{address}/merchant/direct"));
        let answer = call.header("X-SSL-Client-Verify", verified).body("{}");
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status() == 400, verified != "SUCCESS");
        let text = answer.text().await.unwrap();
        assert!(text.contains(said), "{verified}: {text}");
    }
}

#[tokio::test]
async fn certificates_are_valid_for_a_year() {
    let year = 366 * 86_400_000_i64;
    for (ago, is_valid) in [(year - 60_000, true), (year + 60_000, false)] {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let certificates = Certificates::issue(address, SystemClock::new().now() - ago).unwrap();
        let address = start(&certificates).await;
        let paid = pay(&address, &certificates, &certificates).await;
        assert_eq!(paid.is_ok(), is_valid, "{paid:?}");
    }
}

#[cfg(unix)]
#[test]
fn only_the_user_reads_the_key() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("new/certificates");
    for _ in 0..2 {
        issue().write(&folder).unwrap();
        let mode = |file: &str| folder.join(file).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(Certificates::CLIENT_FILE), 0o600);
        let client = std::fs::read_to_string(folder.join(Certificates::CLIENT_FILE)).unwrap();
        assert!(client.contains("BEGIN CERTIFICATE") && client.contains("BEGIN PRIVATE KEY"));
        let root = std::fs::read_to_string(folder.join(Certificates::ROOT_FILE)).unwrap();
        assert!(root.contains("BEGIN CERTIFICATE") && !root.contains("PRIVATE KEY"));
    }
}
