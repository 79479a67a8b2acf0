//! The operations of the store, each written once for both databases.

mod api_keys;
pub(crate) mod create;
mod delete_expired;
pub(crate) mod deliveries;
mod operation_changes;
mod operation_claims;
mod operation_keys;
mod operation_lists;
mod operation_row;
#[cfg(test)]
mod plans;
pub(crate) mod record_result;
mod session_list;
pub(crate) mod sessions;
pub(crate) mod store_keys;
mod sweeps;

use crate::backend::Backend;
use crate::new_session::NewSession;
use crate::recording::Recording;
use crate::{
    ApiKeyName, ApiKeyRecord, ApiKeyScope, ApiKeyStore, Claim, CreateOutcome, Credential, Delivery,
    DeliveryId, DeliveryState, Digest, Fact, Idempotency, InboxEntry, KeyRotation, NewOperation,
    OperationChange, OperationCreation, OperationFilter, OperationId, OperationStore, Outbox,
    RecordOutcome, Reencrypted, ReencryptedOperations, Session, SessionData, SessionFilter,
    SessionId, SessionResult, SessionStore, SessionSummary, SignedApiKeys, StoreError,
    StoredOperation,
};

impl<B: Backend> SessionStore for B {
    async fn create(
        &self,
        data: SessionData,
        idempotency: Option<Idempotency>,
    ) -> Result<CreateOutcome, StoreError> {
        self.create_session(NewSession { data, idempotency }).await
    }

    async fn record_result(
        &self,
        id: SessionId,
        credential: Credential,
        result: SessionResult,
        now: i64,
    ) -> Result<RecordOutcome, StoreError> {
        let recording = Recording {
            id,
            credential,
            result,
            now,
        };
        self.record_session_result(recording).await
    }

    async fn get(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.read(sessions::Get { id }).await
    }

    async fn list_sessions(
        &self,
        filter: SessionFilter,
    ) -> Result<Vec<SessionSummary>, StoreError> {
        self.read(session_list::List { filter }).await
    }

    async fn newest_created_at(&self) -> Result<Option<i64>, StoreError> {
        self.read(sessions::CreatedAt(&sessions::NEWEST)).await
    }

    async fn oldest_created_at(&self) -> Result<Option<i64>, StoreError> {
        self.read(sessions::CreatedAt(&sessions::OLDEST)).await
    }

    async fn delete_expired_before(&self, time: i64, limit: u32) -> Result<u64, StoreError> {
        self.write(delete_expired::DeleteExpired { time, limit })
            .await
    }

    async fn last_sweep(&self) -> Result<Option<i64>, StoreError> {
        self.read(sweeps::Last).await
    }

    async fn record_sweep(&self, time: i64) -> Result<(), StoreError> {
        self.write(sweeps::Record { time }).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.write(sessions::Check).await
    }
}

impl<B: Backend> ApiKeyStore for B {
    async fn insert_api_key(
        &self,
        name: ApiKeyName,
        scope: ApiKeyScope,
        digest: Digest,
        now: i64,
    ) -> Result<bool, StoreError> {
        let key = api_keys::Insert {
            name,
            scope,
            digest,
            now,
        };
        self.write(key).await
    }

    async fn find_api_key(&self, digest: Digest) -> Result<Option<ApiKeyRecord>, StoreError> {
        self.read(api_keys::Find { digest }).await
    }

    async fn list_api_keys(&self) -> Result<Vec<ApiKeyRecord>, StoreError> {
        self.read(api_keys::List).await
    }

    async fn revoke_api_key(&self, name: ApiKeyName, now: i64) -> Result<bool, StoreError> {
        self.write(api_keys::Revoke { name, now }).await
    }
}

impl<B: Backend> Outbox for B {
    async fn claim_deliveries(
        &self,
        now: i64,
        leased_until: i64,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let operation = deliveries::ClaimDue {
            now,
            leased_until,
            limit,
        };
        self.write(operation).await
    }

    async fn mark_delivered(&self, claim: Claim) -> Result<bool, StoreError> {
        let state = DeliveryState::Delivered;
        self.write(deliveries::FinishAttempt {
            claim,
            state,
            next_attempt_at: None,
            reason: None,
        })
        .await
    }

    async fn reschedule_delivery(
        &self,
        claim: Claim,
        next_attempt_at: i64,
        reason: String,
    ) -> Result<bool, StoreError> {
        let state = DeliveryState::Pending;
        self.write(deliveries::FinishAttempt {
            claim,
            state,
            next_attempt_at: Some(next_attempt_at),
            reason: Some(reason),
        })
        .await
    }

    async fn mark_dead(&self, claim: Claim, reason: String) -> Result<bool, StoreError> {
        let state = DeliveryState::Dead;
        self.write(deliveries::FinishAttempt {
            claim,
            state,
            next_attempt_at: None,
            reason: Some(reason),
        })
        .await
    }

