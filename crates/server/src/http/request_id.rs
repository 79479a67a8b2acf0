use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// One call's name, in its answer (`X-Request-Id`) and in each of its lines in the log (`callId`): 16
/// letters, of which no count of calls can be read, and none of which looks like a card number.
///
/// It is ours alone: what a client sends under this name is not believed.
#[derive(Clone, Copy)]
pub(crate) struct CallId([u8; CallId::LENGTH]);

impl CallId {
    const LENGTH: usize = 16;

    pub(crate) fn as_str(&self) -> &str {
        // ASCII letters.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Where call ids come from. They are no secret, so the seed that the standard library has for its
/// maps will do, and costs no call of the system.
#[derive(Default)]
pub(crate) struct CallIds {
    seed: RandomState,
    count: AtomicU64,
}

impl CallIds {
    pub(crate) fn next(&self) -> CallId {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let number = self.seed.hash_one(count);
        let letters = number.to_be_bytes().into_iter();
        let mut letters = letters.flat_map(|byte| [byte >> 4, byte & 15].map(|half| b'a' + half));
        CallId(std::array::from_fn(|_| letters.next().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn call_ids_are_letters_and_differ_between_calls_and_servers() {
        let servers = [CallIds::default(), CallIds::default()];
        let ids: HashSet<_> = servers
            .iter()
            .flat_map(|server| (0..1000).map(|_| server.next().as_str().to_owned()))
            .collect();
        assert_eq!(ids.len(), 2000);
        let is_letters = |id: &String| id.len() == 16 && id.bytes().all(|b| b.is_ascii_lowercase());
        assert!(ids.iter().all(is_letters));
    }
}
