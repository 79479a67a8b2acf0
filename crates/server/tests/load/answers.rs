use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

/// Counts answers by status, and calls without an answer.
#[derive(Clone, Default)]
pub(crate) struct Answers(Arc<Mutex<BTreeMap<Option<u16>, u64>>>);

impl Answers {
    /// Counts an answer. `None` means that there was no complete answer.
    pub(crate) fn count(&self, status: Option<u16>) {
        *self.0.lock().unwrap().entry(status).or_default() += 1;
    }

    pub(crate) fn of(&self, status: Option<u16>) -> u64 {
        self.0.lock().unwrap().get(&status).copied().unwrap_or(0)
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.lock().unwrap().values().sum()
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.0.lock().unwrap();
        let words = counts.iter().map(|(status, count)| match status {
            Some(status) => format!("{status}: {count}"),
            None => format!("none: {count}"),
        });
        f.write_str(&words.collect::<Vec<_>>().join(", "))
    }
}
