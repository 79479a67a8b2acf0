//! Calls the provider, and turns its answers into facts.

use std::future::Future;
use std::pin::Pin;

use pantoken_payin::{
    BillId, CaptureId, CaptureRequest, CardCheck, CardCheckStatus, Error, ErrorCode,
    OperationStatus, PaymentId, PaymentRequest, PaymentToken, RefundId, RefundRequest, RequestUid,
    Status, TokenMethod, UnknownCause,
};
use pantoken_store::StoredOperation;

use super::describe::{PartView, PaymentView, VerificationView};
use super::part::{self, Part};
use super::payment::{self, AMOUNT_MISMATCH, Payment};
use super::token::{self, Token};
use super::verification::{self, Card, Outcome, Verification};
use super::{PayinOptions, bill, qr_code};
use crate::operations::stored::{fields, read, write};
use crate::operations::{Event, Next, Provider, Step, Unreadable};

/// How long after its time a verification is still asked about, in milliseconds.
pub(super) const AFTERMATH: i64 = 24 * 3_600_000;

/// payin's side of the engine.
pub(crate) struct PayinProvider(pub(crate) PayinOptions);

type Asking<'a> = Pin<Box<dyn Future<Output = Result<Step, Unreadable>> + Send + 'a>>;

impl Provider for PayinProvider {
    fn owns(&self, kind: &str) -> bool {
        kind.starts_with("payin.")
    }

    fn advance<'a>(&'a self, operation: &'a StoredOperation, now: i64) -> Asking<'a> {
        Box::pin(async move {
            match operation.kind.as_str() {
                payment::KIND => self.advance_payment(operation).await,
                part::CAPTURE | part::REFUND => self.advance_part(operation).await,
                bill::KIND => self.advance_bill(operation, now).await,
                qr_code::KIND => self.advance_qr_code(operation, now).await,
                verification::KIND => self.advance_verification(operation, now).await,
                _ => Err(Unreadable),
            }
        })
    }

    fn is_live(&self) -> bool {
        self.0.is_live
    }

    fn sum(&self, operation: &StoredOperation) -> Option<String> {
        let amount = match operation.kind.as_str() {
            payment::KIND => read::<Payment>(operation).ok()?.amount,
            part::CAPTURE | part::REFUND => read::<Part>(operation).ok()?.amount,
            bill::KIND => read::<bill::Bill>(operation).ok()?.amount,
            qr_code::KIND => read::<qr_code::QrCode>(operation).ok()?.amount?,
            _ => return None,
        };
        Some(amount.to_string())
    }
}

/// Returns whether nothing of this operation was sent before.
fn is_new(operation: &StoredOperation) -> bool {
    operation.version == 1
}

impl PayinProvider {
    pub(super) fn options(&self) -> &PayinOptions {
        &self.0
    }

    async fn advance_payment(&self, operation: &StoredOperation) -> Result<Step, Unreadable> {
        let payment: Payment = read(operation)?;
        let (fact, heard) = self.ask_payment(operation, &payment).await?;
        let decision = payment::decide(&payment, &fact);
        let (was, now) = (&payment, &decision.payment);
        let fields = fields(PaymentView::new(&operation.key, now));
        let event = decision.event.map(|kind| Event {
            kind,
            fields: fields.clone(),
        });
        Ok(Step {
            state: now.state.as_str(),
            data: write(now)?,
            is_final: now.state.is_final(),
            is_progress: was != now,
            next: match now.state {
                payment::State::Pending => Next::Soon,
                payment::State::Authorized => Next::Watch,
                _ => Next::Never,
            },
            heard: Some(heard),
            events: event.into_iter().collect(),
            attention: decision.attention,
            fields,
            creates: Vec::new(),
            wakes: Vec::new(),
        })
    }

