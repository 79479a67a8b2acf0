//! `PUT /v1/payin/qr-codes/{qrCodeUid}/payments`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pantoken_store::{OperationChange, OperationStore, Progress, StoredOperation};
use utoipa::ToSchema;

use super::describe::QrCodeView;
use super::endpoint::{WriteProblems, authorize, find};
use super::qr_code::{self, Charge, Kind, QrCode};
use super::qr_codes::view;
use super::{customer, id, token_lookup};
use crate::app::{AppState, Parts};
use crate::http::api_key_holder::RequireApiKey;
use crate::http::fields::Fields;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::operations::stored;

/// How often a change is tried again that another one has overtaken.
const MAX_ATTEMPTS: usize = 5;

/// A payment of a QR code with a token of the faster payments system.
#[derive(ToSchema)]
#[schema(example = json!({"customer": "customer-7", "tokenId": "tok_30747e05edc6a931833378481131e49c"}))]
#[schema(as = NewPayinQrCodePayment, rename_all = "camelCase")]
pub(crate) struct NewQrCodePayment {
    /// The agent's own reference, which tokens are bound to.
    #[schema(min_length = 1, max_length = 64)]
    customer: String,
    /// A token of `GET /v1/payin/customers/{customer}/tokens`.
    token_id: String,
}

#[utoipa::path(
    put,
    path = "/v1/payin/qr-codes/{qrCodeUid}/payments",
    operation_id = "putPayinQrCodePayment",
    tag = "payin",
    summary = "Pays a dynamic QR code with a token, once",
    description = "A QR code is paid once. The same body is the same payment.",
    security(("apiKey" = [])),
    params(("qrCodeUid" = String, Path, min_length = 1, max_length = 200)),
    request_body = NewQrCodePayment,
    responses(
        (status = 200, description = "The payment has an outcome.", body = QrCodeView),
        (status = 202, description = "The outcome is not known yet. A webhook tells it.", body = QrCodeView),
        WriteProblems
    )
)]
pub(crate) async fn pay_qr_code(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(qr_code_uid): PathSegment,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, Json<QrCodeView>), Problem> {
    let app = app.parts();
    authorize(app, &holder)?;
    let qr_code_uid = id::check("qrCodeUid", qr_code_uid)?;
    let new = NewQrCodePayment::read(fields?)?;
    for _ in 0..MAX_ATTEMPTS {
        let (kind, key) = (qr_code::KIND, qr_code_uid.clone());
        let operation = find(app, &holder, kind, key).await?;
        let code: QrCode = stored::read(&operation)?;
        match &code.charge {
            Some(charge) if new.is(charge) => return answer(app, operation).await,
            Some(_) => return Err(Problem::OperationConflict),
            None => {
                new.order(app, operation, code).await?;
            }
        }
    }
    Err(Problem::StoreUnavailable)
}

/// Asks for the outcome, unless it is known.
async fn answer(
    app: &Parts,
    operation: StoredOperation,
) -> Result<(StatusCode, Json<QrCodeView>), Problem> {
    let operation = app.operations.refresh(operation).await?;
    let code: QrCode = stored::read(&operation)?;
    let status = match code.state.is_open() {
        true => StatusCode::ACCEPTED,
        false => StatusCode::OK,
    };
    Ok((status, Json(view(&operation)?)))
}

impl NewQrCodePayment {
    fn read(mut fields: Fields) -> Result<Self, Problem> {
        let new = Self {
            customer: fields.required("customer", customer::parse)?,
            token_id: fields.required("tokenId", |text| {
                Ok::<_, std::convert::Infallible>(text.to_owned())
            })?,
        };
        fields.finish()?;
        Ok(new)
    }

    fn is(&self, charge: &Charge) -> bool {
        self.customer == charge.customer && self.token_id == charge.token_id
    }

    /// Stores the order, before the provider is asked. If the code changed meanwhile, nothing is stored.
    async fn order(
        &self,
        app: &Parts,
        operation: StoredOperation,
        code: QrCode,
    ) -> Result<(), Problem> {
        let payment_token = token_lookup::chargeable(app, &self.customer, &self.token_id).await?;
        let is_others = code
            .customer
            .as_ref()
            .is_some_and(|own| *own != self.customer);
        if is_others {
            let rule = "must be the customer of the QR code, which names one";
            return Err(Problem::invalid("customer", rule));
        }
        if code.kind() != Kind::Dynamic || code.state != qr_code::State::Created {
            return Err(Problem::OperationImpossible(
                "only a dynamic QR code that was not paid and has not expired can be paid with a token",
            ));
        }
        let now = app.clock.now();
        let code = QrCode {
            state: qr_code::State::Pending,
            charge: Some(Charge {
                customer: self.customer.clone(),
                token_id: self.token_id.clone(),
                payment_token,
                ordered_at: now,
                is_accepted: false,
            }),
            ..code
        };
        let change = OperationChange {
            id: operation.id,
            kind: operation.kind.clone(),
            key: operation.key.clone(),
            version: operation.version,
            progress: Progress {
                state: code.state.as_str().to_owned(),
                data: stored::write(&code)?,
                next_attempt_at: Some(now),
                ..operation.progress
            },
            is_progress: true,
            fact: None,
            events: Vec::new(),
            creates: Vec::new(),
            wakes: Vec::new(),
            now,
        };
        app.store.change_operation(change).await?;
        Ok(())
    }
}
