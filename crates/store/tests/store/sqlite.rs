use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pantoken_store::{
    Database, DatabaseUrl, KeyRotation, SessionStore, SqliteStore, StoreError, StoreKey, StoreKeys,
    StoreOptions,
};
use sqlx::{ConnectOptions, Connection, Executor, Row, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::contract::{
    CREATED_AT, Place, contract_tests, credential, saved, session_data, session_id,
};

pub(crate) struct SqlitePlace {
    pub(crate) folder: TempDir,
}

impl SqlitePlace {
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("pantoken.db")
    }
}

impl Place for SqlitePlace {
    type Store = SqliteStore;

    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        Some(Self { folder })
    }

    async fn try_open(&self, options: StoreOptions) -> Result<SqliteStore, StoreError> {
        SqliteStore::open_with(&self.file(), options).await
    }

    async fn edit(&self, sql: &'static str) {
        let options = SqliteConnectOptions::new().filename(self.file());
        let mut connection = options.connect().await.unwrap();
        connection.execute(sql).await.unwrap();
    }
}

async fn open() -> (TempDir, [SqliteStore; 2]) {
    let place = SqlitePlace::new().unwrap();
    let stores = place.open_twice(StoreOptions::default()).await;
    (place.folder, stores)
}

contract_tests!(crate::sqlite::SqlitePlace);

#[tokio::test]
async fn a_reopened_file_holds_what_was_acknowledged() {
    let (folder, [store, other]) = open().await;
    let _ = store.create(session_data(1), None).await.unwrap();
    let _ = store
        .record_result(session_id(1), credential(), saved("token"), CREATED_AT)
        .await
        .unwrap();
    store.close().await;
    other.close().await;

    let again = SqliteStore::open(&folder.path().join("pantoken.db"))
        .await
        .unwrap();
    let session = again.get(session_id(1)).await.unwrap().unwrap();
    assert_eq!(session.recorded.unwrap().result, saved("token"));
}

#[tokio::test]
async fn session_tokens_are_stored_only_as_digests() {
    let (folder, [store, _other]) = open().await;
    let _ = store.create(session_data(1), None).await.unwrap();
    store.close().await;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for token in ["result token", "callback token"] {
            assert!(!text.contains(token));
        }
    }
}

/// A page that was deleted from keeps what was in it, and so does the write-ahead log.
#[tokio::test]
async fn a_token_that_was_unencrypted_is_in_no_file_after_it_is_erased() {
    let place = SqlitePlace::new().unwrap();
    let clear = place.open(StoreOptions::default()).await;
    for id in 1..=50 {
        let _ = clear.create(session_data(id), None).await.unwrap();
        let result = saved("canary-of-a-token");
        let answer = clear.record_result(session_id(id), credential(), result, CREATED_AT);
        let _ = answer.await.unwrap();
    }
    let contains = || {
        let files = std::fs::read_dir(place.folder.path()).unwrap();
        let mut texts = files.map(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        });
        texts.any(|text| text.contains("canary-of-a-token"))
    };
    assert!(contains());
    let key = StoreKey::parse(&"1".repeat(64)).unwrap();
    let sealed = place
        .open(StoreOptions {
            keys: Some(StoreKeys::new(key, Vec::new())),
            ..StoreOptions::default()
        })
        .await;
    assert_eq!(sealed.reencrypt(None, 99).await.unwrap().encrypted, 50);
    // Other servers have it open meanwhile.
    let url = DatabaseUrl::Sqlite(place.file());
    Database::erase_deleted(&url).await.unwrap();
    assert!(!contains());
    sealed.check().await.unwrap();
    clear.check().await.unwrap();
}

#[tokio::test]
async fn what_is_deleted_is_overwritten() {
    let (folder, [store, _other]) = open().await;
    let url = folder.path().join("pantoken.db");
    let mut connection = SqliteConnectOptions::new()
        .filename(&url)
        .connect()
        .await
        .unwrap();
    let _ = store.create(session_data(1), None).await.unwrap();
    let result = saved("canary-of-a-token");
    let answer = store.record_result(session_id(1), credential(), result, CREATED_AT);
    let _ = answer.await.unwrap();
    let deleted = store.delete_expired_before(i64::MAX, 9).await.unwrap();
    assert_eq!(deleted, 1);
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    connection.execute(checkpoint).await.unwrap();
    let bytes = std::fs::read(&url).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("canary-of-a-token"));
}

