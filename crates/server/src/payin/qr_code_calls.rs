//! Asks the provider about QR codes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pantoken_payin::{
    Error, OperationStatus, PaymentToken, QrCodePaymentRequest, QrCodeRequest, QrCodeStatus,
    QrCodeToken, QrCodeUid,
};
use pantoken_store::StoredOperation;
use url::Url;

use super::calls::{AFTERMATH, PayinProvider, is_mismatch, refusal};
use super::describe::QrCodeView;
use super::payment::{AMOUNT_MISMATCH, CONTRADICTION};
use super::payments::DEADLINE;
use super::qr_code::{self, Charge, Fact, QrCode, State, Status, TokenStatus};
use super::received_payment::ReceivedPayment;
use super::token::{self, Token};
use crate::operations::stored::{fields, read, write};
use crate::operations::{Event, Next, Step, Unreadable};

/// The width and the height of the image that the provider draws, in pixels.
const IMAGE_PIXELS: u32 = 300;
/// The longest image that is kept, in characters of base64.
const MAX_IMAGE: usize = 64 * 1024;

/// Something that the provider was asked, and what it answered.
struct Answer {
    /// Whether the question was a request that the provider may refuse for good.
    is_sent: bool,
    answer: Result<pantoken_payin::QrCode, Error>,
}

impl PayinProvider {
    pub(super) async fn advance_qr_code(
        &self,
        operation: &StoredOperation,
        now: i64,
    ) -> Result<Step, Unreadable> {
        let before: QrCode = read(operation)?;
        let (fact, heard) = self.ask_qr_code(operation, &before).await?;
        let decision = qr_code::decide(&before, &fact);
        let after = &decision.code;
        let fields = fields(QrCodeView::new(&operation.key, after).without_token());
        let event = decision.event.map(|kind| Event {
            kind,
            fields: fields.clone(),
        });
        let mut events: Vec<_> = event.into_iter().collect();
        let mut creates = Vec::new();
        if let (None, Some(payment)) = (&before.payment, &after.payment) {
            creates.extend(payment.record(operation, after.payer(), now));
        }
        if let (None, Some(issued), Some(customer)) = (&before.token, &after.token, &after.customer)
        {
            let by = operation.created_by.clone();
            creates.extend(token::record(issued, customer, by, now));
            events.push(token::created(issued, customer));
        }
        if let (false, true, Some(customer)) = (
            before.is_token_rejected,
            after.is_token_rejected,
            &after.customer,
        ) {
            events.push(token::rejected(customer, &operation.key));
        }
        Ok(Step {
            state: after.state.as_str(),
            data: write(after)?,
            is_final: after.is_final(),
            is_progress: &before != after,
            next: next(after, operation.created_at, now),
            heard: Some(heard),
            events,
            attention: decision.attention,
            fields,
            creates,
            wakes: Vec::new(),
        })
    }

    async fn ask_qr_code(
        &self,
        operation: &StoredOperation,
        code: &QrCode,
    ) -> Result<(Fact, String), Unreadable> {
        let id = QrCodeUid::parse(&operation.key).map_err(|_| Unreadable)?;
        let is_creation = code.payload.is_none() && code.state.is_open();
        let Answer { is_sent, answer } = match is_creation {
            true => self.create_qr_code(id, code).await?,
            false => self.get_or_pay_qr_code(id, code).await?,
        };
        Ok(match answer {
            Ok(answer) => {
                let heard = answer.status.to_string();
                // The answer to a creation may have a token that cannot be used yet.
                let token = answer.token.as_ref().filter(|_| !is_sent);
                let is_paid_by_token = is_sent && !is_creation;
                (qr_code_fact(code, &answer, token, is_paid_by_token), heard)
            }
            Err(error) => {
                let fact = match refusal(&error).filter(|_| is_sent) {
                    Some(reason) => Fact::Refused { reason },
                    None if is_mismatch(&error) => Fact::Unclear(AMOUNT_MISMATCH),
                    None => Fact::Open,
                };
                (fact, error.to_string())
            }
        })
    }

    async fn create_qr_code(&self, id: QrCodeUid, code: &QrCode) -> Result<Answer, Unreadable> {
        let request = qr_code_request(id, code)?;
        let answer = self.options().client.qr_codes().create(request).await;
        Ok(Answer {
            is_sent: true,
            answer,
        })
    }

    /// Asks for a code, and then orders the payment by token, unless the provider has begun it. If an answer is lost,
    /// the order may be sent again, because a code is paid once.
    async fn get_or_pay_qr_code(&self, id: QrCodeUid, code: &QrCode) -> Result<Answer, Unreadable> {
        let codes = self.options().client.qr_codes();
        let known = codes.get(&id).await;
        let can_be_paid = known
            .as_ref()
            .is_ok_and(|known| known.status == QrCodeStatus::Created);
        let order = code
            .charge
            .as_ref()
            .filter(|charge| can_be_paid && !charge.is_accepted && code.state == State::Pending);
        Ok(match order {
            Some(charge) => Answer {
                is_sent: true,
                answer: codes.pay(charge_request(id, charge)?).await,
            },
            None => Answer {
                is_sent: false,
                answer: known,
            },
        })
    }
}

