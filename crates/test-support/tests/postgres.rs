#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;

use pantoken_test_support::postgres::{self, Server};

#[test]
fn a_server_creates_databases_and_leaves_nothing_behind() {
    let Some(server) = Server::start_or_skip() else {
        return;
    };
    let (first, second) = (server.create_database(), server.create_database());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_ne!(first, second);
    let folder = first.split_once("host=").unwrap().1;
    let socket = Path::new(folder).join(".s.PGSQL.5432");
    assert!(socket.exists());
    server.stop().unwrap();
    assert!(!Path::new(folder).join("data/postmaster.pid").exists());
    server.start_again().unwrap();
    assert!(socket.exists());
    drop(server);
    assert!(!Path::new(folder).exists());
}

#[test]
fn a_durable_server_waits_for_the_disk_and_another_does_not() {
    if postgres::programs().is_none() {
        return;
    }
    for (server, fsync) in [
        (Server::start_durable().unwrap(), "on"),
        (Server::start().unwrap(), "off"),
    ] {
        let url = server.create_database().unwrap();
        let folder = url.split_once("host=").unwrap().1;
        let options = std::fs::read_to_string(Path::new(folder).join("data/postmaster.opts"));
        let options = options.unwrap();
        assert!(options.contains(&format!("fsync={fsync}\"")), "{options}");
    }
}
