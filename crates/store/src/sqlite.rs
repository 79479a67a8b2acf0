//! The store in a SQLite file, with one writer and several readers.

mod blocking;
mod checkpointer;
mod connection;
mod migrations;
mod open;
mod readers;
mod thread;
mod writer;

use std::io;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use crate::backend::{Backend, Operation};
use crate::new_session::NewSession;
use crate::operations::create::Create;
use crate::operations::record_result::RecordResult;
use crate::operations::store_keys::CheckKeys;
use crate::recording::Recording;
use crate::{CreateOutcome, RecordOutcome, StoreError, StoreOptions};
use blocking::blocking;
use readers::Readers;
use writer::Writer;

/// A store in a SQLite file.
///
/// Clones share one writer, which combines concurrent writes into one transaction. Other processes may
/// open the same file.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
}

impl SqliteStore {
    /// Opens the file, creates it if it is missing, and migrates its tables.
    ///
    /// # Errors
    /// Returns [`StoreError::Open`] if the file cannot be opened or migrated.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        Self::open_with(file, StoreOptions::default()).await
    }

    /// Opens the file like [`SqliteStore::open`], with options.
    ///
    /// # Errors
    /// Returns [`StoreError::Open`] if the file cannot be opened or migrated, and
    /// [`StoreError::UnknownKey`] if tokens are encrypted with a key that is not in the options.
    pub async fn open_with(file: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        let store = Self::connect(file, options).await?;
        store.read(CheckKeys).await?;
        Ok(store)
    }

    /// Opens the file without checking the store keys.
    pub(crate) async fn connect(file: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        let file: Arc<Path> = file.into();
        let options = Arc::new(options);
        let created = file.clone();
        let connection = blocking(move || open::migrate(&created)).await?;
        Self::start(connection, &file, &options)
            .map_err(|error| StoreError::opening(file.display().to_string(), error))
    }

    fn start(
        connection: Connection,
        file: &Arc<Path>,
        options: &Arc<StoreOptions>,
    ) -> io::Result<Self> {
        Ok(Self {
            readers: Readers::start(file, options)?,
            writer: Writer::start(connection, file.clone(), options.clone())?,
        })
    }

    /// Waits for the calls in progress, then closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        // The writer closes last, because the last connection moves the write-ahead log into the file,
        // and a reader cannot.
        self.writer.close().await;
    }
}

pub(crate) async fn migrate(file: &Path) -> Result<(), StoreError> {
    let file = file.to_owned();
    blocking(move || open::migrate(&file).map(drop)).await
}

pub(crate) async fn vacuum(file: &Path) -> Result<(), StoreError> {
    let file = file.to_owned();
    blocking(move || open::vacuum(&file)).await
}

impl Backend for SqliteStore {
    async fn read<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        self.readers.read(operation).await
    }

    async fn write<O: Operation>(&self, operation: O) -> Result<O::Answer, StoreError> {
        self.writer.write(operation).await
    }

    async fn create_session(&self, new: NewSession) -> Result<CreateOutcome, StoreError> {
        self.write(Create(Arc::new(new))).await
    }

    async fn record_session_result(
        &self,
        recording: Recording,
    ) -> Result<RecordOutcome, StoreError> {
        self.write(RecordResult(Arc::new(recording))).await
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;
    use crate::SessionStore as _;
    use crate::connection::Connection;

    struct Panic;

    impl Operation for Panic {
        type Answer = ();

        async fn run<C: Connection>(
            &self,
            _connection: &mut C,
            _options: &StoreOptions,
        ) -> Result<(), StoreError> {
            panic!("a bug")
        }
    }

    async fn open(folder: &tempfile::TempDir) -> SqliteStore {
        let file = folder.path().join("pantoken.db");
        SqliteStore::open(&file).await.unwrap()
    }

    #[tokio::test]
    async fn a_panic_fails_one_write_and_not_the_writer() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder).await;
        for _ in 0..2 {
            let answer = store.write(Panic).await;
            assert!(matches!(answer, Err(StoreError::Unavailable(_))));
            store.check().await.unwrap();
        }
        store.close().await;
    }

    #[tokio::test]
    async fn a_panic_fails_one_read_and_no_other() {
        const MORE_THAN_THERE_ARE_THREADS: usize = 30;
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder).await;
        let reads = (0..MORE_THAN_THERE_ARE_THREADS).map(async |_| {
            let (failed, last) = tokio::join!(store.read(Panic), store.last_sweep());
            assert!(matches!(failed, Err(StoreError::Unavailable(_))));
            assert_eq!(last.unwrap(), None);
        });
        join_all(reads).await;
        store.close().await;
        let closed = store.last_sweep().await;
        assert!(matches!(closed, Err(StoreError::Unavailable(_))));
    }
}
