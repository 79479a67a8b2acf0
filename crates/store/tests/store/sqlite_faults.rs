//! What goes wrong with a file, and that it goes on when the cause is gone.

use std::fs;
use std::path::Path;
use std::process::Command;

use pantoken_store::{SessionStore, SqliteStore, StoreError, StoreOptions};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, Row};

use crate::contract::{Place, create, session_data, session_id};
use crate::sqlite::SqlitePlace;
use crate::sqlite_log::{self, Log, STEP, create_large};

const MEBIBYTE: usize = 1 << 20;

/// A small file system of its own in memory, which only root can make.
struct SmallDisk {
    folder: tempfile::TempDir,
    size: usize,
}

impl SmallDisk {
    /// None, with a word on it, for who is not root.
    fn mount(size: usize) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let disk = Self { folder, size };
        let option = format!("size={size}");
        let arguments = ["-t", "tmpfs", "-o", &option, "tmpfs"];
        let mounted = Command::new("mount")
            .args(arguments)
            .arg(disk.path())
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(disk);
        }
        eprintln!("left out: only root can mount a small disk");
        None
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn remount(&self, option: &str) {
        let options = format!("remount,{option}");
        let mut mount = Command::new("mount");
        assert!(
            mount
                .args(["-o", &options])
                .arg(self.path())
                .status()
                .unwrap()
                .success()
        );
    }

    fn fill(&self) {
        let ballast = self.path().join("ballast");
        let full = fs::write(ballast, vec![0; self.size]).unwrap_err();
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    }

    fn make_room(&self) {
        fs::remove_file(self.path().join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a failed test may have the file open.
        let _ = Command::new("umount").arg("-l").arg(self.path()).output();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_nothing_is_acknowledged_until_there_is_room() {
    let Some(disk) = SmallDisk::mount(MEBIBYTE) else {
        return;
    };
    let store = SqliteStore::open(&disk.path().join("pantoken.db"))
        .await
        .unwrap();
    create(&store, 1).await;
    disk.fill();
    let mut acknowledged = 1;
    // The journal has some room of its own left.
    let error = loop {
        match store.create(session_data(acknowledged + 1), None).await {
            Ok(_) => acknowledged += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full(_)), "{error:?}");
    assert!(error.to_string().contains("is full"), "{error}");
    assert!(store.get(session_id(acknowledged)).await.unwrap().is_some());
    assert_eq!(store.get(session_id(acknowledged + 1)).await.unwrap(), None);

    disk.make_room();
    create(&store, acknowledged + 1).await;
    for id in 1..=acknowledged + 1 {
        assert!(store.get(session_id(id)).await.unwrap().is_some(), "{id}");
    }
    store.close().await;
}

/// On one thread, all calls have begun before any of them has an answer, and are written in one transaction.
#[tokio::test]
async fn what_is_written_together_on_a_full_disk_fails_together() {
    let Some(disk) = SmallDisk::mount(MEBIBYTE) else {
        return;
    };
    let file = disk.path().join("pantoken.db");
    let store = SqliteStore::open(&file).await.unwrap();
    disk.fill();
    let mut ids = 1..;
    let mut has_failed = false;
    while !has_failed {
        let calls: Vec<_> = ids
            .by_ref()
            .take(50)
            .map(|id| {
                let store = store.clone();
                tokio::spawn(async move { (id, store.create(session_data(id), None).await) })
            })
            .collect();
        for call in calls {
            let (id, created) = call.await.unwrap();
            has_failed |= created.is_err();
            let is_there = store.get(session_id(id)).await.unwrap().is_some();
            assert_eq!(is_there, created.is_ok(), "{id}");
        }
    }
}

/// The log has room that it used before, and the file has none.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_cannot_be_copied_fails_no_write_and_is_copied_when_there_is_room() {
    // Enough for a log of two and a half steps, and for a file with as much again after what it had.
    let Some(disk) = SmallDisk::mount(32 * MEBIBYTE) else {
        return;
    };
    let file = disk.path().join("pantoken.db");
    let store = SqliteStore::open(&file).await.unwrap();
    let mut observer = sqlite_log::connect(&file).await;
    let mut acknowledged = 0;
    while Log::measure(&mut observer).await.pages < STEP * 3 / 2 {
        create_large(&store, acknowledged + 1).await.unwrap();
        acknowledged += 1;
    }
    let anew = "PRAGMA wal_checkpoint(RESTART)";
    while observer
        .fetch_one(anew)
        .await
        .unwrap()
        .get::<i64, _>("busy")
        == 1
    {}
    disk.fill();
    let error = loop {
        match create_large(&store, acknowledged + 1).await {
            Ok(()) => acknowledged += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full(_)), "{error:?}");
    let log = Log::measure(&mut observer).await;
    assert!(log.pages > STEP && log.copied < log.pages);

    disk.make_room();
    // It is tried again when the log has grown by a step, and room for more may be missing. A log that began anew was
    // copied.
    loop {
        let now = Log::measure(&mut observer).await;
        if now.copied >= STEP || now.pages < log.pages {
            break;
        }
        if now.pages < log.pages + STEP {
            create_large(&store, acknowledged + 1).await.unwrap();
            acknowledged += 1;
        }
    }
    for id in 1..=acknowledged {
        assert!(store.get(session_id(id)).await.unwrap().is_some(), "{id}");
    }
    store.close().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_named_and_opens_when_it_can() {
    let Some(disk) = SmallDisk::mount(MEBIBYTE) else {
        return;
    };
    let file = disk.path().join("pantoken.db");
    SqliteStore::open(&file).await.unwrap().close().await;
    disk.remount("ro");
    let error = SqliteStore::open(&file).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("pantoken.db") && text.contains("unable to open"),
        "{text}"
    );
    disk.remount("rw");
    let store = SqliteStore::open(&file).await.unwrap();
    create(&store, 1).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_is_told_and_waited_out() {
    let place = SqlitePlace::new().unwrap();
    let store = place.open(StoreOptions::default()).await;
    create(&store, 1).await;
    let options = SqliteConnectOptions::new().filename(place.file());
    let mut other = options.connect().await.unwrap();
    let lock = other.begin_with("BEGIN EXCLUSIVE").await.unwrap();
    let error = store.create(session_data(2), None).await.unwrap_err();
    assert!(matches!(error, StoreError::Locked(_)), "{error:?}");
    assert!(store.get(session_id(1)).await.unwrap().is_some());
    lock.rollback().await.unwrap();
    assert_eq!(store.get(session_id(2)).await.unwrap(), None);
    create(&store, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_stays_locked_is_not_waited_for_without_an_end() {
    let place = SqlitePlace::new().unwrap();
    place.open(StoreOptions::default()).await.close().await;
    let options = SqliteConnectOptions::new().filename(place.file());
    let mut other = options.connect().await.unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let error = SqliteStore::open(&place.file()).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("pantoken.db") && text.contains("locked by another process"),
        "{text}"
    );
    lock.rollback().await.unwrap();
    place.open(StoreOptions::default()).await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_told_and_read_again_after_its_repair() {
    const PAGE: usize = 4096;
    let place = SqlitePlace::new().unwrap();
    let store = place.open(StoreOptions::default()).await;
    for id in 1..=100 {
        create(&store, id).await;
    }
    store.close().await;
    let whole = fs::read(place.file()).unwrap();
    let mut damaged = whole.clone();
    damaged[PAGE..].fill(0xa5);

    let store = place.open(StoreOptions::default()).await;
    overwrite(&place.file(), &damaged);
    for _ in 0..2 {
        let error = store.get(session_id(1)).await.unwrap_err();
        assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
        let error = store.create(session_data(101), None).await.unwrap_err();
        assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
    }
    overwrite(&place.file(), &whole);
    assert!(store.get(session_id(1)).await.unwrap().is_some());
    create(&store, 101).await;
}

/// In place, as a broken disk would.
fn overwrite(file: &Path, bytes: &[u8]) {
    use std::io::Write;
    let mut file = fs::OpenOptions::new().write(true).open(file).unwrap();
    file.write_all(bytes).unwrap();
    // Closing it would drop the locks that this process holds on it.
    std::mem::forget(file);
}
