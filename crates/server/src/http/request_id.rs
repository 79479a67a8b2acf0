use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderValue, Request};
use tower_http::request_id::{MakeRequestId, RequestId};

/// Makes the ids of HTTP requests: 16 letters, which reveal no count of requests and never look like a
/// card number.
///
/// Request ids are not secret, so the seed that the standard library uses for its maps is good enough.
#[derive(Clone, Default)]
pub(crate) struct RequestIdGenerator(Arc<Inner>);

#[derive(Default)]
struct Inner {
    seed: RandomState,
    count: AtomicU64,
}

impl RequestIdGenerator {
    fn generate(&self) -> [u8; 16] {
        let count = self.0.count.fetch_add(1, Ordering::Relaxed);
        let number = self.0.seed.hash_one(count);
        let letters = number.to_be_bytes().into_iter();
        let mut letters = letters.flat_map(|byte| [byte >> 4, byte & 15].map(|half| b'a' + half));
        std::array::from_fn(|_| letters.next().unwrap_or_default())
    }
}

impl MakeRequestId for RequestIdGenerator {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        let id = HeaderValue::from_bytes(&self.generate());
        id.ok().map(RequestId::new)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn request_ids_are_letters_and_differ_between_requests_and_servers() {
        let servers = [RequestIdGenerator::default(), RequestIdGenerator::default()];
        let ids: HashSet<_> = servers
            .iter()
            .flat_map(|server| (0..1000).map(|_| server.generate()))
            .collect();
        assert_eq!(ids.len(), 2000);
        let is_letters = |id: &[u8; 16]| id.iter().all(u8::is_ascii_lowercase);
        assert!(ids.iter().all(is_letters));
    }
}
