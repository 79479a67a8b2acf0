//! An agent's own server with customer accounts. The API is mounted under `/cards`, and customers who are
//! logged in can create sessions for themselves.
//!
//! ```sh
//! PANTOKEN_AGENT_SECRET_KEY=22f3b3cc2ae84451 cargo run -p pantoken-server --example own_customers
//! curl -X POST -b login=letmein -H 'Content-Type: application/json' -d '{"flow":"iframe"}' \
//!   http://localhost:3000/cards/v1/sessions
//! ```
//!
//! The page shows the form with `<pantoken-form session-url="/cards/v1/sessions">`.

use std::error::Error;
use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use pantoken_a2c::{AgentId, FormHost};
use pantoken_a2c_signing::AgentSecret;
use pantoken_server::{
    ApiOptions, AppState, Customer, Limits, PublicUrl, Signer, SystemClock, SystemRandom,
    TrustedProxies, router, serve_connections,
};
use pantoken_store::SqliteStore;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = std::env::var("PANTOKEN_AGENT_SECRET_KEY")?;
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    let app = shop("http://localhost:3000", &secret, Path::new("shop.db")).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    let (limits, proxies) = (Limits::default(), TrustedProxies::default());
    serve_connections(listener, app, limits, proxies, stop).await;
    Ok(())
}

/// Returns the agent's own routes, with the API under `/cards`.
async fn shop(url: &str, secret: &str, database: &Path) -> Result<Router, Box<dyn Error>> {
    let signer = Signer::new(
        FormHost::parse("https://a2c-test.qiwi.kz")?,
        AgentId::parse("agent-01")?,
        AgentSecret::parse(secret)?,
    );
    let store = SqliteStore::open(database).await?;
    let options = ApiOptions::new(PublicUrl::parse(&format!("{url}/cards"))?);
    let state = AppState::new(store, signer, options, SystemClock::new(), SystemRandom);
    let cards = router(state).layer(from_fn(authenticate));
    Ok(Router::new()
        .route("/", get(async || "the shop"))
        .nest("/cards", cards))
}

/// Adds the customer to the request. Nobody else can create a session here, because there is no API key and
/// sessions are not public. Results are authorised by the session's own token.
async fn authenticate(mut request: Request, next: Next) -> Response {
    if let Some(customer) = customer(request.headers()) {
        request.extensions_mut().insert(customer);
    }
    next.run(request).await
}

/// Returns who is logged in. A real login checks its own cookie, which should be `SameSite=Strict` or `Lax`.
fn customer(headers: &HeaderMap) -> Option<Customer> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    let login = cookies.split("; ").any(|cookie| cookie == "login=letmein");
    login.then(|| Customer::parse("customer 7").ok())?
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use axum::body::{Body, to_bytes};
    use axum::http::StatusCode;
    use tower::ServiceExt;

    use super::*;

    const SESSIONS: &str = "/cards/v1/sessions";

    async fn call(shop: &Router, path: &str, cookie: &str, body: &str) -> (StatusCode, String) {
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_owned()));
        let response = shop.clone().oneshot(request.unwrap()).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(bytes.into()).unwrap())
    }

    #[tokio::test]
    async fn only_a_customer_who_is_logged_in_creates_a_session_for_themselves() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("shop.db");
        let shop = shop("http://localhost:3000", "22f3b3cc2ae84451", &database);
        let shop = shop.await.unwrap();
        let body = r#"{"flow":"iframe"}"#;
        let (status, _) = call(&shop, SESSIONS, "", body).await;
        assert_eq!(status, 401);
        let (status, created) = call(&shop, SESSIONS, "login=letmein", body).await;
        assert_eq!(status, 201, "{created}");
        assert!(
            created.contains("https://a2c-test.qiwi.kz/form?"),
            "{created}"
        );
        let another = r#"{"flow":"iframe","customer":"customer 8"}"#;
        let (status, refused) = call(&shop, SESSIONS, "login=letmein", another).await;
        assert_eq!(status, 400, "{refused}");
        let (status, _) = call(&shop, "/cards/v1/form-urls", "login=letmein", body).await;
        assert_eq!(status, 401, "signing any request id needs the API key");
    }
}
