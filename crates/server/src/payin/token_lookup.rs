//! Finds the payment tokens that this server was given.

use pantoken_store::{OperationStore, StoredOperation};

use super::token::{ACTIVE, KIND, Token, token_id};
use crate::app::Parts;
use crate::http::problem::Problem;
use crate::operations::stored;

/// Returns the record of a customer's token, whatever its state.
pub(super) async fn find(
    app: &Parts,
    customer: &str,
    token_id: &str,
) -> Result<Option<StoredOperation>, Problem> {
    let (kind, key) = (KIND.to_owned(), token_id.to_owned());
    let found = app.store.find_operation(kind, key).await?;
    Ok(found.filter(|token| token.customer.as_deref() == Some(customer)))
}

/// Returns the customer's token with this id. A token of another customer is treated like one that was deleted.
pub(super) async fn chargeable(
    app: &Parts,
    customer: &str,
    token_id: &str,
) -> Result<String, Problem> {
    let found = find(app, customer, token_id).await?;
    let active = found.filter(|token| token.progress.state == ACTIVE);
    let token: Token = stored::read(&active.ok_or(Problem::TokenNotFound)?)?;
    Ok(token.payment_token)
}

/// Checks that a token may be charged for this customer. A token that this server has never seen may be.
pub(super) async fn check_chargeable(
    app: &Parts,
    customer: &str,
    payment_token: &str,
) -> Result<(), Problem> {
    let (kind, key) = (KIND.to_owned(), token_id(payment_token));
    let Some(token) = app.store.find_operation(kind, key).await? else {
        return Ok(());
    };
    let is_own = token.customer.as_deref() == Some(customer) && token.progress.state == ACTIVE;
    is_own.then_some(()).ok_or(Problem::TokenNotFound)
}
