//! Serves the files of the custom element from inside the binary: `/pantoken/element.js` and what it loads.
//!
//! `build.rs` finds the files. A page on any origin may load them, because they contain nothing secret.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;

/// The name and the content of each file.
type EmbeddedFiles = &'static [(&'static str, &'static [u8])];

const EMBEDDED: EmbeddedFiles = include!(concat!(env!("OUT_DIR"), "/element_files.rs"));
/// The version in the path of files that never change.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
const CORS: HeaderName = header::ACCESS_CONTROL_ALLOW_ORIGIN;
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Returns whether this binary contains the element.
pub(crate) fn are_embedded() -> bool {
    !EMBEDDED.is_empty()
}

/// Returns the routes of the element's files: at `/pantoken/`, where a browser asks each time whether they
/// have changed, and at `/pantoken/{version}/`, where they never change.
pub(crate) fn element_files<S: Clone + Send + Sync + 'static>() -> Router<S> {
    routes(EMBEDDED)
}

fn routes<S: Clone + Send + Sync + 'static>(embedded: EmbeddedFiles) -> Router<S> {
    let files: Vec<_> = embedded.iter().map(File::new).collect();
    Router::new()
        .route("/pantoken/{*path}", get(serve_file))
        .with_state(Files(files.into()))
}

#[derive(Clone)]
struct Files(Arc<[File]>);

struct File {
    name: &'static str,
    content: &'static [u8],
    /// A digest of the content, in quotes.
    etag: String,
}

impl File {
    fn new(&(name, content): &(&'static str, &'static [u8])) -> Self {
        let digest = Sha256::digest(content);
        let etag = format!("\"{}\"", hex::encode(&digest[..16]));
        Self {
            name,
            content,
            etag,
        }
    }

    fn content_type(&self) -> &'static str {
        match self.name.ends_with(".wasm") {
            true => "application/wasm",
            false => "text/javascript; charset=utf-8",
        }
    }

    fn is_known_to(&self, headers: &HeaderMap) -> bool {
        let known = headers.get_all(header::IF_NONE_MATCH).iter();
        let mut known = known.filter_map(|value| value.to_str().ok());
        // A proxy that compresses the file makes the tag a weak one.
        known.any(|tags| {
            let mut tags = tags.split(',').map(str::trim);
            tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.etag)
        })
    }
}

async fn serve_file(
    State(Files(files)): State<Files>,
    PathSegment(path): PathSegment,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if files.is_empty() {
        return Err(Problem::ElementNotBuilt);
    }
    let (name, caching) = match path.split_once('/') {
        Some((VERSION, name)) => (name, "public, max-age=31536000, immutable"),
        Some(_) => return Err(Problem::NotFound),
        None => (path.as_str(), "no-cache"),
    };
    let mut files = files.iter();
    let file = files.find(|file| file.name == name);
    let file = file.ok_or(Problem::NotFound)?;
    let mut response = match file.is_known_to(&headers) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Bytes::from_static(file.content).into_response(),
    };
    let answered = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, file.content_type()),
        (header::CACHE_CONTROL, caching),
        (CORS, "*"),
        // For pages that are isolated (Cross-Origin-Embedder-Policy).
        (RESOURCE_POLICY, "cross-origin"),
    ] {
        answered.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(etag) = HeaderValue::from_str(&file.etag) {
        answered.insert(header::ETAG, etag);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    const FILES: EmbeddedFiles = &[
        ("element.js", b"export {};"),
        ("pantoken_element_bg.wasm", b"\0asm"),
    ];

    async fn get(path: &str, if_none_match: &str, files: EmbeddedFiles) -> Response {
        let request = Request::get(path).header(header::IF_NONE_MATCH, if_none_match);
        let request = request.body(Body::empty()).unwrap();
        let Ok(response) = routes(files).oneshot(request).await;
        response
    }

    async fn body(response: Response) -> String {
        let bytes = to_bytes(response.into_body(), 10_000).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_page_on_any_origin_can_load_each_file_with_its_type() {
        for (name, kind) in [
            ("element.js", "text/javascript; charset=utf-8"),
            ("pantoken_element_bg.wasm", "application/wasm"),
        ] {
            let response = get(&format!("/pantoken/{name}"), "", FILES).await;
            assert_eq!(response.status(), 200, "{name}");
            assert_eq!(response.headers()[header::CONTENT_TYPE], kind);
            assert_eq!(response.headers()[CORS], "*");
            assert_eq!(response.headers()[RESOURCE_POLICY], "cross-origin");
        }
    }

    #[tokio::test]
    async fn a_file_of_a_version_is_cached_for_good() {
        let path = format!("/pantoken/{VERSION}/element.js");
        let response = get(&path, "", FILES).await;
        let caching = &response.headers()[header::CACHE_CONTROL];
        assert_eq!(caching, "public, max-age=31536000, immutable");
        assert_eq!(body(response).await, "export {};");
    }

    #[tokio::test]
    async fn a_file_without_a_version_is_loaded_again_when_it_has_changed() {
        let response = get("/pantoken/element.js", "", FILES).await;
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache");
        let etag = response.headers()[header::ETAG].to_str().unwrap();
        for known in [
            etag,
            &format!("W/{etag}"),
            &format!("\"other\", {etag}"),
            "*",
        ] {
            let response = get("/pantoken/element.js", known, FILES).await;
            assert_eq!(response.status(), 304, "{known}");
            assert_eq!(response.headers()[header::ETAG], etag);
            assert_eq!(body(response).await, "");
        }
        let changed = get("/pantoken/element.js", "\"other\"", FILES).await;
        assert_eq!(changed.status(), 200);
    }

    #[tokio::test]
    async fn another_version_and_any_other_name_are_not_found() {
        for path in [
            "/pantoken/0.0.0/element.js",
            "/pantoken/element.ts",
            "/pantoken/../element.js",
            "/pantoken/%2e%2e%2felement.js",
            &format!("/pantoken/{VERSION}/x/element.js"),
        ] {
            assert_eq!(get(path, "", FILES).await.status(), 404, "{path}");
        }
    }

    #[tokio::test]
    async fn a_binary_without_the_element_says_how_to_build_it() {
        let response = get("/pantoken/element.js", "", &[]).await;
        assert_eq!(response.status(), 404);
        let body = body(response).await;
        assert!(body.contains("ELEMENT_NOT_BUILT"), "{body}");
        assert!(body.contains("cargo xtask"), "{body}");
    }
}
