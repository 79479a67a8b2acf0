//! Who knows the customers' accounts: the agent's back end, which is asked by a signed call, or the agent's own code.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use pantoken_core::Random;
use pantoken_jetpay::{Account, Currency, ProjectId};
use serde::Deserialize;
use serde_json::json;

use crate::webhooks::Sender;

/// How long the agent may take. The platform should be answered within 3 seconds.
const PATIENCE: Duration = Duration::from_secs(3);
const MAX_ANSWER_BYTES: usize = 16 * 1024;
const MAX_ID_CHARS: usize = 255;

/// Knows the accounts of an agent's customers. Implement it if your own code mounts [`crate::router`].
///
/// ```
/// use std::future::{Future, ready};
/// use std::pin::Pin;
///
/// use pantoken_jetpay::{Account, Currency, ProjectId};
/// use pantoken_server::{Accounts, AccountsUnavailable};
///
/// struct OneCustomer;
///
/// impl Accounts for OneCustomer {
///     fn find<'a>(
///         &'a self,
///         _: ProjectId,
///         customer_id: &'a str,
///     ) -> Pin<Box<dyn Future<Output = Result<Option<Account>, AccountsUnavailable>> + Send + 'a>> {
///         let account = (customer_id == "customer-7").then(|| Account::new(Currency::KZT));
///         Box::pin(ready(Ok(account)))
///     }
/// }
/// ```
pub trait Accounts: Send + Sync + 'static {
    /// Returns the account of a customer, or `None` if there is no such customer. An answer after 3 seconds counts as
    /// [`AccountsUnavailable`].
    fn find<'a>(
        &'a self,
        project_id: ProjectId,
        customer_id: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Account>, AccountsUnavailable>> + Send + 'a>>;
}

/// It is not known now whether there is an account. The text says why, for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AccountsUnavailable(pub String);

/// Where accounts are looked up.
#[derive(Clone)]
pub(crate) enum Source {
    Agent(Arc<Sender>),
    Own(Arc<dyn Accounts>),
}

impl Source {
    /// Looks up the account of a customer. `now` is in Unix milliseconds.
    pub(crate) async fn find(
        &self,
        project_id: ProjectId,
        customer_id: &str,
        now: i64,
        random: &dyn Random,
    ) -> Result<Option<Account>, AccountsUnavailable> {
        let asking = async {
            match self {
                Self::Own(accounts) => accounts.find(project_id, customer_id).await,
                Self::Agent(agent) => ask(agent, project_id, customer_id, now, random).await,
            }
        };
        let unavailable = |_| AccountsUnavailable("no answer within 3 seconds".to_owned());
        tokio::time::timeout(PATIENCE, asking)
            .await
            .map_err(unavailable)?
    }
}

async fn ask(
    agent: &Sender,
    project_id: ProjectId,
    customer_id: &str,
    now: i64,
    random: &dyn Random,
) -> Result<Option<Account>, AccountsUnavailable> {
    let mut bytes = [0; 16];
    let filled = random.fill(&mut bytes);
    filled.map_err(|error| AccountsUnavailable(error.to_string()))?;
    let id = format!("ask_{}", hex::encode(bytes));
    let question = json!({
        "type": "jetpay.account",
        "projectId": project_id.get(),
        "customerId": customer_id,
    });
    let seconds = now.div_euclid(1000);
    let answer = agent.ask(&id, question.to_string(), seconds, MAX_ANSWER_BYTES);
    read(&answer.await.map_err(AccountsUnavailable)?)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    exists: bool,
    currency: Option<String>,
    additional_customer_id: Option<String>,
}

/// Reads the agent's answer. Without a currency it is the tenge, the only one of the method.
fn read(body: &[u8]) -> Result<Option<Account>, AccountsUnavailable> {
    let wrong = |text: &str| AccountsUnavailable(text.to_owned());
    let answer: Answer = serde_json::from_slice(body).map_err(|_| {
        wrong("answered no JSON with exists (true or false), currency and additionalCustomerId (texts)")
    })?;
    if !answer.exists {
        return Ok(None);
    }
    let currency = answer.currency.as_deref();
    let currency = currency.map_or(Currency::KZT, Currency::parse);
    if currency.exponent().is_none() {
        return Err(wrong(
            "answered a currency that is no code of ISO 4217, such as KZT",
        ));
    }
    let is_id = |id: &String| {
        (1..=MAX_ID_CHARS).contains(&id.chars().count()) && !id.chars().any(char::is_control)
    };
    let id = answer.additional_customer_id;
    if id.as_ref().is_some_and(|id| !is_id(id)) {
        return Err(wrong(
            "answered an additionalCustomerId that is not 1 to 255 characters long, without control characters",
        ));
    }
    let mut account = Account::new(currency);
    account.additional_customer_id = id;
    Ok(Some(account))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_of_an_agent_is_read_or_refused() {
        let read = |text: &str| super::read(text.as_bytes());
        assert_eq!(read(r#"{"exists":false}"#), Ok(None));
        let tenge = read(r#"{"exists":true,"new":1}"#).unwrap().unwrap();
        assert_eq!(tenge, Account::new(Currency::KZT));
        let rubles = read(r#"{"exists":true,"currency":"RUB","additionalCustomerId":"A1"}"#);
        let rubles = rubles.unwrap().unwrap();
        assert_eq!(rubles.currency.as_str(), "RUB");
        assert_eq!(rubles.additional_customer_id.as_deref(), Some("A1"));
        let long = format!(
            r#"{{"exists":true,"additionalCustomerId":"{}"}}"#,
            "x".repeat(256)
        );
        for text in [
            "",
            "{}",
            "[]",
            "true",
            r#"{"exists":"yes"}"#,
            r#"{"exists":1}"#,
            r#"{"exists":true,"currency":"tenge"}"#,
            r#"{"exists":true,"currency":398}"#,
            r#"{"exists":true,"additionalCustomerId":""}"#,
            &long,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
