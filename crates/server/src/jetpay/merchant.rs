//! `POST /v1/jetpay/merchant`: the platform asks whether there is an account, and under which id it may make a deposit.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use pantoken_jetpay::{
    Account, Deposit as Reserved, DepositSum, MerchantAnswer, MerchantRequest, PaymentId, Question,
};
use pantoken_store::{OperationCreation, OperationStore};
use serde_json::Value;
use utoipa::ToSchema;

use super::account::{recall, remember};
use super::deposit::Deposit;
use super::endpoint::{accounts, body_of, configured};
use super::id;
use super::outcome::Outcome;
use crate::app::{AppState, Parts};
use crate::http::problem::Problem;
use crate::http::problem_sets::WriteProblems;
use crate::http::sender_address::SenderAddress;

/// The answer to the platform: `code` 0, 400 for a wrong signature, 404 for no such account, 500 for anything else.
#[derive(ToSchema)]
#[schema(as = JetpayAnswer, example = json!({"code": 0, "payment_id": "5f6de2bb-1ee7-4c67-a4ec-5b7ae1b1bd4c"}))]
#[allow(dead_code)]
pub(crate) struct JetpayAnswer {
    code: u16,
    #[schema(nullable = false)]
    message: Option<String>,
    #[schema(nullable = false)]
    currency: Option<String>,
    #[schema(nullable = false)]
    additional_customer_id: Option<String>,
    #[schema(nullable = false)]
    payment_id: Option<String>,
}

#[utoipa::path(
    post,
    path = "/v1/jetpay/merchant",
    operation_id = "answerJetpay",
    tag = "jetpay",
    summary = "Answers the platform's verify and check_deposit",
    description = "The platform calls it. Your back end is asked for the account. A deposit is reserved before its id \
                   is answered, and credited only when a callback reports it.",
    request_body = Object,
    responses(
        (status = 200, description = "The answer, also if it refuses.", body = JetpayAnswer),
        WriteProblems
    )
)]
pub(crate) async fn answer(
    State(app): State<AppState>,
    sender: SenderAddress,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let app = app.parts();
    accounts(app)?;
    let body = body_of(app, &sender, body)?;
    let jetpay = configured(app)?;
    let (kind, answer) = match MerchantRequest::verify(|id| jetpay.key_of(id), &body) {
        Ok(request) => {
            tracing::debug!(variant = %request.variant(), "a question of JetPay's is verified");
            let kind = match request.question() {
                Question::CheckDeposit(_) => "jetpay.check_deposit",
                _ => "jetpay.verify",
            };
            (kind, decide(app, &request).await?)
        }
        Err(refusal) => ("jetpay.question", refusal),
    };
    let outcome = match answer.code() {
        0 => "ok",
        400 => "wrong_signature",
        404 => "no_account",
        _ => "failed",
    };
    app.metrics.record_operation(kind, outcome);
    if outcome != "ok" {
        tracing::warn!(
            kind,
            outcome,
            "a question of JetPay's was answered with a refusal"
        );
    }
    let status = StatusCode::from_u16(answer.http_status());
    let body = serde_json::to_value(&answer).map_err(|_| Problem::Internal)?;
    Ok((status.map_err(|_| Problem::Internal)?, Json(body)))
}

async fn decide(app: &Parts, request: &MerchantRequest) -> Result<MerchantAnswer, Problem> {
    let (project, customer) = (request.project_id(), request.customer_id());
    let source = accounts(app)?;
    let now = app.clock.now();
    let found = source.find(project, customer, now, &*app.random).await;
    let account = match found {
        Ok(Some(account)) => {
            remember(app, project, customer, &account).await;
            account
        }
        Ok(None) => return Ok(MerchantAnswer::NoAccount),
        Err(error) => {
            tracing::error!(%error, "PANTOKEN_JETPAY_ACCOUNTS_URL: the account cannot be looked up");
            let is_paid = matches!(request.question(), Question::CheckDeposit(_));
            let recalled = match is_paid {
                // The customer has paid. An account that existed a moment ago is not refused.
                true => recall(app, project, customer).await,
                false => None,
            };
            match recalled {
                Some(account) => account,
                None => {
                    let message = "the account cannot be looked up now";
                    return Ok(MerchantAnswer::Failed(message.to_owned()));
                }
            }
        }
    };
    Ok(match request.question() {
        Question::CheckDeposit(sum) => reserve(app, request, sum, &account).await,
        _ => MerchantAnswer::Account(account),
    })
}

/// Stores a deposit under a new id, and only then answers. A repeated question cannot be told from a second equal
/// deposit, so each gets an id of its own.
async fn reserve(
    app: &Parts,
    request: &MerchantRequest,
    sum: &DepositSum,
    account: &Account,
) -> MerchantAnswer {
    let reserved = match request.judge(sum, Some(account)) {
        Ok(reserved) => reserved,
        Err(refusal) => return refusal,
    };
    match store(app, reserved).await {
        Some(id) => MerchantAnswer::Deposit(id),
        None => MerchantAnswer::Failed("the deposit cannot be stored now".to_owned()),
    }
}

async fn store(app: &Parts, reserved: Reserved) -> Option<PaymentId> {
    let payment_id = id::new(&*app.random)?;
    let deposit = Deposit {
        payment_id: payment_id.clone(),
        customer: Some(reserved.customer_id),
        amount: Some(reserved.amount.minor_units()),
        currency: Some(reserved.amount.currency().as_str().to_owned()),
        payment_method: reserved.payment_method,
        outcome: Outcome::default(),
        taken: Vec::new(),
    };
    let operation = deposit.into_operation(app.clock.now()).ok()?;
    match app.store.create_operation(operation).await {
        Ok(OperationCreation::Created(_)) => PaymentId::parse(&payment_id).ok(),
        // The id would be another deposit's.
        Ok(_) => None,
        Err(error) => {
            tracing::error!(%error, "a deposit cannot be stored");
            None
        }
    }
}