    /// Sends a payment that is new, or that the provider does not know. Asks for any other.
    async fn ask_payment(
        &self,
        operation: &StoredOperation,
        payment: &Payment,
    ) -> Result<(payment::Fact, String), Unreadable> {
        let id = PaymentId::parse(&operation.key).map_err(|_| Unreadable)?;
        let payments = self.0.client.payments();
        let known = match is_new(operation) {
            true => None,
            false => Some(payments.get(&id).await),
        };
        let is_pending = payment.state == payment::State::Pending;
        let known = known.filter(|answer| !(is_pending && is_unknown(answer)));
        let is_sent = known.is_none();
        let answer = match known {
            Some(answer) => answer,
            None => payments.create(payment_request(id, payment)?).await,
        };
        Ok(match answer {
            Ok(answer) => (payment_fact(payment, &answer), describe(&answer.status)),
            Err(error) => {
                let fact = match refusal(&error).filter(|_| is_sent) {
                    Some(reason) => payment::Fact::Declined {
                        reason: Some(reason),
                    },
                    None if is_mismatch(&error) => payment::Fact::Unclear(AMOUNT_MISMATCH),
                    None => payment::Fact::Open,
                };
                (fact, error.to_string())
            }
        })
    }

    async fn advance_part(&self, operation: &StoredOperation) -> Result<Step, Unreadable> {
        let part: Part = read(operation)?;
        let (fact, heard) = self.ask_part(operation, &part).await?;
        let decision = part::decide(&part, &fact);
        let now = &decision.part;
        let is_final = now.state != part::State::Pending;
        let fields = fields(PartView::new(&operation.kind, &operation.key, now));
        let kind = match (operation.kind.as_str(), now.state) {
            (part::CAPTURE, part::State::Completed) => "payin.capture.completed",
            (part::CAPTURE, _) => "payin.capture.declined",
            (_, part::State::Completed) => "payin.refund.completed",
            (_, _) => "payin.refund.declined",
        };
        let event = decision.is_outcome.then(|| Event {
            kind,
            fields: fields.clone(),
        });
        // The payment's sums have changed with it.
        let wakes = operation.parent.filter(|_| decision.is_outcome);
        Ok(Step {
            state: now.state.as_str(),
            data: write(now)?,
            is_final,
            is_progress: decision.is_outcome,
            next: match is_final {
                true => Next::Never,
                false => Next::Soon,
            },
            heard: Some(heard),
            events: event.into_iter().collect(),
            attention: decision.attention,
            fields,
            creates: Vec::new(),
            wakes: wakes.into_iter().collect(),
        })
    }

    /// Sends a capture or a refund that is new, or that the provider does not know. Asks for any other.
    async fn ask_part(
        &self,
        operation: &StoredOperation,
        part: &Part,
    ) -> Result<(part::Fact, String), Unreadable> {
        let (payment_id, id) = operation.key.split_once('/').ok_or(Unreadable)?;
        let payment_id = PaymentId::parse(payment_id).map_err(|_| Unreadable)?;
        let is_capture = operation.kind == part::CAPTURE;
        let known = match is_new(operation) {
            true => None,
            false => Some(self.get_part(is_capture, &payment_id, id).await?),
        };
        let is_pending = part.state == part::State::Pending;
        let known = known.filter(|answer| !(is_pending && is_unknown(answer)));
        let is_sent = known.is_none();
        let answer = match known {
            Some(answer) => answer,
            None => {
                self.send_or_get_part(is_capture, payment_id, id, part)
                    .await?
            }
        };
        Ok(match answer {
            Ok((status, amount)) => {
                let fact = match part.amount.hundredths_of(&amount) == part.amount.hundredths() {
                    true => part_fact(&status),
                    false => part::Fact::Unclear(AMOUNT_MISMATCH),
                };
                (fact, describe(&status))
            }
            Err(error) => {
                let fact = match refusal(&error).filter(|_| is_sent) {
                    Some(reason) => part::Fact::Declined {
                        reason: Some(reason),
                    },
                    None if is_mismatch(&error) => part::Fact::Unclear(AMOUNT_MISMATCH),
                    None => part::Fact::Open,
                };
                (fact, error.to_string())
            }
        })
    }

