//! `GET /v1/payin/customers/{customer}/tokens`

use axum::Json;
use axum::extract::State;
use pantoken_store::{OperationFilter, OperationStore};
use serde::Serialize;
use utoipa::ToSchema;

use super::endpoint::{ReadProblems, authorize};
use super::token::{self, Token};
use crate::app::AppState;
use crate::http::api_key_holder::RequireApiKey;
use crate::http::customer::Customer;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::operations::stored;

/// A customer has few cards.
const MAX_TOKENS: u32 = 100;
/// The provider's limit for the length of an account.
const MAX_CHARS: usize = 64;

/// The payment tokens of a customer, the newest first.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"tokens": [{"tokenId": "tok_30747e05edc6a931833378481131e49c",
    "paymentToken": "66aebf5f-098e-4e36-922a-a4107b349a96", "paymentMethod": "card", "name": "411111******1111",
    "expiresAt": "2027-12-31T00:00:00+03:00"}]}))]
pub(crate) struct TokenList {
    tokens: Vec<Token>,
}

/// Reads a customer's reference, which the provider binds tokens to.
pub(super) fn parse(text: &str) -> Result<String, &'static str> {
    let customer = Customer::parse(text).ok();
    customer
        .filter(|customer| customer.as_str().chars().count() <= MAX_CHARS)
        .map(|customer| customer.as_str().to_owned())
        .ok_or("must be 1 to 64 characters long, with no control characters and no card number")
}

#[utoipa::path(
    get,
    path = "/v1/payin/customers/{customer}/tokens",
    operation_id = "listPayinTokens",
    tag = "payin",
    summary = "Lists a customer's payment tokens that can be charged",
    security(("apiKey" = [])),
    params(("customer" = String, Path, min_length = 1, max_length = 64)),
    responses((status = 200, description = "The tokens.", body = TokenList), ReadProblems)
)]
pub(crate) async fn list_tokens(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(customer): PathSegment,
) -> Result<Json<TokenList>, Problem> {
    let app = app.parts();
    authorize(app, &holder)?;
    let customer = parse(&customer).map_err(|rule| Problem::invalid("customer", rule))?;
    let filter = OperationFilter {
        kind: Some(token::KIND.to_owned()),
        state: Some(token::ACTIVE.to_owned()),
        customer: Some(customer),
        limit: MAX_TOKENS,
        ..OperationFilter::default()
    };
    let found = app.store.list_operations(filter).await?;
    let own = found.iter().filter(|one| holder.may_read_operation(one));
    let tokens = own.map(stored::read).collect::<Result<_, _>>()?;
    Ok(Json(TokenList { tokens }))
}
