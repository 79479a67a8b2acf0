//! An agent's own server that takes deposits of JetPay's: the accounts are looked up in the agent's own code.
//!
//! ```sh
//! PANTOKEN_JETPAY_SECRET_KEY=the-key-of-your-project cargo run -p pantoken-server --example own_accounts
//! ```
//!
//! Register `/pay/v1/jetpay/merchant` and `/pay/v1/jetpay/callbacks` with the platform.

use std::collections::HashMap;
use std::error::Error;
use std::future::{Future, ready};
use std::path::Path;
use std::pin::Pin;

use axum::Router;
use pantoken_jetpay::{Account, Currency, ProjectId, SecretKey};
use pantoken_server::{
    Accounts, AccountsUnavailable, ApiOptions, AppState, JetpayOptions, Limits, PublicUrl,
    SystemClock, SystemRandom, TrustedProxies, router, serve_connections,
};
use pantoken_store::SqliteStore;
use tokio::net::TcpListener;

/// The customers, by their account numbers. A real agent asks its database.
struct Customers(HashMap<String, Currency>);

impl Accounts for Customers {
    fn find<'a>(
        &'a self,
        _: ProjectId,
        customer_id: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Account>, AccountsUnavailable>> + Send + 'a>>
    {
        let currency = self.0.get(customer_id).cloned();
        Box::pin(ready(Ok(currency.map(Account::new))))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let key = std::env::var("PANTOKEN_JETPAY_SECRET_KEY")?;
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    let app = agent(&key, Path::new("agent.db")).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    let (limits, proxies) = (Limits::default(), TrustedProxies::default());
    serve_connections(listener, app, limits, proxies, stop).await;
    Ok(())
}

/// Returns the agent's own routes, with the API under `/pay`.
async fn agent(key: &str, database: &Path) -> Result<Router, Box<dyn Error>> {
    let customers = Customers(HashMap::from([("customer-7".to_owned(), Currency::KZT)]));
    let jetpay = JetpayOptions::new(ProjectId::new(35)?, SecretKey::parse(key)?, true);
    let mut options = ApiOptions::new(PublicUrl::parse("http://localhost:3000/pay")?);
    options.jetpay = Some(jetpay.with_accounts(customers));
    let store = SqliteStore::open(database).await?;
    let state = AppState::new(store, None, options, SystemClock::new(), SystemRandom);
    Ok(Router::new().nest("/pay", router(state)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    async fn verify(agent: &Router, customer: &str) -> String {
        let key = SecretKey::parse("the-key-of-your-project").unwrap();
        let text = format!("customer_id:{customer};project_id:35;type:verify");
        let body = format!(
            r#"{{"type":"verify","project_id":35,"customer_id":"{customer}","signature":"{}"}}"#,
            key.sign_text(&text)
        );
        let request = Request::post("/pay/v1/jetpay/merchant").body(Body::from(body));
        let response = agent.clone().oneshot(request.unwrap()).await.unwrap();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(bytes.into()).unwrap()
    }

    #[tokio::test]
    async fn only_a_customer_of_the_agent_has_an_account() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("agent.db");
        let agent = agent("the-key-of-your-project", &database).await.unwrap();
        let found = verify(&agent, "customer-7").await;
        assert_eq!(found, r#"{"code":0,"currency":"KZT"}"#);
        assert!(verify(&agent, "customer-8").await.contains("404"));
    }
}