    /// Sends a capture or a refund. If the payment is in another state, an earlier attempt may have succeeded.
    async fn send_or_get_part(
        &self,
        is_capture: bool,
        payment_id: PaymentId,
        id: &str,
        part: &Part,
    ) -> Result<PartAnswer, Unreadable> {
        let sent = self
            .send_part(is_capture, payment_id.clone(), id, part)
            .await?;
        let Err(error) = sent else { return Ok(sent) };
        if !is_wrong_state(&error) {
            return Ok(Err(error));
        }
        let known = self.get_part(is_capture, &payment_id, id).await?;
        Ok(if is_unknown(&known) {
            Err(error)
        } else {
            known
        })
    }

    async fn get_part(
        &self,
        is_capture: bool,
        payment_id: &PaymentId,
        id: &str,
    ) -> Result<PartAnswer, Unreadable> {
        Ok(if is_capture {
            let id = CaptureId::parse(id).map_err(|_| Unreadable)?;
            let answer = self.0.client.captures().get(payment_id, &id).await;
            answer.map(|capture| (capture.status, capture.amount))
        } else {
            let id = RefundId::parse(id).map_err(|_| Unreadable)?;
            let answer = self.0.client.refunds().get(payment_id, &id).await;
            answer.map(|refund| (refund.status, refund.amount))
        })
    }

    async fn send_part(
        &self,
        is_capture: bool,
        payment_id: PaymentId,
        id: &str,
        part: &Part,
    ) -> Result<PartAnswer, Unreadable> {
        Ok(if is_capture {
            let id = CaptureId::parse(id).map_err(|_| Unreadable)?;
            let request = CaptureRequest::new(payment_id, id);
            let answer = self.0.client.captures().create(request).await;
            answer.map(|capture| (capture.status, capture.amount))
        } else {
            let id = RefundId::parse(id).map_err(|_| Unreadable)?;
            let amount = part.amount.to_amount().ok_or(Unreadable)?;
            let request = RefundRequest::new(payment_id, id, amount);
            let answer = self.0.client.refunds().create(request).await;
            answer.map(|refund| (refund.status, refund.amount))
        })
    }

    async fn advance_verification(
        &self,
        operation: &StoredOperation,
        now: i64,
    ) -> Result<Step, Unreadable> {
        let before: Verification = read(operation)?;
        let id = BillId::parse(&operation.key).map_err(|_| Unreadable)?;
        let answer = self
            .0
            .client
            .card_checks()
            .get(&RequestUid::from(&id))
            .await;
        let heard = match &answer {
            Ok(check) => check.status.as_str().to_owned(),
            Err(error) => error.to_string(),
        };
        let mut decision = verification::decide(&before, &check_fact(answer));
        let is_open = decision.verification.state == verification::State::Created;
        if is_open && before.expires_at <= now {
            decision = verification::decide(&before, &verification::Fact::TimeIsOver);
        }
        let after = &decision.verification;
        let fields = fields(VerificationView::new(&operation.key, after));
        let event = decision.event.map(|kind| Event {
            kind,
            fields: fields.clone(),
        });
        let issued = after
            .outcome
            .as_ref()
            .and_then(|outcome| outcome.token.as_ref());
        let issued = issued
            .zip(after.customer.as_deref())
            .and_then(|(issued, customer)| {
                token::record(issued, customer, operation.created_by.clone(), now)
            });
        let is_watched = before.expires_at.saturating_add(AFTERMATH) > now;
        Ok(Step {
            state: after.state.as_str(),
            data: write(after)?,
            is_final: after.state != verification::State::Created,
            is_progress: &before != after,
            next: match after.state {
                verification::State::Created => Next::Soon,
                verification::State::Expired if is_watched => Next::Watch,
                _ => Next::Never,
            },
            heard: Some(heard),
            events: event.into_iter().collect(),
            attention: decision.attention,
            fields,
            creates: issued.into_iter().collect(),
            wakes: Vec::new(),
        })
    }
}

type PartAnswer = Result<(Status<OperationStatus>, pantoken_payin::Amount), Error>;

