//! The inputs that properties are tested with: the files of `fuzz/corpus` and modifications of them.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;

/// Tests the property with each file of its corpus, and with this many modified files.
pub(crate) fn try_all(name: &str, property: impl Fn(&[u8]), changed: u32) {
    let corpus = read(name);
    assert!(corpus.len() > 5, "the corpus of {name} is nearly empty");
    for input in &corpus {
        property(input);
    }
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(changed)
    };
    proptest!(config, |(input in any_input(corpus))| property(&input));
}

fn read(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let entries = fs::read_dir(folder.join(name)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// A modification of an input: the bytes that are removed at an index, and those that replace them.
#[derive(Clone, Debug)]
struct Change {
    at: Index,
    removed: usize,
    inserted: Vec<u8>,
}

/// Generates a file of the corpus with some modifications, or rarely only random bytes.
fn any_input(corpus: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec(any_change(&corpus), 1..6);
    let changed = (prop::sample::select(corpus), changes).prop_map(|(mut input, changes)| {
        for change in changes {
            let start = change.at.index(input.len() + 1);
            let end = input.len().min(start + change.removed);
            input.splice(start..end, change.inserted);
        }
        input
    });
    prop_oneof![9 => changed, 1 => prop::collection::vec(any::<u8>(), 0..200)]
}

/// Generates random bytes, or a part of another file.
fn any_change(corpus: &[Vec<u8>]) -> impl Strategy<Value = Change> + use<> {
    let all = corpus.concat();
    let piece = (any::<Index>(), 1usize..40).prop_map(move |(at, length)| {
        let start = at.index(all.len());
        all[start..all.len().min(start + length)].to_vec()
    });
    let inserted = prop_oneof![prop::collection::vec(any::<u8>(), 0..4), piece];
    (any::<Index>(), 0usize..8, inserted).prop_map(|(at, removed, inserted)| Change {
        at,
        removed,
        inserted,
    })
}
