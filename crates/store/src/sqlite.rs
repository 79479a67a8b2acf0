//! SQLite: one file, one writer, several readers.

mod row;

use std::path::Path;
use std::time::Duration;

use pantoken_protocol::{FormResult, RequestId};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, SqliteConnection};

use crate::{
    Creation, Idempotency, Outcome, Proof, Recording, Session, SessionStore, StoreError, Terms,
    Verdict,
};

const READERS: u32 = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A [`SessionStore`] in a SQLite file.
///
/// Its clones share one connection that writes, so that writers of this process wait in a queue
/// and not in SQLite's busy loop; other processes may open the same file.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteStore {
    /// Opens the file, creates it where it is missing, and brings its tables to this version.
    ///
    /// # Errors
    /// [`StoreError::Open`] when the file cannot be opened or migrated.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        Self::connect(file)
            .await
            .map_err(|source| StoreError::Open {
                location: file.display().to_string(),
                source: source.into(),
            })
    }

    async fn connect(file: &Path) -> Result<Self, sqlx::Error> {
        create_private(file)?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            // Bound values are secrets.
            .disable_statement_logging();
        let pool = |size| {
            SqlitePoolOptions::new()
                .max_connections(size)
                .acquire_timeout(BUSY_TIMEOUT)
        };
        let writer = pool(1).connect_with(options.clone()).await?;
        sqlx::migrate!().run(&writer).await?;
        let readers = pool(READERS)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        Ok(Self { writer, readers })
    }

    /// Waits for the calls under way and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Creates a missing file for its owner alone: it will hold panTokens. SQLite gives its journal the
/// same permissions.
fn create_private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

impl SessionStore for SqliteStore {
    async fn create(
        &self,
        terms: Terms,
        idempotency: Option<Idempotency>,
    ) -> Result<Creation, StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        if let Some(idempotency) = &idempotency
            && let Some(earlier) = find_earlier(&mut transaction, idempotency).await?
        {
            return Ok(earlier);
        }
        if !insert(&mut transaction, &terms, idempotency.as_ref()).await? {
            return Ok(Creation::RequestIdTaken);
        }
        transaction.commit().await?;
        Ok(Creation::Created(Session {
            terms,
            outcome: None,
        }))
    }

    async fn record_result(
        &self,
        request_id: RequestId,
        proof: Proof,
        result: FormResult,
        now: i64,
    ) -> Result<Recording, StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let session = match find(&mut transaction, request_id).await? {
            Some(session) if session.accepts(&proof) => session,
            _ => return Ok(Recording::Forbidden),
        };
        match session.judge(&result, now) {
            Verdict::Repeated => return Ok(Recording::Repeated(session)),
            Verdict::Conflict => return Ok(Recording::Conflict(session)),
            Verdict::Expired => return Ok(Recording::Expired(session)),
            Verdict::Record => {}
        }
        let outcome = Outcome {
            result,
            recorded_at: now,
        };
        update(&mut transaction, request_id, &outcome).await?;
        transaction.commit().await?;
        Ok(Recording::Recorded(Session {
            outcome: Some(outcome),
            ..session
        }))
    }

    async fn get(&self, request_id: RequestId) -> Result<Option<Session>, StoreError> {
        find(&mut *self.readers.acquire().await?, request_id).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT count(*) FROM (SELECT 1 FROM sessions LIMIT 1)")
            .execute(&self.readers)
            .await?;
        Ok(())
    }
}

async fn find(
    connection: &mut SqliteConnection,
    request_id: RequestId,
) -> Result<Option<Session>, StoreError> {
    sqlx::query("SELECT * FROM sessions WHERE request_id = ?")
        .bind(request_id.get())
        .fetch_optional(connection)
        .await?
        .map(|row| row::read_session(&row))
        .transpose()
}

async fn find_earlier(
    connection: &mut SqliteConnection,
    idempotency: &Idempotency,
) -> Result<Option<Creation>, StoreError> {
    let row = sqlx::query("SELECT * FROM sessions WHERE idempotency_key = ?")
        .bind(idempotency.key.as_bytes())
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let session = row::read_session(&row)?;
    if row::read_fingerprint(&row)? == idempotency.fingerprint {
        Ok(Some(Creation::Repeated(session)))
    } else {
        Ok(Some(Creation::Mismatch))
    }
}

/// Whether the request id was free.
async fn insert(
    connection: &mut SqliteConnection,
    terms: &Terms,
    idempotency: Option<&Idempotency>,
) -> Result<bool, StoreError> {
    let (return_url, callback_token) = row::flow_columns(&terms.flow);
    let done = sqlx::query(
        "INSERT INTO sessions (request_id, language, return_url, callback_token_digest, customer, \
         seed, result_token_digest, idempotency_key, fingerprint, created_at, expires_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (request_id) DO NOTHING",
    )
    .bind(terms.request_id.get())
    .bind(terms.language.as_str())
    .bind(return_url)
    .bind(callback_token)
    .bind(terms.customer.as_deref())
    .bind(terms.seed.as_slice())
    .bind(terms.result_token.as_bytes())
    .bind(idempotency.map(|idempotency| idempotency.key.as_bytes()))
    .bind(idempotency.map(|idempotency| idempotency.fingerprint.as_bytes()))
    .bind(terms.created_at)
    .bind(terms.expires_at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

async fn update(
    connection: &mut SqliteConnection,
    request_id: RequestId,
    outcome: &Outcome,
) -> Result<(), StoreError> {
    let (pan_token, error_code, error_message) = row::result_columns(&outcome.result);
    sqlx::query(
        "UPDATE sessions SET pan_token = ?, error_code = ?, error_message = ?, finished_at = ? \
         WHERE request_id = ?",
    )
    .bind(pan_token)
    .bind(error_code)
    .bind(error_message)
    .bind(outcome.recorded_at)
    .bind(request_id.get())
    .execute(connection)
    .await?;
    Ok(())
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row;

    use super::*;

    #[tokio::test]
    async fn a_commit_waits_for_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("pantoken.db"))
            .await
            .unwrap();
        let row = sqlx::query("PRAGMA synchronous")
            .fetch_one(&store.writer)
            .await
            .unwrap();
        const FULL: i64 = 2;
        assert_eq!(row.get::<i64, _>(0), FULL);
    }
}
