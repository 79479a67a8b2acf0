//! Notifications of payin are accepted from listed networks only, if there is a list.

use pantoken_server::{Senders, TrustedProxies};
use serde_json::json;

use crate::payin_shop::options_of;
use crate::support::server_with;

#[tokio::test]
async fn only_listed_networks_send_notifications() {
    let server = server_with(|options| {
        let senders = Senders::parse("79.142.16.0/20").unwrap();
        options.payin = Some(options_of("127.0.0.1:1").with_senders(Some(senders)));
        options.trusted_proxies = TrustedProxies::parse("10.0.0.0/8").unwrap();
    })
    .await;
    // A notification of an unknown type is taken from whoever may send one.
    let body = json!({"type": "CHARGEBACK", "version": "1", "chargeback": {}}).to_string();
    for (peer, forwarded, is_taken) in [
        ("79.142.16.1:1", None, true),
        ("[::ffff:79.142.16.1]:1", None, true),
        ("192.0.2.1:1", None, false),
        // Only a trusted proxy is believed.
        ("192.0.2.1:1", Some("79.142.16.1"), false),
        ("10.0.0.1:1", Some("79.142.16.1"), true),
        ("10.0.0.1:1", Some("79.142.16.1, 192.0.2.1"), false),
        ("10.0.0.1:1", None, false),
    ] {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(forwarded.map(|address| ("x-forwarded-for", address)));
        let path = "/v1/payin/notifications";
        let answer = server.call_from(peer, "POST", path, &headers, &body).await;
        match is_taken {
            true => assert_eq!(answer.status, 200, "{peer} {forwarded:?}"),
            false => answer.is_problem(403, "SENDER_REFUSED", None),
        }
    }
    let refused = r#"pantoken_notifications_total{provider="payin",outcome="refused"}"#;
    assert_eq!(server.metric(refused).await, "4");
}
