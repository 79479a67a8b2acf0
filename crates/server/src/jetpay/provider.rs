//! Acts upon what the platform said, sends payouts, and asks about them.

use std::future::Future;
use std::pin::Pin;

use pantoken_jetpay::{Amount, Client, Currency, Error, PaymentId, StatusAnswer};
use pantoken_store::{Database, OperationStore, StoredOperation};

use super::deposit::{self, Deposit};
use super::describe::{DepositView, PayoutView};
use super::fact::{Fact, digest_of};
use super::options::JetpayOptions;
use super::outcome::{
    self, ACCESS_DENIED, Decision, Expected, Outcome, REQUEST_MALFORMED, REVERSED,
    SUCCESS_AFTER_DECLINE, Side, State, Told,
};
use super::payout::{self, Payout};
use crate::operations::stored::{fields, read, write};
use crate::operations::{Event, Next, Provider, Step, Unreadable};

/// The sources of what is acted upon.
pub(super) const CALLBACK: &str = "callback";
const OPERATOR: &str = "operator";

/// JetPay's side of the engine.
pub(crate) struct JetpayProvider {
    options: JetpayOptions,
    store: Database,
}

type Asking<'a> = Pin<Box<dyn Future<Output = Result<Step, Unreadable>> + Send + 'a>>;

impl Provider for JetpayProvider {
    fn owns(&self, kind: &str) -> bool {
        kind.starts_with("jetpay.")
    }

    fn advance<'a>(&'a self, operation: &'a StoredOperation, now: i64) -> Asking<'a> {
        Box::pin(async move {
            match operation.kind.as_str() {
                deposit::KIND => self.advance_deposit(operation, now).await,
                payout::KIND => self.advance_payout(operation, now).await,
                _ => Err(Unreadable),
            }
        })
    }

    fn is_live(&self) -> bool {
        self.options.is_live
    }

    fn sum(&self, operation: &StoredOperation) -> Option<String> {
        match operation.kind.as_str() {
            deposit::KIND => sum_of(read::<Deposit>(operation).ok()?.expected()?),
            payout::KIND => sum_of(read::<Payout>(operation).ok()?.expected()),
            _ => None,
        }
    }
}

/// Returns a sum in major units, with its currency.
fn sum_of(sum: Expected<'_>) -> Option<String> {
    let amount = Amount::from_minor_units(sum.amount, Currency::parse(sum.currency)).ok()?;
    Some(format!("{} {}", amount.major_units()?, sum.currency))
}

/// What has become of an operation, and what is to be told.
struct Progress {
    outcome: Outcome,
    told: Vec<Told>,
    attention: Option<&'static str>,
    heard: Option<String>,
    /// Whether something was left for the next time, because one reason to look at it is told at a time.
    is_more_left: bool,
}

impl Progress {
    fn new(outcome: &Outcome) -> Self {
        Self {
            outcome: outcome.clone(),
            told: Vec::new(),
            attention: None,
            heard: None,
            is_more_left: false,
        }
    }

    fn apply(&mut self, decision: Decision) {
        self.outcome = decision.outcome;
        self.told.extend(decision.told);
        self.attention = decision.attention.or(self.attention);
    }
}

/// What was heard of an operation and not acted upon.
enum News {
    Fact(Fact),
    /// A person wants it to be asked about, or to be sent again.
    Retry,
}

impl JetpayProvider {
    pub(crate) fn new(options: JetpayOptions, store: Database) -> Self {
        Self { options, store }
    }

