use std::collections::{HashSet, VecDeque};

use pantoken_a2c::RequestId;

/// The requests that have a card, in memory: the last [`SavedRequests::MAX`] of them, without their
/// cards.
#[derive(Debug, Default)]
pub(crate) struct SavedRequests {
    known: HashSet<RequestId>,
    oldest_first: VecDeque<RequestId>,
}

impl SavedRequests {
    /// This is enough for any test run, and takes a few megabytes at most.
    const MAX: usize = 100_000;

    pub(crate) fn contains(&self, request_id: RequestId) -> bool {
        self.known.contains(&request_id)
    }

    /// Remembers a request, and forgets the oldest one if there are too many.
    pub(crate) fn insert(&mut self, request_id: RequestId) {
        if !self.known.insert(request_id) {
            return;
        }
        self.oldest_first.push_back(request_id);
        if self.oldest_first.len() > Self::MAX
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_the_oldest_request_when_there_are_too_many() {
        let id = |value: usize| RequestId::from_i64(i64::try_from(value).unwrap()).unwrap();
        let mut saved = SavedRequests::default();
        for value in 1..=SavedRequests::MAX {
            saved.insert(id(value));
        }
        saved.insert(id(1));
        assert!(saved.contains(id(1)), "a repeated request replaces nothing");
        saved.insert(id(SavedRequests::MAX + 1));
        assert!(!saved.contains(id(1)));
        assert!(saved.contains(id(2)));
        assert_eq!(saved.known.len(), saved.oldest_first.len());
    }
}
