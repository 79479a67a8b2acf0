use std::sync::Arc;
use std::time::Duration;

use pantoken_core::{Clock, Random};
use pantoken_store::{
    Database, Fact, NewEvent, NewOperation, OperationChange, OperationCreation, OperationStore,
    Progress, StoreError, StoredOperation,
};

use serde_json::{Map, Value};

use super::event::event;
use super::provider::{Next, Provider, Step};
use super::waits::{HOUR, wait_after};
use crate::http::metrics::Metrics;

/// How long a claim lasts unless it is renewed. After a crash, another server takes over that much later.
const LEASE_MILLISECONDS: i64 = 20_000;
const RENEWAL_INTERVAL: Duration = Duration::from_secs(5);
/// How long a caller waits for the provider before it is told that the outcome is open. This is shorter than
/// the time limit of a request.
const PATIENCE: Duration = Duration::from_secs(20);
/// Why a person should look at an operation of which nothing decisive was heard until its deadline.
const DEADLINE: &str = "DEADLINE";
/// The state in which a person should look at an operation.
const ATTENTION: &str = "attention";
/// The length to which an answer of the provider is truncated before it is stored, in characters.
const MAX_FACT_CHARS: usize = 200;

/// Makes operations durable. Clones share everything.
#[derive(Clone)]
pub(crate) struct Engine(Arc<Shared>);

struct Shared {
    store: Database,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    metrics: Arc<Metrics>,
    providers: Vec<Arc<dyn Provider>>,
}

impl Engine {
    pub(crate) fn new(
        store: Database,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        metrics: Arc<Metrics>,
        providers: Vec<Arc<dyn Provider>>,
    ) -> Self {
        Self(Arc::new(Shared {
            store,
            clock,
            random,
            metrics,
            providers,
        }))
    }

    pub(super) fn store(&self) -> &Database {
        &self.0.store
    }

    pub(crate) fn now(&self) -> i64 {
        self.0.clock.now()
    }

    /// Returns the sum of an operation with its currency, if it has one and its provider is configured.
    pub(crate) fn sum(&self, operation: &StoredOperation) -> Option<String> {
        let mut providers = self.0.providers.iter();
        let provider = providers.find(|provider| provider.owns(&operation.kind))?;
        provider.sum(operation)
    }

    /// Creates an event for an operation that is changed outside the engine.
    pub(crate) fn event(
        operation: &StoredOperation,
        kind: &str,
        fields: &Map<String, Value>,
        now: i64,
        is_live: bool,
    ) -> NewEvent {
        event(operation, kind, None, fields, now, is_live)
    }

    /// Returns until when a claim that begins now is valid.
    pub(crate) fn lease(&self) -> i64 {
        self.now().saturating_add(LEASE_MILLISECONDS)
    }

    /// Stores an operation, and only then asks the provider for it. One that exists is asked about again, unless
    /// it is final. Returns the operation as it is then, or `None` if the id stands for another request.
    pub(crate) async fn submit(
        &self,
        mut new: NewOperation,
    ) -> Result<Option<StoredOperation>, StoreError> {
        let lease = self.lease();
        new.leased_until = Some(lease);
        new.progress.next_attempt_at = Some(lease);
        match self.0.store.create_operation(new).await? {
            OperationCreation::Created(operation) => {
                let advanced = self.advance_in_background(operation.clone()).await?;
                Ok(Some(advanced.unwrap_or(operation)))
            }
            OperationCreation::Repeated(operation) => self.refresh(operation).await.map(Some),
            OperationCreation::Conflict => Ok(None),
        }
    }

    /// Asks about an operation that is not final, unless somebody is asking. Returns it as it is then.
    pub(crate) async fn refresh(
        &self,
        operation: StoredOperation,
    ) -> Result<StoredOperation, StoreError> {
        match operation.progress.is_final {
            true => Ok(operation),
            false => self.ask(operation).await,
        }
    }

    /// Asks about an operation, unless somebody is asking. Returns it as it is then.
    pub(crate) async fn ask(
        &self,
        operation: StoredOperation,
    ) -> Result<StoredOperation, StoreError> {
        let (now, lease) = (self.now(), self.lease());
        let claimed = self
            .0
            .store
            .claim_operation(operation.id, now, lease)
            .await?;
        let advanced = match claimed {
            Some(claimed) => self.advance_in_background(claimed).await?,
            None => None,
        };
        Ok(advanced.unwrap_or(operation))
    }

    /// Advances an operation in a task of its own, which ends even if nobody waits for it. Returns `None` if it
    /// takes too long.
    async fn advance_in_background(
        &self,
        operation: StoredOperation,
    ) -> Result<Option<StoredOperation>, StoreError> {
        let (engine, id) = (self.clone(), operation.id);
        let task = tokio::spawn(async move { engine.advance(operation).await });
        match tokio::time::timeout(PATIENCE, task).await {
            Ok(Ok(Ok(Some(changed)))) => Ok(Some(changed)),
            Ok(Ok(Ok(None))) => self.0.store.get_operation(id).await,
            Ok(Ok(Err(error))) => Err(error),
            // The task took too long, panicked or was cancelled. The claim expires, and the reconciler goes on.
            Ok(Err(_)) | Err(_) => Ok(None),
        }
    }

