//! `POST /v1/qiwi-pay/payments/{orderId}/3ds`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pantoken_qiwi_pay::{Error, Finish3dsRequest, NotSent, TxnId};
use pantoken_store::{Digest, NewOperation, OperationStore, Progress, StoredOperation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asking::Sending;
use super::described::PaymentView;
use super::endpoint::authorize_api;
use super::id;
use super::payment::{self, Payment};
use super::payments::{DEADLINE, describe};
use super::provider::{QiwiPayProvider, ask_for_transaction, attention, refusal};
use crate::app::AppState;
use crate::http::api_key_holder::RequireApiKey;
use crate::http::fields::Fields;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::http::problem_sets::WriteProblems;
use crate::operations::access::{find, submit_part};
use crate::operations::stored::{self, read, write};
use crate::operations::{Next, Step, Unreadable};

/// The longest `PaRes` that is taken. Issuers' are longer than the 4096 characters of the provider's document.
const MAX_PARES: usize = 60 * 1024;

/// What the issuer's page posted to `TermUrl`.
#[derive(ToSchema)]
#[schema(example = json!({"pares": "eJxVUm1vgjAQ/iuE"}))]
#[schema(as = NewQiwiPay3ds)]
#[expect(dead_code, reason = "describes the body, which is read field by field")]
pub(crate) struct New3ds {
    /// `PaRes`, unchanged.
    #[schema(min_length = 1, max_length = 61440)]
    pares: String,
}

/// What is kept of the end of 3-D Secure.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Finish {
    txn_id: u64,
    pares: String,
    sending: Sending,
}

#[utoipa::path(
    post,
    path = "/v1/qiwi-pay/payments/{orderId}/3ds",
    operation_id = "finishQiwiPay3ds",
    tag = "qiwi-pay",
    summary = "Finishes 3-D Secure",
    description = "Pass on what the issuer's page posted, within 15 minutes.",
    security(("apiKey" = [])),
    params(("orderId" = String, Path, min_length = 1, max_length = 256)),
    request_body = New3ds,
    responses(
        (status = 200, description = "The payment has an outcome.", body = PaymentView),
        (status = 202, description = "The outcome is not known yet. A webhook tells it.", body = PaymentView),
        WriteProblems
    )
)]
pub(crate) async fn finish_3ds(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(order_id): PathSegment,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, Json<PaymentView>), Problem> {
    let app = app.parts();
    authorize_api(app, &holder)?;
    let order_id = id::check("orderId", order_id)?;
    let mut fields = fields?;
    let pares = fields.required("pares", pares)?;
    fields.finish()?;
    let operation = find(app, &holder, payment::KIND, order_id.clone()).await?;
    let payment: Payment = stored::read(&operation)?;
    match payment.state {
        payment::State::Requires3ds => {}
        payment::State::Created => {
            return Err(Problem::OperationImpossible(
                "the payment does not wait for 3-D Secure",
            ));
        }
        _ => return describe(&operation),
    }
    let finish = Finish {
        txn_id: payment.txn_id.ok_or(Unreadable)?,
        pares,
        sending: Sending::default(),
    };
    let now = app.clock.now();
    let new = NewOperation {
        kind: payment::THREE_DS.to_owned(),
        key: format!("{order_id}/{}", finish.txn_id),
        parent: Some(operation.id),
        customer: None,
        created_by: operation.created_by.clone(),
        fingerprint: Digest::of(finish.pares.as_bytes()),
        progress: Progress::new("pending", write(&finish)?),
        created_at: now,
        leased_until: None,
        deadline_at: Some(now.saturating_add(DEADLINE)),
    };
    submit_part(app, &operation, new).await?;
    // What was read before may have changed meanwhile.
    let operation = app.store.get_operation(operation.id).await?;
    describe(&operation.ok_or(Problem::OperationNotFound)?)
}

fn pares(text: &str) -> Result<String, &'static str> {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte);
    let fits = (1..=MAX_PARES).contains(&text.len()) && text.bytes().all(is_base64);
    fits.then(|| text.to_owned())
        .ok_or("must be the base64 that the issuer's page posted as PaRes, at most 60 KiB long")
}

impl QiwiPayProvider {
    /// Sends the end of 3-D Secure, or asks whether it arrived. The payment itself asks for its outcome.
    pub(super) async fn advance_3ds(
        &self,
        operation: &StoredOperation,
        now: i64,
    ) -> Result<Step, Unreadable> {
        let before: Finish = read(operation)?;
        let client = self.options.client.as_ref().ok_or(Unreadable)?;
        let mut after = before.clone();
        let mut is_ready = false;
        let (is_final, text, attention) = if before.sending.is_unsent(operation.version) {
            let request = Finish3dsRequest::new(TxnId::new(before.txn_id), &before.pares);
            after.sending = before.sending.sent(now);
            match client.finish_3ds(&request).await {
                Ok(transaction) => (true, transaction.status.to_string(), None),
                Err(error) => {
                    if let Error::NotSent(NotSent::NoConnection(_)) = error {
                        after.sending = Sending::again(operation.version);
                    }
                    let is_refused = refusal(&error).is_some();
                    (is_refused, error.to_string(), attention(&error))
                }
            }
        } else {
            let asked = ask_for_transaction(client, before.txn_id).await;
            after.sending = before.sending.sent(now);
            let heard = asked.heard.unwrap_or_default();
            let own = heard.iter().find(|one| one.txn_id == before.txn_id);
            let is_decided = own.is_some_and(|own| own.is_done() || own.is_declined());
            let is_waiting = own.is_some() && !is_decided;
            is_ready = is_waiting && after.sending.may_repeat(now);
            if is_ready {
                after.sending = Sending::again(operation.version);
            }
            (is_decided, asked.text, asked.attention)
        };
        let mut wakes: Vec<_> = operation.parent.filter(|_| is_final).into_iter().collect();
        wakes.extend(is_ready.then_some(operation.id));
        Ok(Step {
            state: match is_final {
                true => "done",
                false => "pending",
            },
            data: write(&after)?,
            is_final,
            is_progress: is_final && !operation.progress.is_final,
            next: match is_final {
                true => Next::Never,
                false => Next::Soon,
            },
            heard: Some(text),
            events: Vec::new(),
            attention,
            fields: serde_json::Map::new(),
            creates: Vec::new(),
            wakes,
        })
    }
}