    async fn advance_deposit(
        &self,
        operation: &StoredOperation,
        now: i64,
    ) -> Result<Step, Unreadable> {
        let mut deposit: Deposit = read(operation)?;
        let before = deposit.outcome.clone();
        let mut progress = Progress::new(&before);
        for (digest, news) in self.news(operation, &deposit.taken).await? {
            if progress.attention.is_some() {
                progress.is_more_left = true;
                break;
            }
            deposit.taken.push(digest);
            if let News::Fact(fact) = news {
                let expected = deposit.expected();
                let outcome = &progress.outcome;
                let decision = outcome::decide(Side::Deposit, expected, outcome, &fact);
                progress.apply(decision);
            }
        }
        if deposit.amount.is_none() && progress.attention.is_none() {
            // The alarm is told once, however often it is raised.
            progress.attention = Some(outcome::UNKNOWN_PAYMENT);
        }
        deposit.outcome = progress.outcome.clone();
        let is_over = operation.created_at.saturating_add(deposit::KEPT) <= now;
        let fields = fields(DepositView::new(&deposit));
        let state = progress.outcome.state;
        let told = |told| match told {
            Told::Paid => "jetpay.deposit.paid",
            Told::Declined => "jetpay.deposit.declined",
        };
        Ok(Step {
            state: deposit::state_name(state),
            data: write(&deposit)?,
            is_final: progress.outcome.is_final() || (state == State::Open && is_over),
            is_progress: before != progress.outcome,
            next: match progress.is_more_left {
                true => Next::Soon,
                false => Next::Never,
            },
            heard: None,
            events: progress
                .told
                .iter()
                .map(|one| Event {
                    kind: told(*one),
                    fields: fields.clone(),
                })
                .collect(),
            attention: progress.attention,
            fields,
            creates: Vec::new(),
            wakes: Vec::new(),
        })
    }

    async fn advance_payout(
        &self,
        operation: &StoredOperation,
        now: i64,
    ) -> Result<Step, Unreadable> {
        let mut payout: Payout = read(operation)?;
        let before = payout.outcome.clone();
        let mut progress = Progress::new(&before);
        let mut has_facts = false;
        let mut is_retried = false;
        for (digest, news) in self.news(operation, &payout.taken).await? {
            if progress.attention.is_some() {
                progress.is_more_left = true;
                break;
            }
            payout.taken.push(digest);
            match news {
                News::Fact(fact) => {
                    has_facts = true;
                    progress.apply(decide(&payout, &progress.outcome, &fact));
                }
                News::Retry => is_retried = true,
            }
        }
        let needs_judgement = matches!(progress.attention, Some(SUCCESS_AFTER_DECLINE | REVERSED));
        match self.options.client() {
            Some(client) if needs_judgement => {
                progress.heard = Some(ask_for_the_record(client, &payout).await?);
            }
            Some(client) if is_open(&progress.outcome, is_retried) && !has_facts => {
                let is_new = operation.version == 1;
                send_or_ask(client, &mut payout, &mut progress, is_new, now).await?;
            }
            // Without PANTOKEN_JETPAY_GATE_URL, callbacks still count.
            _ => {}
        }
        payout.outcome = progress.outcome.clone();
        let fields = fields(PayoutView::new(&payout));
        let told = |told| match told {
            Told::Paid => "jetpay.payout.paid",
            Told::Declined => "jetpay.payout.declined",
        };
        Ok(Step {
            state: payout::state_name(progress.outcome.state),
            data: write(&payout)?,
            is_final: progress.outcome.is_final(),
            is_progress: before != progress.outcome,
            next: match progress.outcome.state {
                State::Open => Next::Soon,
                _ if progress.is_more_left => Next::Soon,
                _ => Next::Never,
            },
            heard: progress.heard,
            events: progress
                .told
                .iter()
                .map(|one| Event {
                    kind: told(*one),
                    fields: fields.clone(),
                })
                .collect(),
            attention: progress.attention,
            fields,
            creates: Vec::new(),
            wakes: Vec::new(),
        })
    }

    /// Returns what was heard of an operation and not acted upon, the earliest first, with its digest.
    async fn news(
        &self,
        operation: &StoredOperation,
        taken: &[String],
    ) -> Result<Vec<(String, News)>, Unreadable> {
        let inbox = self.store.operation_inbox(operation.id).await;
        let inbox = inbox.map_err(|error| {
            tracing::error!(operation = %operation.id, %error, "what was heard cannot be read");
            Unreadable
        })?;
        let mut news = Vec::new();
        for entry in inbox {
            let fact = entry.fact;
            let one = match fact.source.as_str() {
                CALLBACK => Fact::parse(&fact.text).map(News::Fact),
                OPERATOR => Some(News::Retry),
                _ => None,
            };
            let digest = digest_of(&fact.text);
            if let Some(one) = one.filter(|_| !taken.contains(&digest)) {
                news.push((digest, one));
            }
        }
        Ok(news)
    }
}

