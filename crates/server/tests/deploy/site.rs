use std::net::IpAddr;
use std::path::Path;
use std::process::Command;

use pantoken_test_support::{Process, free_port};

use crate::{deployed, with};

/// Starts nginx with the site of deploy/ in front of servers at these addresses, and returns it with its
/// URL. If another program takes the free port in the meantime, the next one is tried.
pub(crate) fn start(folder: &Path, servers: &[&str]) -> (Process, String) {
    certificate(folder);
    for _ in 0..10 {
        let port = free_port();
        configure(folder, servers, port);
        let mut nginx = Command::new("nginx");
        nginx.arg("-p").arg(folder);
        let mut program = Process::start(nginx.args(["-c", "nginx.conf", "-e", "error.log"]));
        // nginx writes this file when it listens.
        let started = folder.join("nginx.pid");
        loop {
            if std::fs::read_to_string(&started).is_ok_and(|text| !text.is_empty()) {
                return (program, format!("https://127.0.0.1:{port}"));
            }
            if program.has_ended() {
                break;
            }
            std::thread::yield_now();
        }
    }
    let log = std::fs::read_to_string(folder.join("error.log"));
    panic!("nginx did not start: {log:?}");
}

/// Returns a client that connects from this address.
pub(crate) fn client(address: &str) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let address: IpAddr = address.parse().unwrap();
    reqwest::Client::builder()
        .no_proxy()
        .local_address(address)
        .redirect(reqwest::redirect::Policy::none())
        // The certificate is self-signed.
        .tls_danger_accept_invalid_certs(true)
        .build()
        .unwrap()
}

fn configure(folder: &Path, servers: &[&str], port: u16) {
    let servers: Vec<_> = servers
        .iter()
        .map(|address| format!("server {address};"))
        .collect();
    let site = with(
        deployed("nginx.conf"),
        &[
            ("server 127.0.0.1:3019;", &servers.join("\n")),
            ("listen 443 ssl", &format!("listen 127.0.0.1:{port} ssl")),
            ("listen [::]:443 ssl", &format!("listen [::1]:{port} ssl")),
            ("/etc/ssl/pay.shop.kz.pem", "certificate.pem"),
            ("/etc/ssl/private/pay.shop.kz.key", "key.pem"),
            ("/var/log/nginx/pantoken.log", "access.log"),
            // nginx goes on counting the connections of a worker that was killed. The tests lose more of them
            // than one address may have.
            (
                "limit_conn pantoken_connections 100;",
                "limit_conn pantoken_connections 10000;",
            ),
        ],
    );
    std::fs::write(folder.join("site.conf"), site).unwrap();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path temp_{name};\n"))
        .concat();
    // OpenSSL allows everything, so that what is refused is refused by the site.
    let ciphers = "ssl_ciphers ALL:@SECLEVEL=0;\n";
    let whole = format!(
        "daemon off;\npid nginx.pid;\nevents {{}}\nhttp {{\n{temporary}{ciphers}include site.conf;\n}}\n"
    );
    std::fs::write(folder.join("nginx.conf"), whole).unwrap();
}

fn certificate(folder: &Path) {
    let output = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args([
            "-subj",
            "/CN=pay.shop.kz",
            "-keyout",
            "key.pem",
            "-out",
            "certificate.pem",
        ])
        .current_dir(folder)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}
