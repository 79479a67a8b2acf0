use pantoken_server::{ApiOptions, PublicSessionLimits, TrustedProxies};

use crate::support::{API_KEY, Answer, PAGE, Server, assert_golden, server_with};

const OTHER_PAGE: &str = "https://other.kz";
const PROXY: &str = "10.0.0.1:80";

fn limit(options: &mut ApiOptions, per_address: u32, per_origin: u32) {
    options.public_session_limits = PublicSessionLimits {
        per_address: per_address.try_into().unwrap(),
        per_origin: per_origin.try_into().unwrap(),
    };
    options
        .allowed_origins
        .push(pantoken_server::AllowedOrigin::parse(OTHER_PAGE).unwrap());
    options.trusted_proxies = TrustedProxies::parse("10.0.0.0/8").unwrap();
}

async fn create(server: &Server, peer: &str, headers: &[(&str, &str)]) -> Answer {
    let own = [("content-type", "application/json"), ("origin", PAGE)];
    // The last of two headers of one name would make it no origin at all.
    let own = own
        .iter()
        .filter(|(name, _)| !headers.iter().any(|(other, _)| name == other));
    let headers: Vec<_> = own.chain(headers).copied().collect();
    server
        .call_from(
            peer,
            "POST",
            "/v1/sessions",
            &headers,
            r#"{"flow":"iframe"}"#,
        )
        .await
}

#[tokio::test]
async fn a_browser_that_creates_too_many_sessions_waits() {
    let server = server_with(|options| limit(options, 2, 100)).await;
    for _ in 0..2 {
        assert_eq!(create(&server, "192.0.2.1:1", &[]).await.status, 201);
    }
    let refused = create(&server, "192.0.2.1:2", &[]).await;
    refused.is_problem(429, "RATE_LIMITED", None);
    assert_eq!(refused.header("retry-after"), "31");
    assert_golden("rate-limited.json", &refused);
    assert_eq!(create(&server, "192.0.2.2:1", &[]).await.status, 201);
    server.clock.advance_seconds(31);
    assert_eq!(create(&server, "192.0.2.1:2", &[]).await.status, 201);
}

#[tokio::test]
async fn an_origin_has_a_limit_of_its_own() {
    let server = server_with(|options| limit(options, 100, 2)).await;
    for address in ["192.0.2.1:1", "192.0.2.2:1"] {
        assert_eq!(create(&server, address, &[]).await.status, 201);
    }
    assert_eq!(create(&server, "192.0.2.3:1", &[]).await.status, 429);
    let other = [("origin", OTHER_PAGE)];
    assert_eq!(create(&server, "192.0.2.3:1", &other).await.status, 201);
}

#[tokio::test]
async fn the_agents_back_end_is_not_limited() {
    let server = server_with(|options| limit(options, 1, 1)).await;
    let key = format!("Bearer {API_KEY}");
    for _ in 0..5 {
        let headers = [("authorization", key.as_str())];
        assert_eq!(create(&server, "192.0.2.1:1", &headers).await.status, 201);
    }
}

#[tokio::test]
async fn a_client_cannot_choose_its_address() {
    let server = server_with(|options| limit(options, 1, 100)).await;
    let spoofed = |address| {
        [
            ("x-forwarded-for", address),
            ("forwarded", "for=192.0.2.99"),
        ]
    };
    let first = create(&server, "192.0.2.1:1", &spoofed("198.51.100.1")).await;
    assert_eq!(first.status, 201);
    let second = create(&server, "192.0.2.1:1", &spoofed("198.51.100.2")).await;
    assert_eq!(second.status, 429);
}

#[tokio::test]
async fn a_trusted_proxy_tells_its_clients_apart() {
    let server = server_with(|options| limit(options, 1, 100)).await;
    let through = |address| [("x-forwarded-for", address)];
    for address in ["192.0.2.1", "192.0.2.2"] {
        assert_eq!(create(&server, PROXY, &through(address)).await.status, 201);
    }
    // What the client puts before its own address is not its address.
    for address in ["192.0.2.1", "198.51.100.7, 192.0.2.1"] {
        assert_eq!(create(&server, PROXY, &through(address)).await.status, 429);
    }
}

#[tokio::test]
async fn an_ipv6_client_is_limited_with_its_network() {
    let server = server_with(|options| limit(options, 1, 100)).await;
    let status = async |peer| create(&server, peer, &[]).await.status;
    assert_eq!(status("[2001:db8:0:1::1]:1").await, 201);
    assert_eq!(status("[2001:db8:0:1::2]:1").await, 429);
    assert_eq!(status("[2001:db8:0:2::1]:1").await, 201);
}

#[tokio::test]
async fn only_valid_requests_count_against_an_origin() {
    let server = server_with(|options| limit(options, 100, 1)).await;
    let headers = [("content-type", "application/json"), ("origin", PAGE)];
    for body in [
        "{",
        r#"{"flow":"popup"}"#,
        r#"{"flow":"iframe","customer":"7"}"#,
    ] {
        let answer = server.call("POST", "/v1/sessions", &headers, body).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
    }
    assert_eq!(create(&server, "192.0.2.1:1", &[]).await.status, 201);
    assert_eq!(create(&server, "192.0.2.2:1", &[]).await.status, 429);
}
