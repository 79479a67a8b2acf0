//! The pages on which `form-times` measures: one for each way to embed the form, each written as its users
//! would write it. Scripts are compressed and cached as a web server does that.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{Path as Segments, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

/// The form does not check it.
const SIGN: &str = "3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725";

struct Pages {
    /// The scripts and the module, compressed with brotli, by name.
    files: HashMap<String, Vec<u8>>,
    /// The origin of the form.
    forms: String,
    last_session: AtomicU32,
}

/// Serves `/timed/{source}/{peer}`, where the source is `session-url`, `session` or `form-url`, and what the pages load.
pub(crate) fn routes(folder: &Path, forms: String) -> Router {
    let files = std::fs::read_dir(folder).unwrap().filter_map(compressed);
    let pages = Pages {
        files: files.collect(),
        forms,
        last_session: AtomicU32::new(1000),
    };
    Router::new()
        .route("/timed/{source}/{peer}", get(page))
        .route("/timed/session", post(session))
        .route("/timed/form", get(form))
        .route("/timed/files/{name}", get(file))
        .with_state(Arc::new(pages))
}

fn compressed(entry: std::io::Result<std::fs::DirEntry>) -> Option<(String, Vec<u8>)> {
    let path = entry.unwrap().path();
    let name = path.file_name()?.to_str()?.to_owned();
    content_type(&name)?;
    let content = std::fs::read(path).unwrap();
    let mut small = Vec::new();
    let best = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut &*content, &mut small, &best).unwrap();
    Some((name, small))
}

fn content_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "js" => Some("text/javascript"),
        "wasm" => Some("application/wasm"),
        _ => None,
    }
}

async fn file(State(pages): State<Arc<Pages>>, Segments(name): Segments<String>) -> Response {
    let Some(content) = pages.files.get(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            content_type(&name).unwrap_or_default(),
        ),
        (header::CONTENT_ENCODING, "br"),
        (header::CACHE_CONTROL, "max-age=600"),
    ];
    (headers, content.clone()).into_response()
}

impl Pages {
    /// A session as the server answers one, with the form for this peer.
    fn session(&self, peer: &str) -> Value {
        let id = self.last_session.fetch_add(1, Ordering::Relaxed);
        let way = if matches!(peer, "penpal" | "post-robot") {
            peer
        } else {
            "plain"
        };
        let forms = &self.forms;
        json!({
            "form": "a2c",
            "requestId": id.to_string(),
            "formUrl": format!(
                "{forms}/timed/form?agentId=agent-01&requestId={id}&language=ru&way={way}&agentSign={SIGN}"
            ),
            "formOrigin": forms,
            "resultToken": "0123456789abcdef",
            "resultUrl": "/timed/result",
            "expiresAt": "2099-01-01T00:00:00Z",
        })
    }
}

/// The peer's name is in the query, because pantoken has no field for it in the body.
async fn session(
    State(pages): State<Arc<Pages>>,
    Query(query): Query<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let peer = query.get("peer").map_or("", String::as_str);
    (StatusCode::CREATED, Json(pages.session(peer)))
}

/// A form as the provider's: a document and a script, which says Ready in the way that the query names.
async fn form(Query(query): Query<HashMap<String, String>>) -> Html<String> {
    let way = query.get("way").map_or("plain", String::as_str);
    Html(format!(
        r#"<!doctype html>
<html lang="ru">
<meta charset="utf-8">
<title>a form</title>
<script type="module" src="/timed/files/form-{way}.js"></script>
<input aria-label="card number" style="position: fixed; inset: 0; width: 100%; height: 100%"
  oninput="parent.postMessage('typed', '*')">
"#
    ))
}

async fn page(
    State(pages): State<Arc<Pages>>,
    Segments((source, peer)): Segments<(String, String)>,
) -> Html<String> {
    let session = pages.session(&peer);
    let form = match peer.as_str() {
        "pantoken" => with_the_element(&source, &session),
        _ => with_a_script(&source, &session, &peer),
    };
    Html(format!(
        r#"<!doctype html>
<html lang="ru">
<meta charset="utf-8">
<title>a shop</title>
<style>body {{ margin: 0 }} iframe {{ display: block; width: 400px; height: 500px; border: 0 }}</style>
<script>
  let isReady;
  const ready = new Promise((resolve) => (isReady = () => resolve(performance.now())));
  const typed = new Promise((resolve) => {{
    addEventListener("message", ({{ data }}) => data == "typed" && resolve(performance.now()));
  }});
</script>
{form}
"#
    ))
}

fn with_the_element(source: &str, session: &Value) -> String {
    let value = match source {
        "session-url" => "/timed/session?peer=pantoken".to_owned(),
        "session" => session.to_string().replace('"', "&quot;"),
        _ => session["formUrl"].as_str().unwrap().replace('&', "&amp;"),
    };
    let origin = session["formOrigin"].as_str().unwrap();
    format!(
        r#"<script type="module" src="/timed/files/element.js"></script>
<pantoken-form id="form" {source}="{value}" language="ru" form-origin="{origin}"></pantoken-form>
<script>form.addEventListener("pantoken-ready", isReady);</script>
"#
    )
}

fn with_a_script(source: &str, session: &Value, peer: &str) -> String {
    let url = match source {
        "session-url" => format!(
            r#"await fetch("/timed/session?peer={peer}", {{
    method: "POST",
    headers: {{ "content-type": "application/json" }},
    body: '{{"flow":"iframe","language":"ru"}}',
  }}).then((answer) => answer.json()).then(({{ formUrl }}) => formUrl)"#
        ),
        "session" => format!("({session}).formUrl"),
        _ => session["formUrl"].to_string(),
    };
    format!(
        r#"<div id="place"></div>
<script type="module">
  import {{ mount }} from "/timed/files/{peer}.js";
  const url = {url};
  await mount(document.getElementById("place"), url).ready;
  isReady();
</script>
"#
    )
}
