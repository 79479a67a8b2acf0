//! What every request goes through.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower::ServiceBuilder;
use tower_http::request_id::{PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::{RequestBodyDeadlineLayer, TimeoutLayer};
use tower_http::trace::TraceLayer;

use crate::app::AppState;
use crate::http::limits::MAX_BODY;
use crate::http::metrics_layer::MetricsLayer;
use crate::http::problem::Problem;
use crate::http::request_id::RequestIdGenerator;
use crate::http::trace;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The headers of every response that does not have one of that name already.
static DEFAULT_HEADERS: [(HeaderName, HeaderValue); 3] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
];
/// The status of the empty response that the time limit makes. No endpoint responds with it.
const TIMED_OUT: StatusCode = StatusCode::GATEWAY_TIMEOUT;

/// Adds the middleware to all routes: a request id, a span, metrics, the headers of every response, and
/// limits of time and size.
///
/// A handler that takes too long is dropped. What it was doing in the store happens as a whole or not at
/// all.
pub(crate) fn add_middleware(router: Router<AppState>, app: &AppState) -> Router<AppState> {
    let limits = app.parts().options.limits;
    let layers = ServiceBuilder::new()
        .map_request(remove_request_id)
        .layer(SetRequestIdLayer::x_request_id(
            RequestIdGenerator::default(),
        ))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(trace::make_span)
                .on_request(())
                .on_response(trace::log_response)
                .on_failure(()),
        )
        .layer(MetricsLayer(app.clone()))
        // One function instead of a layer per header and one for the error: each layer is cloned per request.
        .map_response(complete)
        .layer(TimeoutLayer::with_status_code(
            TIMED_OUT,
            limits.answer_time,
        ))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(RequestBodyDeadlineLayer::new(limits.body_time));
    router.layer(layers)
}

/// The id in the log is the server's own: a client's would not be unique, and could be a secret.
fn remove_request_id(mut request: Request) -> Request {
    request.headers_mut().remove(X_REQUEST_ID);
    request
}

/// Adds the default headers, and explains a response that took too long.
fn complete(response: Response) -> Response {
    let mut response = match response.status() {
        TIMED_OUT => Problem::AnswerTimeout.into_response(),
        _ => response,
    };
    for (name, value) in &DEFAULT_HEADERS {
        let header = response.headers_mut().entry(name);
        header.or_insert_with(|| value.clone());
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::Path;
    use axum::http::StatusCode;
    use axum::routing::get;
    use pantoken_a2c::{AgentId, FormHost, RequestId};
    use pantoken_a2c_signing::{AgentSecret, Signer};
    use pantoken_core::{SystemClock, SystemRandom};
    use pantoken_store::SqliteStore;
    use tower::ServiceExt;

    use super::*;
    use crate::http::public_url::PublicUrl;
    use crate::settings::ApiOptions;
    use crate::test_log::TestLog;

    /// A handler that finds a session, waits, and fails.
    async fn fail(Path(session): Path<String>) -> StatusCode {
        if let Ok(session) = RequestId::parse(&session) {
            trace::record_session(session);
        }
        tokio::task::yield_now().await;
        tracing::error!(error = "the disk is full", "the store failed");
        StatusCode::INTERNAL_SERVER_ERROR
    }

    async fn router() -> Router {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("pantoken.db")).await;
        let signer = Signer::new(
            FormHost::parse("https://a2c-test.qiwi.kz").unwrap(),
            AgentId::parse("agent-01").unwrap(),
            AgentSecret::parse("22f3b3cc2ae84451").unwrap(),
        );
        let options = ApiOptions::new(PublicUrl::localhost(1));
        let (clock, random) = (SystemClock::new(), SystemRandom);
        let app = AppState::new(store.unwrap(), signer, options, clock, random);
        let router = Router::new().route("/sessions/{id}", get(fail));
        add_middleware(router, &app).with_state(app)
    }

    async fn request_id_of(router: &Router, path: &str) -> String {
        let request = Request::get(path)
            .header(X_REQUEST_ID, "chosen-by-the-client")
            .body(Body::empty());
        let response = router.clone().oneshot(request.unwrap()).await.unwrap();
        response.headers()[X_REQUEST_ID]
            .to_str()
            .unwrap()
            .to_owned()
    }

    #[tokio::test]
    async fn each_line_of_a_request_names_it_and_its_session() {
        let log = TestLog::default();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(log.clone())
            .with_ansi(false);
        let _guard = tracing::subscriber::set_default(subscriber.finish());
        let router = router().await;
        let (first, second) = tokio::join!(
            request_id_of(&router, "/sessions/77"),
            request_id_of(&router, "/sessions/none?secret=1"),
        );
        let log = log.text();
        assert!(!log.contains("secret") && !log.contains("chosen"), "{log}");
        for (id, session) in [(first, Some("requestId=77")), (second, None)] {
            let lines: Vec<_> = log.lines().filter(|line| line.contains(&id)).collect();
            let [failure, response] = lines[..] else {
                panic!("{log}")
            };
            assert!(failure.contains("the disk is full"), "{failure}");
            assert!(response.contains("status=500"), "{response}");
            for line in lines {
                assert_eq!(line.contains("requestId="), session.is_some(), "{line}");
                assert!(line.contains(session.unwrap_or_default()), "{line}");
                assert!(line.contains("route=/sessions/{id}"), "{line}");
            }
        }
    }
}
