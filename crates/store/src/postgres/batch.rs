//! Sends the statements of concurrent calls together, so that Postgres commits them together and they wait for the disk
//! once.

use std::collections::HashSet;
use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::postgres::PgConnection;
use tokio::sync::oneshot;

use crate::postgres::connections::{Connections, Lease};
use crate::{SessionId, StoreError, StoreOptions};

/// A call that can be sent with others of its kind.
pub(crate) trait Batched: Send + Sync + Sized + 'static {
    /// What the call returns.
    type Answer: Send;

    /// Returns the session that the call writes. A batch has one call for each.
    fn id(&self) -> SessionId;

    /// Sends the calls and commits them. Returns `None` for each that wrote nothing and has to be sent alone. If an
    /// error is returned, none has written anything, unless the connection was closed.
    fn send_together(
        connection: &mut PgConnection,
        calls: &[Arc<Self>],
        options: &StoreOptions,
    ) -> impl Future<Output = Result<Vec<Option<Self::Answer>>, StoreError>> + Send;
}

/// The calls that wait for the next batch. The call that has the turn sends it for all of them. Calls that come
/// meanwhile wait for the one after it.
pub(super) struct Batch<T: Batched> {
    waiting: Mutex<Vec<Waiting<T>>>,
    turn: tokio::sync::Mutex<()>,
}

struct Waiting<T: Batched> {
    call: Arc<T>,
    reply: oneshot::Sender<Result<Option<T::Answer>, StoreError>>,
}

impl<T: Batched> Batch<T> {
    /// Sends a call together with concurrent ones. Returns `None` if it wrote nothing and has to be sent alone: another
    /// call of the batch is for the same session, or Postgres has refused the batch, perhaps because of another call.
    pub(super) async fn join(
        &self,
        connections: &Connections,
        options: &StoreOptions,
        call: &Arc<T>,
    ) -> Result<Option<T::Answer>, StoreError> {
        let (reply, mut sent) = oneshot::channel();
        let call = call.clone();
        self.waiting().push(Waiting { call, reply });
        // If the call that has the turn is dropped, so are its replies, and nobody knows what was written.
        let lost = |_| StoreError::from(sqlx::Error::WorkerCrashed);
        tokio::select! {
            biased;
            sent = &mut sent => return sent.map_err(lost)?,
            _turn = self.turn.lock() => self.send_waiting(connections, options).await,
        }
        sent.await.map_err(lost)?
    }

    async fn send_waiting(&self, connections: &Connections, options: &StoreOptions) {
        let lease = connections.take().await;
        let (calls, replies): (Vec<_>, Vec<_>) = self
            .take_waiting()
            .into_iter()
            .map(|Waiting { call, reply }| (call, reply))
            .unzip();
        let answers = match lease {
            Ok(lease) if calls.is_empty() => return lease.keep(),
            Ok(lease) => send(lease, &calls, options).await,
            Err(error) => Err(error),
        };
        // Whoever called may have gone.
        match answers {
            Ok(answers) => replies
                .into_iter()
                .zip(answers)
                .for_each(|(reply, answer)| {
                    let _ = reply.send(Ok(answer));
                }),
            Err(error) => replies.into_iter().for_each(|reply| {
                let _ = reply.send(Err(error.clone()));
            }),
        }
    }

    fn take_waiting(&self) -> Vec<Waiting<T>> {
        let mut waiting = mem::take(&mut *self.waiting());
        // A call that ended meanwhile wants nothing any more.
        waiting.retain(|waiting| !waiting.reply.is_closed());
        let mut ids = HashSet::new();
        let (waiting, repeated): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .partition(|one| ids.insert(one.call.id().get()));
        for Waiting { reply, .. } in repeated {
            let _ = reply.send(Ok(None));
        }
        waiting
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting<T>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Batched> Default for Batch<T> {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }
}

impl<T: Batched> fmt::Debug for Batch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").finish_non_exhaustive()
    }
}

async fn send<T: Batched>(
    mut lease: Lease<'_>,
    calls: &[Arc<T>],
    options: &StoreOptions,
) -> Result<Vec<Option<T::Answer>>, StoreError> {
    match T::send_together(lease.connection()?, calls, options).await {
        Ok(answers) => {
            lease.keep();
            Ok(answers)
        }
        Err(error) if error.is_refusal() => {
            lease.keep();
            Ok(calls.iter().map(|_| None).collect())
        }
        Err(error) if lease.is_warm && error.is_of_unsent_statement() => {
            Ok(calls.iter().map(|_| None).collect())
        }
        Err(error) => Err(error),
    }
}
