use std::collections::HashSet;
use std::process::{Command, Stdio};

use futures_util::future::join_all;

use crate::load::{API_KEY, program};
use crate::site;

const PAN_TOKEN: &str = "canary-pan-token";
const STATE: &str = "canary-state";

pub(crate) fn it_distinguishes_clients_and_logs_no_token() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut serve = program::serve(folder.path());
    serve
        .args(["--public-sessions", "--allowed-origins", "https://shop.kz"])
        .args(["--public-sessions-per-address", "1", "--metrics"]);
    let (_pantoken, address) = program::start(&mut serve);
    let (mut nginx, url) = site::start(folder.path(), &[&address]);
    runtime.block_on(async {
        // One session a minute from each address, whatever its headers claim.
        assert_eq!(create(&url, "127.0.0.2", "192.0.2.1").await, 201);
        assert_eq!(create(&url, "127.0.0.2", "192.0.2.2").await, 429);
        assert_eq!(create(&url, "127.0.0.3", "192.0.2.1").await, 201);
        let callback = format!("{url}/v1/callback/{STATE}?panToken={PAN_TOKEN}");
        let client = site::client("127.0.0.2");
        let answer = client.get(callback).send().await.unwrap();
        assert_eq!(answer.status(), 404);
        let answer = client.get(format!("{url}/healthz")).send().await.unwrap();
        let secure = answer.headers().get("strict-transport-security").unwrap();
        assert_eq!(secure, "max-age=31536000");
        // One address has a burst of a hundred calls, and others are served beside it.
        let flood = site::client("127.0.0.9");
        let call = || flood.get(format!("{url}/healthz")).send();
        assert_eq!(flood_with(call).await, [200, 429].into());
        // The metrics are not public.
        let metrics = format!("http://{address}/metrics");
        assert_eq!(client.get(metrics).send().await.unwrap().status(), 200);
        let metrics = format!("{url}/metrics");
        assert_eq!(client.get(metrics).send().await.unwrap().status(), 404);
    });
    // nginx writes to its log after it answers, and finishes that when it is stopped.
    nginx.stop();
    let log = std::fs::read_to_string(folder.path().join("access.log")).unwrap();
    assert!(
        log.contains("127.0.0.3") && log.contains("POST /v1/sessions 201"),
        "{log}"
    );
    assert!(log.contains("GET /v1/callback/ 404"), "{log}");
    assert!(!log.contains(PAN_TOKEN) && !log.contains(STATE), "{log}");
}

pub(crate) fn it_lets_a_back_end_make_sessions_for_all_its_customers() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut serve = program::serve(folder.path());
    serve.env("PANTOKEN_API_KEY", API_KEY);
    let (_pantoken, address) = program::start(&mut serve);
    let (_nginx, url) = site::start(folder.path(), &[&address]);
    runtime.block_on(async {
        let back_end = site::client("127.0.0.2");
        let create = || {
            let request = back_end.post(format!("{url}/v1/sessions"));
            let request = request.header("content-type", "application/json");
            request.body(r#"{"flow":"iframe"}"#)
        };
        // More than a browser may send at once.
        for _ in 0..400 {
            let answer = create().bearer_auth(API_KEY).send().await.unwrap();
            assert_eq!(answer.status(), 201);
        }
        // Credentials of another scheme are no API key, and count as a browser's.
        let call = || create().basic_auth("staging", Some("secret")).send();
        assert_eq!(flood_with(call).await, [401, 429].into());
    });
}

pub(crate) fn it_speaks_no_tls_before_1_2() {
    let folder = tempfile::tempdir().unwrap();
    let (_nginx, url) = site::start(folder.path(), &["127.0.0.1:9"]);
    let address = url.strip_prefix("https://").unwrap();
    for (version, is_spoken) in [
        ("-tls1", false),
        ("-tls1_1", false),
        ("-tls1_2", true),
        ("-tls1_3", true),
    ] {
        assert_eq!(speaks(address, version), is_spoken, "{version}");
    }
}

/// Returns whether a client that knows this version of TLS alone, and every cipher, agrees with the server.
fn speaks(address: &str, version: &str) -> bool {
    let mut client = Command::new("openssl");
    client
        .args(["s_client", "-connect", address, version])
        // Without this, the client itself refuses the old versions.
        .args(["-cipher", "ALL:@SECLEVEL=0"])
        .stdin(Stdio::null());
    let output = client.output().unwrap();
    output.status.success()
}

/// Makes many calls at once, until one is limited, and returns the statuses. Calls that follow each other may stay below
/// the rate on a busy machine.
async fn flood_with<C>(call: impl Fn() -> C) -> HashSet<u16>
where
    C: Future<Output = reqwest::Result<reqwest::Response>>,
{
    let mut statuses = HashSet::new();
    for _ in 0..20 {
        for answer in join_all((0..200).map(|_| call())).await {
            statuses.insert(answer.unwrap().status().as_u16());
        }
        if statuses.contains(&429) {
            break;
        }
    }
    statuses
}

async fn create(url: &str, address: &str, forwarded_for: &str) -> u16 {
    let answer = site::client(address)
        .post(format!("{url}/v1/sessions"))
        .header("origin", "https://shop.kz")
        .header("x-forwarded-for", forwarded_for)
        .header("forwarded", format!("for={forwarded_for}"))
        .header("content-type", "application/json")
        .body(r#"{"flow":"iframe"}"#)
        .send()
        .await
        .unwrap();
    answer.status().as_u16()
}
