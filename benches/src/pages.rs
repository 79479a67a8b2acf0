//! Serves the pages of the browser benchmarks on two origins. The first is the shop, and the second has the
//! form and a third party's frame. Each report of the page is printed as a line. Run `bench-pages FOLDER`.
#![allow(clippy::unwrap_used, clippy::panic)]

mod timed_page;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use tokio::net::TcpListener;

/// These headers give the page a clock with a resolution of 5 µs instead of 100, and the time at which the
/// frame's request was sent.
const HEADERS: [(&str, &str); 5] = [
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "cross-origin"),
    ("timing-allow-origin", "*"),
];

#[tokio::main]
async fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap());
    let router = Router::new()
        .route("/report", post(report))
        .fallback(any(file))
        .with_state(Arc::new(folder.clone()));
    let shop = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let forms = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (shop_port, forms_port) = (port(&shop), port(&forms));
    // The two sites are different, so that the browser keeps them in two processes.
    let timed = timed_page::routes(&folder, format!("http://127.0.0.1:{forms_port}"));
    let router = router.merge(timed);
    println!(
        "listening on http://localhost:{shop_port}/0/index.html?forms=http://127.0.0.1:{forms_port}"
    );
    tokio::spawn(axum::serve(forms, router.clone()).into_future());
    axum::serve(shop, router).await.unwrap();
}

fn port(listener: &TcpListener) -> u16 {
    listener.local_addr().unwrap().port()
}

async fn report(body: String) {
    println!("{body}");
}

/// Serves `/{run}/{file}`. The file differs in each run only so far that the browser can reuse nothing that it
/// has cached or compiled. `/{way}/form` is the form.
async fn file(State(folder): State<Arc<PathBuf>>, uri: Uri) -> Response {
    let mut segments = uri.path().rsplit('/');
    let name = segments.next().unwrap_or_default();
    let run = segments.next().unwrap_or_default();
    let name = if name == "form" { "form.html" } else { name };
    let Ok(mut bytes) = tokio::fs::read(folder.join(name)).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let content_type = match Path::new(name).extension().and_then(|e| e.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("wasm") => {
            bytes.extend(custom_section(run));
            "application/wasm"
        }
        _ => {
            bytes.extend(format!("\n// {run}\n").into_bytes());
            "text/javascript"
        }
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Returns a custom section with this name, which has no effect. Source: WebAssembly core specification,
/// section 5.5.3, "Custom Section".
fn custom_section(name: &str) -> Vec<u8> {
    // A length below 128 is encoded in one byte.
    let length = u8::try_from(name.len()).unwrap();
    assert!(length < 127, "{name} is too long");
    let mut section = vec![0, length + 1, length];
    section.extend(name.as_bytes());
    section
}
