//! The checksum of a migration is that of its bytes. With other line ends in a checkout, a database that was
//! migrated by another build would not be opened.
#![allow(clippy::unwrap_used)]

use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn no_checkout_changes_line_ends() {
    let attributes = std::fs::read_to_string(root().join(".gitattributes")).unwrap();
    assert!(attributes.lines().any(|line| line == "* text=auto eol=lf"));
}

#[test]
fn migrations_have_the_line_ends_of_their_checksums() {
    for database in ["sqlite", "postgres"] {
        let folder = root().join("crates/store/migrations").join(database);
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.contains(&b'\r'), "{}", path.display());
        }
    }
}
