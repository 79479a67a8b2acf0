//! The connections that read. Each call has one to itself.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::backend::Operation;
use crate::sqlite::blocking::blocking;
use crate::sqlite::connection::run;
use crate::sqlite::open::{BUSY_TIMEOUT, connect_to_read};
use crate::{StoreError, StoreOptions};

const LIMIT: usize = 4;

/// Clones share the connections, which are opened when they are first needed.
#[derive(Clone, Debug)]
pub(super) struct Readers {
    file: Arc<Path>,
    options: StoreOptions,
    places: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(file: Arc<Path>, options: StoreOptions) -> Self {
        Self {
            file,
            options,
            places: Arc::new(Semaphore::new(LIMIT)),
            idle: Arc::default(),
        }
    }

    pub(super) async fn read<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        let place = timeout(BUSY_TIMEOUT, self.places.clone().acquire_owned()).await;
        let busy = |_| StoreError::unavailable("all connections that read are in use");
        let place = place.map_err(busy)?.map_err(|_| StoreError::closed())?;
        let readers = self.clone();
        blocking(move || {
            let answer = readers.read_now(operation);
            drop(place);
            answer
        })
        .await
    }

    fn read_now<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        let idle = self.idle().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => connect_to_read(&self.file)?,
        };
        let answer = run(operation.run(&mut connection, &self.options))?;
        // After an error it is closed. It may cache damaged pages of a file that has since been repaired.
        self.idle().push(connection);
        Ok(answer)
    }

    /// Waits for the calls in progress, then closes the connections.
    pub(super) async fn close(&self) {
        let limit = u32::try_from(LIMIT).unwrap_or(u32::MAX);
        // An error means that another call closed them.
        if let Ok(places) = self.places.acquire_many(limit).await {
            self.places.close();
            drop(places);
            self.idle().clear();
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
