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

/// A file that `build.rs` found, with its compressed forms.
struct EmbeddedFile {
    name: &'static str,
    content: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

type EmbeddedFiles = &'static [EmbeddedFile];

const EMBEDDED: EmbeddedFiles = include!(concat!(env!("OUT_DIR"), "/element_files.rs"));
/// The version in the path of files that never change.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
const CORS: HeaderName = header::ACCESS_CONTROL_ALLOW_ORIGIN;
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Returns whether this binary contains the element.
#[cfg(feature = "dev")]
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
    embedded: &'static EmbeddedFile,
    /// A digest of the content. It is a weak tag, because it is the same however the file is compressed.
    etag: String,
}

impl File {
    fn new(embedded: &'static EmbeddedFile) -> Self {
        let digest = Sha256::digest(embedded.content);
        let etag = format!("W/\"{}\"", hex::encode(&digest[..16]));
        Self { embedded, etag }
    }

    /// Returns the content in the best encoding that the client accepts, and the encoding's name.
    fn encoded(&self, headers: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
        let encodings = [("br", self.embedded.brotli), ("gzip", self.embedded.gzip)];
        let mut accepted = encodings
            .into_iter()
            .filter(|(name, _)| accepts(headers, name));
        match accepted.next() {
            Some((name, content)) => (content, Some(name)),
            None => (self.embedded.content, None),
        }
    }

    fn content_type(&self) -> &'static str {
        match self.embedded.name.ends_with(".wasm") {
            true => "application/wasm",
            false => "text/javascript; charset=utf-8",
        }
    }

    fn is_known_to(&self, headers: &HeaderMap) -> bool {
        let known = headers.get_all(header::IF_NONE_MATCH).iter();
        let mut known = known.filter_map(|value| value.to_str().ok());
        known.any(|tags| {
            let mut tags = tags.split(',').map(str::trim);
            tags.any(|tag| tag == "*" || strong(tag) == strong(&self.etag))
        })
    }
}

fn strong(tag: &str) -> &str {
    tag.trim_start_matches("W/")
}

/// Returns whether the client accepts this content coding. Source: RFC 9110, section 12.5.3.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter();
    let mut codings = lists
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','));
    codings.any(|accepted| {
        let mut parts = accepted.split(';').map(str::trim);
        let is_named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        is_named && weight.is_none_or(|weight| weight.parse().is_ok_and(|weight: f32| weight > 0.0))
    })
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
    let file = files.find(|file| file.embedded.name == name);
    let file = file.ok_or(Problem::NotFound)?;
    let (content, encoding) = file.encoded(&headers);
    let is_known = file.is_known_to(&headers);
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Bytes::from_static(content).into_response(),
    };
    let answered = response.headers_mut();
    if let Some(encoding) = encoding.filter(|_| !is_known) {
        answered.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    for (name, value) in [
        (header::CONTENT_TYPE, file.content_type()),
        (header::CACHE_CONTROL, caching),
        (header::VARY, "Accept-Encoding"),
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
    use std::io::Read;

    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    const FILES: EmbeddedFiles = &[
        EmbeddedFile {
            name: "element.js",
            content: b"export {};",
            brotli: b"with brotli",
            gzip: b"with gzip",
        },
        EmbeddedFile {
            name: "pantoken-0.1.0.wasm",
            content: b"\0asm",
            brotli: b"",
            gzip: b"",
        },
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
            ("pantoken-0.1.0.wasm", "application/wasm"),
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
            etag.trim_start_matches("W/"),
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
    async fn a_browser_gets_the_best_encoding_that_it_accepts() {
        for (accepted, encoding, expected) in [
            ("gzip, deflate, br, zstd", "br", "with brotli"),
            ("gzip, deflate", "gzip", "with gzip"),
            ("GZIP;q=0.5, br;q=0", "gzip", "with gzip"),
            ("br; q=0.0, gzip ; q=0", "", "export {};"),
            ("identity", "", "export {};"),
            ("", "", "export {};"),
        ] {
            let request = Request::get("/pantoken/element.js");
            let request = request.header(header::ACCEPT_ENCODING, accepted);
            let request = request.body(Body::empty()).unwrap();
            let Ok(response) = routes(FILES).oneshot(request).await;
            let headers = response.headers();
            let found = headers.get(header::CONTENT_ENCODING);
            let found = found.map_or("", |value| value.to_str().unwrap());
            assert_eq!(found, encoding, "{accepted}");
            assert_eq!(headers[header::VARY], "Accept-Encoding");
            assert!(headers[header::ETAG].to_str().unwrap().starts_with("W/"));
            assert_eq!(body(response).await, expected);
        }
    }

    /// Without the element in the binary there is nothing to compare: `cargo xtask element` puts it there.
    #[test]
    fn what_is_compressed_is_the_file() {
        for file in EMBEDDED {
            let mut gunzipped = Vec::new();
            let mut gzip = flate2::read::GzDecoder::new(file.gzip);
            gzip.read_to_end(&mut gunzipped).unwrap();
            assert!(gunzipped == file.content, "{}", file.name);
            let mut unbrotlied = Vec::new();
            let mut brotli = brotli::Decompressor::new(file.brotli, 4096);
            brotli.read_to_end(&mut unbrotlied).unwrap();
            assert!(unbrotlied == file.content, "{}", file.name);
            assert!(file.brotli.len() < file.gzip.len(), "{}", file.name);
        }
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