/// Sends a payout that is new, or that the platform does not know. Asks about any other, but not at once.
async fn send_or_ask(
    client: &Client,
    payout: &mut Payout,
    progress: &mut Progress,
    is_new: bool,
    now: i64,
) -> Result<(), Unreadable> {
    if is_new {
        return send(client, payout, progress, now).await;
    }
    if payout.was_sent_just_now(now) {
        return Ok(());
    }
    let id = PaymentId::parse(&payout.payment_id).map_err(|_| Unreadable)?;
    match client.status(&id).await {
        Ok(StatusAnswer::Known(payment)) => {
            progress.heard = Some(payment.status.to_string());
            let fact = Fact::of(&payment);
            // An error of the question itself says nothing about the payout.
            let has_operation = payment.last_operation().is_some();
            if has_operation || payment.status != pantoken_jetpay::PaymentStatus::Error {
                progress.apply(decide(payout, &progress.outcome, &fact));
            }
        }
        Ok(StatusAnswer::Absent) if !payout.is_accepted => {
            send(client, payout, progress, now).await?;
        }
        Ok(_) => progress.heard = Some("the platform has no details yet".to_owned()),
        Err(error) => {
            progress.heard = Some(error.to_string());
            if matches!(&error, Error::Refused(refusal) if refusal.status == 403) {
                progress.attention = Some(ACCESS_DENIED);
            }
        }
    }
    Ok(())
}

async fn send(
    client: &Client,
    payout: &mut Payout,
    progress: &mut Progress,
    now: i64,
) -> Result<(), Unreadable> {
    let request = payout.request().ok_or(Unreadable)?;
    let answer = client.pay_out(&request).await;
    progress.heard = Some(match &answer {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    });
    match answer {
        Ok(_) => {
            payout.sent_at = Some(now);
            payout.is_accepted = true;
            // A stopped payout goes on when the platform takes it after all.
            if progress.outcome.state == State::Attention {
                progress.outcome.state = State::Open;
                progress.outcome.reason = None;
            }
        }
        Err(Error::Refused(refusal)) if refusal.is_final() => {
            let (code, message) = (refusal.code(), refusal.message());
            progress.apply(progress.outcome.refuse(code, message));
        }
        Err(Error::Refused(refusal)) => {
            let reason = match refusal.status {
                422 => REQUEST_MALFORMED,
                _ => ACCESS_DENIED,
            };
            let mut decision = progress.outcome.stop(reason);
            decision.outcome.code = refusal.code().map(str::to_owned);
            decision.outcome.message = refusal.message().map(str::to_owned);
            progress.apply(decision);
        }
        // The earlier request with this id may have been this payout's: its status tells.
        Err(Error::Unknown(_)) => payout.sent_at = Some(now),
        Err(_) => {}
    }
    Ok(())
}

/// Asks about a payout whose outcome a person has to judge. The answer is kept for that person.
async fn ask_for_the_record(client: &Client, payout: &Payout) -> Result<String, Unreadable> {
    let id = PaymentId::parse(&payout.payment_id).map_err(|_| Unreadable)?;
    Ok(match client.status(&id).await {
        Ok(StatusAnswer::Known(payment)) => format!("asked: {}", Fact::of(&payment).to_text()),
        Ok(_) => "asked: the platform does not know the payout".to_owned(),
        Err(error) => format!("asked: {error}"),
    })
}

fn decide(payout: &Payout, outcome: &Outcome, fact: &Fact) -> Decision {
    outcome::decide(Side::Payout, Some(payout.expected()), outcome, fact)
}

/// Returns whether the platform is to be called. A payout that it refuses to take is sent again only if a person
/// wants it.
fn is_open(outcome: &Outcome, is_retried: bool) -> bool {
    let is_stopped = matches!(
        outcome.reason.as_deref(),
        Some(ACCESS_DENIED | REQUEST_MALFORMED)
    );
    match outcome.state {
        State::Open => true,
        State::Attention => is_stopped && is_retried,
        State::Paid | State::Declined => false,
    }
}