fn payment_request(id: PaymentId, payment: &Payment) -> Result<PaymentRequest, Unreadable> {
    let token = PaymentToken::parse(&payment.payment_token).map_err(|_| Unreadable)?;
    let amount = payment.amount.to_amount().ok_or(Unreadable)?;
    let method = TokenMethod::new(token);
    let mut request = PaymentRequest::with_token(id, amount, method, &payment.customer);
    request.comment.clone_from(&payment.comment);
    Ok(match payment.capture {
        true => request,
        false => request.hold(),
    })
}

fn payment_fact(payment: &Payment, answer: &pantoken_payin::Payment) -> payment::Fact {
    let hundredths_of = |amount| payment.amount.hundredths_of(amount);
    let whole = payment.amount.hundredths();
    if hundredths_of(&answer.amount) != whole {
        return payment::Fact::Unclear(AMOUNT_MISMATCH);
    }
    match answer.status.value {
        OperationStatus::Completed => {
            let captured = answer.captured_amount.as_ref();
            // Older answers do not have it.
            let by_flag = whole.filter(|_| payment.capture).or(Some(0));
            let captured = captured.map_or(by_flag, hundredths_of);
            let refunded = answer.refunded_amount.as_ref();
            let refunded = refunded.map_or(Some(payment.refunded), hundredths_of);
            match captured.zip(refunded) {
                Some((captured, refunded)) => payment::Fact::Completed { captured, refunded },
                None => payment::Fact::Unclear(AMOUNT_MISMATCH),
            }
        }
        OperationStatus::Declined => payment::Fact::Declined {
            reason: reason(&answer.status),
        },
        _ => payment::Fact::Open,
    }
}

fn part_fact(status: &Status<OperationStatus>) -> part::Fact {
    match status.value {
        OperationStatus::Completed => part::Fact::Completed,
        OperationStatus::Declined => part::Fact::Declined {
            reason: reason(status),
        },
        _ => part::Fact::Open,
    }
}

fn check_fact(answer: Result<CardCheck, Error>) -> verification::Fact {
    let Ok(check) = answer else {
        return verification::Fact::Open;
    };
    match check.status {
        CardCheckStatus::Error => verification::Fact::Failed,
        CardCheckStatus::Success => verification::Fact::Done(Box::new(Outcome {
            is_valid_card: check.is_valid_card,
            three_ds_status: check.three_ds_status.map(|status| status.to_string()),
            card: check
                .card_info
                .map(|card| Card {
                    issuing_country: card.issuing_country,
                    issuing_bank: card.issuing_bank,
                    payment_system: card.payment_system,
                    funding_source: card.funding_source,
                })
                .unwrap_or_default(),
            token: check
                .token
                .filter(|_| check.is_valid_card == Some(true))
                .map(|issued| Token::of(&issued)),
        })),
        _ => verification::Fact::Open,
    }
}

fn reason(status: &Status<OperationStatus>) -> Option<String> {
    status.reason.as_ref().map(ToString::to_string)
}

fn describe(status: &Status<OperationStatus>) -> String {
    match &status.reason {
        Some(reason) => format!("{} {reason}", status.value),
        None => status.value.to_string(),
    }
}

/// Returns the code with which the provider refused a request for good. Errors of the key or of the site are not
/// about this request, and everything else may pass.
pub(super) fn refusal(error: &Error) -> Option<String> {
    let Error::Refused(_) = error else {
        return None;
    };
    let code = error.api_error()?.code();
    let is_for_good = matches!(
        code,
        ErrorCode::ValidationError
            | ErrorCode::MessageConversionFailed
            | ErrorCode::ResourceNotFound
            | ErrorCode::IncorrectMethodInvocation
    );
    is_for_good.then(|| code.to_string())
}

/// Returns whether the provider does not know what it was asked about.
fn is_unknown<T>(answer: &Result<T, Error>) -> bool {
    answer.as_ref().is_err_and(Error::is_not_found)
}

fn is_wrong_state(error: &Error) -> bool {
    let code = error.api_error().map(pantoken_payin::ApiError::code);
    matches!(error, Error::Refused(_)) && code == Some(&ErrorCode::IncorrectMethodInvocation)
}

pub(super) fn is_mismatch(error: &Error) -> bool {
    matches!(error, Error::Unknown(UnknownCause::Mismatch(_)))
}