    async fn list_deliveries(
        &self,
        state: DeliveryState,
        after: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let operation = deliveries::List {
            state,
            after,
            limit,
        };
        self.read(operation).await
    }

    async fn count_deliveries(&self, state: DeliveryState) -> Result<u64, StoreError> {
        self.read(deliveries::Count { state }).await
    }

    async fn abandon_deliveries(
        &self,
        time: i64,
        reason: String,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let operation = deliveries::Abandon {
            time,
            reason,
            limit,
        };
        self.write(operation).await
    }

    async fn bring_forward_deliveries(&self, latest: i64) -> Result<u64, StoreError> {
        self.write(deliveries::BringForward { latest }).await
    }

    async fn retry_delivery(&self, id: DeliveryId, now: i64) -> Result<bool, StoreError> {
        self.write(deliveries::Retry { id, now }).await
    }
}

impl<B: Backend> OperationStore for B {
    async fn create_operation(
        &self,
        operation: NewOperation,
    ) -> Result<OperationCreation, StoreError> {
        self.write(operation_changes::Create { operation }).await
    }

    async fn find_operation(
        &self,
        kind: String,
        key: String,
    ) -> Result<Option<StoredOperation>, StoreError> {
        self.read(operation_lists::Find { kind, key }).await
    }

    async fn get_operation(&self, id: OperationId) -> Result<Option<StoredOperation>, StoreError> {
        self.read(operation_lists::Get { id }).await
    }

    async fn claim_operation(
        &self,
        id: OperationId,
        now: i64,
        leased_until: i64,
    ) -> Result<Option<StoredOperation>, StoreError> {
        let claim = operation_claims::ClaimOne {
            id,
            now,
            leased_until,
        };
        self.write(claim).await
    }

    async fn claim_due_operations(
        &self,
        now: i64,
        leased_until: i64,
        limit: u32,
    ) -> Result<Vec<Result<StoredOperation, StoreError>>, StoreError> {
        let claim = operation_claims::ClaimDue {
            now,
            leased_until,
            limit,
        };
        self.write(claim).await
    }

    async fn renew_claim(
        &self,
        id: OperationId,
        version: i64,
        leased_until: i64,
    ) -> Result<bool, StoreError> {
        let renewal = operation_claims::Renew {
            id,
            version,
            leased_until,
        };
        self.write(renewal).await
    }

    async fn change_operation(
        &self,
        change: OperationChange,
    ) -> Result<Option<StoredOperation>, StoreError> {
        self.write(operation_changes::Change { change }).await
    }

    async fn hint_operation(
        &self,
        kind: String,
        key: String,
        fact: Fact,
        now: i64,
    ) -> Result<bool, StoreError> {
        let hint = operation_changes::Hint {
            kind,
            key,
            fact,
            now,
        };
        self.write(hint).await
    }

    async fn list_operations(
        &self,
        filter: OperationFilter,
    ) -> Result<Vec<StoredOperation>, StoreError> {
        self.read(operation_lists::List { filter }).await
    }

    async fn find_awaited_parts(
        &self,
        kind: String,
        id: String,
        limit: u32,
    ) -> Result<Vec<StoredOperation>, StoreError> {
        let end = format!("/{id}");
        self.read(operation_lists::AwaitedParts { kind, end, limit })
            .await
    }

    async fn operation_inbox(&self, id: OperationId) -> Result<Vec<InboxEntry>, StoreError> {
        self.read(operation_lists::Inbox { id }).await
    }

    async fn delete_finished_operations(&self, time: i64, limit: u32) -> Result<u64, StoreError> {
        self.write(operation_lists::DeleteFinished { time, limit })
            .await
    }
}

impl<B: Backend> KeyRotation for B {
    async fn reencrypt(
        &self,
        after: Option<SessionId>,
        limit: u32,
    ) -> Result<Reencrypted, StoreError> {
        self.write(store_keys::Reencrypt { after, limit }).await
    }

    async fn reencrypt_operations(
        &self,
        after: Option<OperationId>,
        limit: u32,
    ) -> Result<ReencryptedOperations, StoreError> {
        self.write(operation_keys::Reencrypt { after, limit }).await
    }

    async fn sign_api_keys(&self) -> Result<SignedApiKeys, StoreError> {
        self.write(api_keys::Sign).await
    }

    async fn forget_other_keys(&self) -> Result<u64, StoreError> {
        let mut others = self.read(operation_keys::CountOthers).await?;
        let mut after = Some(0);
        while let Some(last) = after {
            let (found, next) = self.read(store_keys::CountOthers { after: last }).await?;
            others += found;
            after = next;
        }
        if others == 0 {
            self.write(store_keys::ForgetOthers).await?;
        }
        Ok(others)
    }
}
