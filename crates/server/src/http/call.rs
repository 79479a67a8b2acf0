//! The call that is being answered, known to all that is done for it: a span of `tracing` would tell it
//! too, but costs a call as much as signing three form URLs.

use std::cell::Cell;
use std::fmt::Display;

use pantoken_a2c::RequestId;

use crate::http::request_id::CallId;

tokio::task_local! {
    static CALL: Call;
}

struct Call {
    id: CallId,
    session: Cell<Option<RequestId>>,
}

/// Does the call's work, and says which session it was about.
pub(crate) async fn run<T>(id: CallId, work: impl Future<Output = T>) -> (T, Option<RequestId>) {
    let call = Call {
        id,
        session: Cell::default(),
    };
    let work = async { (work.await, CALL.with(|call| call.session.get())) };
    CALL.scope(call, work).await
}

/// Names the session in the call's line; only one that this server issued.
pub(crate) fn note_session(request_id: RequestId) {
    // A library's user may call an endpoint's parts outside a call.
    let _ = CALL.try_with(|call| call.session.set(Some(request_id)));
}

/// Writes to the log why a call fails, with the call's id.
pub(crate) fn log_failure(what: &str, error: impl Display) {
    let id = CALL.try_with(|call| call.id).ok();
    let id = id.as_ref().map(CallId::as_str);
    tracing::error!(callId = id, %error, "{what}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::request_id::CallIds;
    use crate::test_log::TestLog;

    #[tokio::test]
    async fn a_call_knows_its_session_and_why_it_fails_is_logged_with_its_id() {
        let log = TestLog::default();
        let subscriber = tracing_subscriber::fmt().with_writer(log.clone());
        let _guard = tracing::subscriber::set_default(subscriber.finish());

        let id = CallIds::default().next();
        let session = RequestId::parse("77").unwrap();
        let work = async {
            note_session(session);
            tokio::task::yield_now().await;
            log_failure("the store failed", "the disk is full");
        };
        assert_eq!(run(id, work).await, ((), Some(session)));

        let log = log.text();
        for part in [id.as_str(), "ERROR", "the store failed", "the disk is full"] {
            assert_eq!(log.matches(part).count(), 1, "{part} in {log}");
        }
    }

    #[tokio::test]
    async fn two_calls_at_once_do_not_know_each_others_sessions() {
        let ids = CallIds::default();
        let call = |session: Option<&'static str>| {
            run(ids.next(), async move {
                if let Some(session) = session {
                    note_session(RequestId::parse(session).unwrap());
                }
                tokio::task::yield_now().await;
            })
        };
        let (first, second) = tokio::join!(call(Some("77")), call(None));
        assert_eq!(first.1, Some(RequestId::parse("77").unwrap()));
        assert_eq!(second.1, None);
    }
}