    /// Asks the provider once about an operation that this server has claimed, and records what becomes of it. Returns
    /// the operation as it is then, unless nothing was recorded.
    pub(super) async fn advance(
        &self,
        operation: StoredOperation,
    ) -> Result<Option<StoredOperation>, StoreError> {
        let kind = &operation.kind;
        let provider = self.0.providers.iter().find(|one| one.owns(kind));
        let Some(provider) = provider else {
            tracing::warn!(operation = %operation.id, kind, "the operation's provider is not configured");
            return Ok(None);
        };
        let step = tokio::select! {
            step = provider.advance(&operation, self.now()) => step,
            () = self.renew(&operation) => return Ok(None),
        };
        match step {
            Ok(step) => self.commit(&operation, step, provider.is_live()).await,
            Err(error) => {
                tracing::error!(operation = %operation.id, kind, %error, "the operation cannot go on");
                Ok(None)
            }
        }
    }

    /// Renews a claim for as long as it is this server's.
    async fn renew(&self, operation: &StoredOperation) {
        loop {
            tokio::time::sleep(RENEWAL_INTERVAL).await;
            let (id, version) = (operation.id, operation.version);
            match self.0.store.renew_claim(id, version, self.lease()).await {
                Ok(true) => {}
                // Another server has the claim now, and asks the provider itself.
                Ok(false) => return,
                Err(error) => tracing::error!(operation = %id, %error, "a claim cannot be renewed"),
            }
        }
    }

    async fn commit(
        &self,
        operation: &StoredOperation,
        step: Step,
        is_live: bool,
    ) -> Result<Option<StoredOperation>, StoreError> {
        let now = self.now();
        let kind = operation.kind.as_str();
        let deadline = match step.next {
            Next::Soon => operation.deadline_at,
            Next::SoonUntil(deadline) => Some(deadline),
            Next::Watch | Next::Never => None,
        };
        let is_late = deadline.is_some_and(|deadline| deadline <= now);
        let is_overdue = !step.is_final && is_late;
        let known = operation.progress.attention.as_deref();
        let reason = step
            .attention
            .or((is_overdue && known.is_none()).then_some(DEADLINE));
        let event_of = |kind: &str, reason: Option<&str>, fields: &_| {
            event(operation, kind, reason, fields, now, is_live)
        };
        let mut events: Vec<_> = step
            .events
            .iter()
            .map(|event| event_of(event.kind, None, &event.fields))
            .collect();
        let alarm = reason.filter(|reason| known != Some(reason));
        if let Some(reason) = alarm {
            let attention = format!("{kind}.attention");
            events.push(event_of(&attention, Some(reason), &step.fields));
        }
        let attempts = if step.is_progress {
            0
        } else {
            operation.attempts
        };
        let wait = match step.next {
            Next::Never => None,
            Next::Watch => Some(HOUR),
            Next::Soon | Next::SoonUntil(_) if is_overdue => Some(HOUR),
            Next::Soon | Next::SoonUntil(_) => Some(wait_after(attempts, self.random_number())),
        };
        // An outcome settles what was open before, and leaves what contradicts it. So does what leaves the state in
        // which a person should look.
        let is_settled = operation.progress.state == ATTENTION && step.state != ATTENTION;
        let attention = match (reason, step.is_progress && (step.is_final || is_settled)) {
            (Some(reason), _) => Some(reason.to_owned()),
            (None, true) => None,
            (None, false) => known.map(str::to_owned),
        };
        let (state, is_final, is_progress) = (step.state, step.is_final, step.is_progress);
        let change = OperationChange {
            id: operation.id,
            kind: operation.kind.clone(),
            key: operation.key.clone(),
            version: operation.version,
            progress: Progress {
                state: state.to_owned(),
                data: step.data,
                is_final,
                attention,
                next_attempt_at: wait.map(|wait| now.saturating_add(wait)),
            },
            is_progress,
            fact: step
                .heard
                .filter(|_| is_progress || reason.is_some())
                .map(|text| Fact {
                    source: "provider".to_owned(),
                    text: text.chars().take(MAX_FACT_CHARS).collect(),
                }),
            events,
            creates: step.creates,
            wakes: step.wakes,
            now,
        };
        let changed = self.0.store.change_operation(change).await?;
        if changed.is_none() {
            // Another server took over when the claim ended, and records what it hears.
            tracing::warn!(operation = %operation.id, kind, "the operation changed meanwhile");
            return Ok(None);
        }
        if let Some(reason) = alarm {
            tracing::error!(
                operation = %operation.id, kind, reason,
                "the operation needs attention: see `pantoken operations show`"
            );
            self.0.metrics.record_operation(kind, "attention");
        }
        if is_progress {
            tracing::info!(operation = %operation.id, kind, state, "the operation changed");
            self.0.metrics.record_operation(kind, state);
        }
        Ok(changed)
    }

    /// Returns a random number, which need not be secret.
    fn random_number(&self) -> u32 {
        let mut bytes = [0; 4];
        // If this fails, the wait is the longest, which is harmless.
        let _ = self.0.random.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }
}
