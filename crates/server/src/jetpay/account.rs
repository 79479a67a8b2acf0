//! Remembers the accounts that were found, so that paid money is not refused while the agent is silent.

use pantoken_jetpay::{Account, Currency, ProjectId};
use pantoken_store::{
    Digest, NewOperation, OperationChange, OperationCreation, OperationStore, Progress, StoreError,
    StoredOperation,
};
use serde::{Deserialize, Serialize};

use crate::app::Parts;
use crate::operations::stored;

const KIND: &str = "jetpay.account";
const STATE: &str = "found";
/// How long an account is believed to exist after it was found, in milliseconds.
const BELIEVED: i64 = 24 * 3_600_000;
/// An account that was found this shortly before is not stored again, in milliseconds.
const FRESH: i64 = 60_000;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    currency: String,
    additional_customer_id: Option<String>,
    found_at: i64,
}

/// Stores that an account was found now. If that fails, the account is only not remembered.
pub(super) async fn remember(app: &Parts, project: ProjectId, customer: &str, account: &Account) {
    let found = Found {
        currency: account.currency.as_str().to_owned(),
        additional_customer_id: account.additional_customer_id.clone(),
        found_at: app.clock.now(),
    };
    if let Err(error) = store(app, project, customer, &found).await {
        tracing::error!(%error, "an account cannot be remembered");
    }
}

/// Returns an account that was found within the last day.
pub(super) async fn recall(app: &Parts, project: ProjectId, customer: &str) -> Option<Account> {
    let key = key_of(project, customer);
    let stored = app.store.find_operation(KIND.to_owned(), key).await;
    let stored = stored
        .inspect_err(|error| tracing::error!(%error, "an account cannot be recalled"))
        .ok()??;
    let found: Found = stored::read(&stored).ok()?;
    let until = found.found_at.saturating_add(BELIEVED + FRESH);
    if app.clock.now() > until {
        return None;
    }
    let mut account = Account::new(Currency::parse(&found.currency));
    account.additional_customer_id = found.additional_customer_id;
    Some(account)
}

async fn store(
    app: &Parts,
    project: ProjectId,
    customer: &str,
    found: &Found,
) -> Result<(), StoreError> {
    let Ok(data) = stored::write(found) else {
        return Ok(());
    };
    let mut progress = Progress::new(STATE, data);
    progress.is_final = true;
    let new = NewOperation {
        kind: KIND.to_owned(),
        key: key_of(project, customer),
        parent: None,
        customer: Some(customer.to_owned()),
        created_by: None,
        fingerprint: Digest::of(b"account"),
        progress: progress.clone(),
        created_at: found.found_at,
        leased_until: None,
        deadline_at: None,
    };
    match app.store.create_operation(new).await? {
        OperationCreation::Repeated(known) if !is_fresh(&known, found) => {
            replace(app, &known, progress, found.found_at).await
        }
        _ => Ok(()),
    }
}

fn is_fresh(known: &StoredOperation, found: &Found) -> bool {
    stored::read::<Found>(known).is_ok_and(|known| {
        let age = found.found_at.saturating_sub(known.found_at);
        known.currency == found.currency && (0..FRESH).contains(&age)
    })
}

async fn replace(
    app: &Parts,
    known: &StoredOperation,
    progress: Progress,
    now: i64,
) -> Result<(), StoreError> {
    let change = OperationChange {
        id: known.id,
        kind: known.kind.clone(),
        key: known.key.clone(),
        version: known.version,
        progress,
        is_progress: true,
        fact: None,
        events: Vec::new(),
        creates: Vec::new(),
        wakes: Vec::new(),
        now,
    };
    // If another server has just stored the same, nothing is lost.
    app.store.change_operation(change).await.map(|_| ())
}

fn key_of(project: ProjectId, customer: &str) -> String {
    let digest = Digest::of(customer.as_bytes());
    format!("{project}/{}", hex::encode(digest.as_bytes()))
}