#[tokio::test]
async fn an_edited_row_is_reported_as_corrupt() {
    let (folder, [store, _]) = open().await;
    let _ = store.create(session_data(1), None).await.unwrap();
    let mut connection = SqliteConnectOptions::new()
        .filename(folder.path().join("pantoken.db"))
        .connect()
        .await
        .unwrap();
    sqlx::query("UPDATE sessions SET seed = x'07'")
        .execute(&mut connection)
        .await
        .unwrap();
    let answer = store.get(session_id(1)).await;
    assert!(
        matches!(answer, Err(StoreError::Corrupt { column: "seed", .. })),
        "{answer:?}"
    );
    let no_text =
        sqlx::query("UPDATE sessions SET seed = zeroblob(16), pan_token = x'ff', finished_at = 1");
    no_text.execute(&mut connection).await.unwrap();
    let answer = store.get(session_id(1)).await;
    assert!(
        matches!(
            answer,
            Err(StoreError::Corrupt {
                column: "pan_token",
                ..
            })
        ),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(
        &file,
        "not a database, but long enough to be taken for one".repeat(40),
    )
    .unwrap();
    let error = SqliteStore::open(&file).await.unwrap_err();
    assert!(error.to_string().contains("notes.txt"), "{error}");
}

#[tokio::test]
async fn the_journal_is_a_write_ahead_log() {
    let (folder, [_store, _]) = open().await;
    let mut connection = SqliteConnectOptions::new()
        .filename(folder.path().join("pantoken.db"))
        .connect()
        .await
        .unwrap();
    let row = sqlx::query("PRAGMA journal_mode")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(row.get::<String, _>(0), "wal");
}

#[tokio::test]
async fn a_closed_store_is_unavailable() {
    let (_folder, [store, _]) = open().await;
    store.close().await;
    let answer = store.check().await;
    assert!(
        matches!(answer, Err(StoreError::Unavailable(_))),
        "{answer:?}"
    );
    let answer = store.create(session_data(1), None).await;
    assert!(
        matches!(answer, Err(StoreError::Unavailable(_))),
        "{answer:?}"
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_store_that_is_dropped_closes_its_file() {
    let (folder, stores) = open().await;
    let file = folder.path().join("pantoken.db");
    let is_open = || {
        let mut opened = std::fs::read_dir("/proc/self/fd").unwrap();
        opened.any(|opened| std::fs::read_link(opened.unwrap().path()).is_ok_and(|to| to == file))
    };
    assert!(is_open());
    drop(stores);
    while is_open() {}
}

/// Such as looking up the name of a host that does not answer.
#[test]
fn slow_work_on_the_runtimes_threads_holds_up_no_call() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().max_blocking_threads(1).build();
    runtime.unwrap().block_on(async {
        let (_folder, [store, _other]) = open().await;
        let (ended, end) = std::sync::mpsc::channel::<()>();
        let slow = tokio::task::spawn_blocking(move || end.recv());
        let _ = store.create(session_data(1), None).await.unwrap();
        let session = store.get(session_id(1)).await.unwrap().unwrap();
        assert_eq!(session.data, session_data(1));
        drop(ended);
        assert!(slow.await.unwrap().is_err());
    });
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, [store, _other]) = open().await;
    let _ = store.create(session_data(1), None).await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

const FILE: &str = "PANTOKEN_TEST_FILE_TO_OPEN";

#[tokio::test]
async fn many_processes_may_start_at_once_on_one_new_file() {
    let place = SqlitePlace::new().unwrap();
    let start = |_| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sqlite::opens_the_given_file"])
            .env(FILE, place.file())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    let children: Vec<_> = (0..12).map(start).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let store = place.open(StoreOptions::default()).await;
    store.check().await.unwrap();
}

/// Runs in a child process. In the parent there is no file to open, and nothing to do.
#[tokio::test]
async fn opens_the_given_file() {
    if let Some(file) = std::env::var_os(FILE) {
        let store = SqliteStore::open(Path::new(&file)).await.unwrap();
        store.check().await.unwrap();
    }
}

/// Some writes fail beside many that succeed, in whatever transactions they are combined: results of a row that cannot
/// be read, and sessions whose ids SQLite refuses.
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_write_does_not_fail_those_that_are_written_with_it() {
    let place = SqlitePlace::new().unwrap();
    let store = place.open(StoreOptions::default()).await;
    let _ = store.create(session_data(1), None).await.unwrap();
    place.edit("UPDATE sessions SET seed = x'07'").await;
    let writes: Vec<_> = (2..60)
        .map(|id| {
            let store = store.clone();
            tokio::spawn(async move {
                if id % 3 == 0 {
                    let result = saved("token");
                    let answer =
                        store.record_result(session_id(1), credential(), result, CREATED_AT);
                    let answer = answer.await;
                    assert!(
                        matches!(answer, Err(StoreError::Corrupt { .. })),
                        "{answer:?}"
                    );
                } else if id % 5 == 0 {
                    let answer = store.create(session_data(-id), None).await;
                    assert!(answer.is_err(), "{answer:?}");
                } else {
                    let _ = store.create(session_data(id), None).await.unwrap();
                }
            })
        })
        .collect();
    for write in writes {
        write.await.unwrap();
    }
    for id in (2..60).filter(|id| id % 3 != 0 && id % 5 != 0) {
        assert!(store.get(session_id(id)).await.unwrap().is_some(), "{id}");
    }
}

/// Until the first rotation, tokens were bound to their session and not to its customer.
#[tokio::test]
async fn a_rotation_seals_the_tokens_of_earlier_versions_again() {
    let place = SqlitePlace::new().unwrap();
    let key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let keys = StoreKeys::new(StoreKey::parse(key).unwrap(), Vec::new());
    let options = StoreOptions {
        keys: Some(keys),
        ..StoreOptions::default()
    };
    let store = place.open(options).await;
    let _ = store.create(session_data(12_345_678), None).await.unwrap();
    place
        .edit(
            "UPDATE sessions SET finished_at = 1, pan_token_key = 'd882d69ab4c4a695', pan_token = \
             x'2c7a67013c617d3a9b063a89ed3a8050a7ba22b04b57b9bcd02ef2b4345aa428e8870035d19c1cb2a400721145834a240dbdf606'",
        )
        .await;
    let token = saved("1a77343a-dd8a-11eb-ba80-0242ac130004");
    let recorded = async || {
        let session = store.get(session_id(12_345_678)).await?;
        Ok::<_, StoreError>(session.unwrap().recorded.unwrap().result)
    };
    assert_eq!(recorded().await.unwrap(), token);
    assert_eq!(store.reencrypt(None, 9).await.unwrap().encrypted, 1);
    assert_eq!(store.forget_other_keys().await.unwrap(), 0);
    assert_eq!(recorded().await.unwrap(), token);
    place.edit("UPDATE sessions SET customer = 'another'").await;
    let answer = recorded().await;
    assert!(
        matches!(answer, Err(StoreError::Corrupt { .. })),
        "{answer:?}"
    );
}

/// Opens a file as the first version of this store created it.
#[tokio::test]
async fn a_file_of_the_first_version_keeps_its_sessions() {
    let place = SqlitePlace::new().unwrap();
    let options = SqliteConnectOptions::new()
        .filename(place.file())
        .create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    sqlx::migrate!("migrations/sqlite")
        .run_to(1, &mut connection)
        .await
        .unwrap();
    connection
        .execute(
            "INSERT INTO sessions VALUES (1, 'ru', NULL, NULL, 'Айгүл', zeroblob(16), \
             zeroblob(32), zeroblob(32), zeroblob(32), 5, 6, 'token', NULL, NULL, 7)",
        )
        .await
        .unwrap();
    connection.close().await.unwrap();
    let store = place.open(StoreOptions::default()).await;
    let session = store.get(session_id(1)).await.unwrap().unwrap();
    assert_eq!(session.data.customer.as_deref(), Some("Айгүл"));
    assert_eq!((session.data.created_at, session.data.expires_at), (5, 6));
    let outcome = session.recorded.unwrap();
    assert_eq!((outcome.result, outcome.recorded_at), (saved("token"), 7));
}

/// sqlx, with which earlier versions of the store migrated, agrees with the list of migrations.
#[tokio::test]
async fn a_file_is_also_migrated_for_earlier_versions() {
    let place = SqlitePlace::new().unwrap();
    place.open(StoreOptions::default()).await.close().await;
    let options = SqliteConnectOptions::new().filename(place.file());
    let mut connection = options.connect().await.unwrap();
    let migrator = sqlx::migrate!("migrations/sqlite");
    migrator.run(&mut connection).await.unwrap();
    let list = connection.fetch_all("SELECT version FROM _sqlx_migrations ORDER BY version");
    let list: Vec<i64> = list.await.unwrap().iter().map(|row| row.get(0)).collect();
    let versions: Vec<_> = migrator.iter().map(|migration| migration.version).collect();
    assert_eq!(list, versions);
}

#[tokio::test]
async fn a_file_of_another_version_is_refused_and_left_as_it_is() {
    for (edit, told) in [
        (
            "INSERT INTO _sqlx_migrations VALUES (9999, 'later', 0, TRUE, x'00', 0)",
            "migration 9999 was previously applied but is missing",
        ),
        (
            "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 3",
            "migration 3 was previously applied but has been modified",
        ),
    ] {
        let place = SqlitePlace::new().unwrap();
        place.open(StoreOptions::default()).await.close().await;
        place.edit(edit).await;
        place
            .edit(
                "DELETE FROM _sqlx_migrations WHERE version = 13; DROP TABLE inbox; DROP TABLE operations",
            )
            .await;
        let error = place.try_open(StoreOptions::default()).await.unwrap_err();
        let error = error.to_string();
        assert!(error.contains(told), "{error}");
        assert!(error.contains("pantoken.db"), "{error}");
        // What was begun before the difference was found is undone.
        place.edit("CREATE TABLE operations (id)").await;
    }
}
