//! Asks the provider about bills.

use pantoken_payin::{BillId, BillRequest, BillStatus, OperationStatus};
use pantoken_store::StoredOperation;
use time::OffsetDateTime;

use super::bill::{self, Bill};
use super::calls::{AFTERMATH, PayinProvider, is_mismatch, refusal};
use super::describe::BillView;
use super::payment::AMOUNT_MISMATCH;
use super::received_payment::ReceivedPayment;
use super::token::{self, Token};
use crate::operations::stored::{fields, read, write};
use crate::operations::{Event, Next, Step, Unreadable};

impl PayinProvider {
    pub(super) async fn advance_bill(
        &self,
        operation: &StoredOperation,
        now: i64,
    ) -> Result<Step, Unreadable> {
        let before: Bill = read(operation)?;
        let (fact, heard) = self.ask_bill(operation, &before).await?;
        let decision = bill::decide(&before, &fact);
        let after = &decision.bill;
        let fields = fields(BillView::new(&operation.key, after).without_token());
        let mut events: Vec<_> = decision
            .event
            .map(|kind| Event {
                kind,
                fields: fields.clone(),
            })
            .into_iter()
            .collect();
        let mut creates = Vec::new();
        if before.state != after.state {
            let paid = after.payments.iter();
            let customer = after.customer.as_deref();
            creates.extend(paid.filter_map(|paid| paid.record(operation, customer, now)));
            if let Some((issued, customer)) = after.token.as_ref().zip(after.customer.as_deref()) {
                let by = operation.created_by.clone();
                creates.extend(token::record(issued, customer, by, now));
                events.push(token::created(issued, customer));
            }
        }
        let is_watched = before.expires_at.saturating_add(AFTERMATH) > now;
        Ok(Step {
            state: after.state.as_str(),
            data: write(after)?,
            is_final: after.state != bill::State::Created,
            is_progress: &before != after,
            next: match after.state {
                bill::State::Created => Next::Soon,
                bill::State::Expired if is_watched => Next::Watch,
                _ => Next::Never,
            },
            heard: Some(heard),
            events,
            attention: decision.attention,
            fields,
            creates,
            wakes: Vec::new(),
        })
    }

    /// Creates a bill that the provider does not have yet. Asks for any other.
    async fn ask_bill(
        &self,
        operation: &StoredOperation,
        bill: &Bill,
    ) -> Result<(bill::Fact, String), Unreadable> {
        let id = BillId::parse(&operation.key).map_err(|_| Unreadable)?;
        let bills = self.options().client.bills();
        let is_sent = bill.pay_url.is_none() && bill.state == bill::State::Created;
        let answer = match is_sent {
            true => bills.create(bill_request(id, bill)?).await,
            false => bills.get(&id).await,
        };
        Ok(match answer {
            Ok(answer) => {
                let status = answer.status.as_ref().map(|status| &status.value);
                let heard = status.map_or_else(|| "CREATED".to_owned(), ToString::to_string);
                (self.bill_fact(bill, &answer), heard)
            }
            Err(error) => {
                let fact = match refusal(&error).filter(|_| is_sent) {
                    Some(reason) => bill::Fact::Refused { reason },
                    None if is_mismatch(&error) => bill::Fact::Unclear(AMOUNT_MISMATCH),
                    None => bill::Fact::Open,
                };
                (fact, error.to_string())
            }
        })
    }

    fn bill_fact(&self, bill: &Bill, answer: &pantoken_payin::Bill) -> bill::Fact {
        let amount = answer.amount.as_ref();
        let is_same = |amount| bill.amount.hundredths_of(amount) == bill.amount.hundredths();
        if amount.is_some_and(|amount| !is_same(amount)) {
            return bill::Fact::Unclear(AMOUNT_MISMATCH);
        }
        match answer.status.as_ref().map(|status| &status.value) {
            Some(BillStatus::Paid) if answer.payments.is_empty() => bill::Fact::Open,
            Some(BillStatus::Paid) => {
                let done = answer.payments.iter();
                let done = done.filter(|one| one.status.value == OperationStatus::Completed);
                let token = done.clone().find_map(|one| one.token.as_ref());
                bill::Fact::Paid {
                    payments: done.map(|one| bill_payment(bill, one)).collect(),
                    token: token.map(|token| Box::new(Token::of(token))),
                }
            }
            Some(BillStatus::Expired | BillStatus::Rejected) => bill::Fact::Expired,
            _ => {
                let pay_url = answer.pay_url.clone();
                let pay_url = pay_url.filter(|url| self.options().allows_form(url));
                bill::Fact::Created { pay_url }
            }
        }
    }
}

fn bill_request(id: BillId, bill: &Bill) -> Result<BillRequest, Unreadable> {
    let expires = OffsetDateTime::from_unix_timestamp(bill.expires_at / 1000);
    let expires = expires.map_err(|_| Unreadable)?;
    let amount = bill.amount.to_amount().ok_or(Unreadable)?;
    let mut request = BillRequest::payment(id, amount, expires);
    request.comment.clone_from(&bill.comment);
    match (&bill.customer, bill.issue_token) {
        (Some(customer), true) => request = request.issue_token(customer),
        (Some(customer), false) => {
            request.customer = Some(pantoken_payin::Customer::with_account(customer));
        }
        (None, _) => {}
    }
    Ok(request)
}

fn bill_payment(bill: &Bill, payment: &pantoken_payin::Payment) -> ReceivedPayment {
    let hundredths = bill.amount.hundredths_of(&payment.amount);
    ReceivedPayment {
        payment_id: payment.payment_id.to_string(),
        amount: bill.amount.with_hundredths(hundredths.unwrap_or_default()),
    }
}