impl QrCode {
    /// Returns whose money it was, if that is known.
    fn payer(&self) -> Option<&str> {
        let charged = self.charge.as_ref().map(|charge| charge.customer.as_str());
        charged.or(self.customer.as_deref())
    }
}

fn next(code: &QrCode, created_at: i64, now: i64) -> Next {
    let is_watched = code.expires_at.saturating_add(AFTERMATH) > now;
    let deadline = code.is_due_from(created_at).saturating_add(DEADLINE);
    match code.state {
        _ if code.state.is_open() && !code.is_final() => Next::SoonUntil(deadline),
        State::Paid if code.awaits_token() && is_watched => Next::Soon,
        State::Expired if is_watched => Next::Watch,
        _ => Next::Never,
    }
}

fn qr_code_request(id: QrCodeUid, code: &QrCode) -> Result<QrCodeRequest, Unreadable> {
    let customer = code.customer.as_deref();
    let mut request = match &code.amount {
        Some(amount) => QrCodeRequest::dynamic(id, amount.to_amount().ok_or(Unreadable)?),
        None => QrCodeRequest::token(id, customer.ok_or(Unreadable)?),
    };
    if code.issue_token {
        request = request.issue_token(customer.ok_or(Unreadable)?);
        request.tokenization_purpose.clone_from(&code.purpose);
    }
    if code.amount.is_some() {
        request.payment_purpose.clone_from(&code.purpose);
    }
    if let Some(minutes) = code.ttl_minutes {
        request = request.ttl_minutes(minutes);
    }
    request.redirect_url.clone_from(&code.return_url);
    Ok(request.png(IMAGE_PIXELS, IMAGE_PIXELS))
}

fn charge_request(id: QrCodeUid, charge: &Charge) -> Result<QrCodePaymentRequest, Unreadable> {
    let token = PaymentToken::parse(&charge.payment_token).map_err(|_| Unreadable)?;
    Ok(QrCodePaymentRequest::new(id, &charge.customer, token))
}

fn qr_code_fact(
    code: &QrCode,
    answer: &pantoken_payin::QrCode,
    token: Option<&QrCodeToken>,
    is_paid_by_token: bool,
) -> Fact {
    if let (Some(asked), Some(amount)) = (&code.amount, &answer.amount)
        && asked.hundredths_of(amount) != asked.hundredths()
    {
        return Fact::Unclear(AMOUNT_MISMATCH);
    }
    let paid = answer.payment.as_ref();
    let paid_status = paid.and_then(|paid| paid.status.as_ref());
    let status = match (&answer.status, paid_status) {
        (QrCodeStatus::Payed, Some(OperationStatus::Declined)) => {
            return Fact::Unclear(CONTRADICTION);
        }
        (QrCodeStatus::Payed, None | Some(OperationStatus::Completed)) => Status::Paid {
            payment: received_payment(code, answer),
        },
        (QrCodeStatus::Declined, _) => Status::Declined,
        (QrCodeStatus::Expired, _) => Status::Expired,
        (QrCodeStatus::PaymentByToken, _) => Status::Pending,
        (QrCodeStatus::Created, _) if is_paid_by_token => Status::Pending,
        (QrCodeStatus::Created, _) => Status::Created {
            payload: answer.payload.clone().filter(|url| is_web_address(url)),
            image: answer.image.clone().filter(|image| is_image(image)),
        },
        _ => return Fact::Open,
    };
    Fact::Known {
        status,
        token: token.map_or(TokenStatus::Unknown, token_status),
    }
}

fn received_payment(code: &QrCode, answer: &pantoken_payin::QrCode) -> Option<ReceivedPayment> {
    let payment = answer.payment.as_ref()?;
    Some(ReceivedPayment {
        payment_id: payment.payment_uid.clone()?,
        amount: code.amount.clone()?,
    })
}

fn token_status(token: &QrCodeToken) -> TokenStatus {
    match (&token.status, &token.token) {
        (Some(pantoken_payin::TokenStatus::Created), Some(issued)) => {
            TokenStatus::Created(Box::new(Token::of_qr_code(issued, token.expires.as_ref())))
        }
        (Some(pantoken_payin::TokenStatus::Rejected), _) => TokenStatus::Rejected,
        _ => TokenStatus::Unknown,
    }
}

fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
}

/// Returns whether an image can be put into a page as it is.
fn is_image(base64: &str) -> bool {
    (1..=MAX_IMAGE).contains(&base64.len()) && STANDARD.decode(base64).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_base64_of_a_limited_length() {
        assert!(is_image("iVBORw0KGgo="));
        for image in ["", "\"><script>", &"AAAA".repeat(MAX_IMAGE / 4 + 1)] {
            assert!(!is_image(image), "{} characters", image.len());
        }
    }

    #[test]
    fn a_payload_is_an_address_of_the_web() {
        assert!(is_web_address(
            "https://qr.nspk.ru/AD10006M8KH234K782OQM0L13JI31LQD"
        ));
        for payload in ["", "javascript:alert(1)", "qr.nspk.ru"] {
            assert!(!is_web_address(payload), "{payload}");
        }
    }
}
