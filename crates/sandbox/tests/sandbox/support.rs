use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use pantoken_a2c::{AgentId, CallbackUrl, FormHost, FormUrl, Origin, RequestId, SignedRequest};
use pantoken_a2c_signing::{AgentSecret, Signer};
use pantoken_core::{Random, RandomError};
use pantoken_sandbox::a2c::{Settings, router};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::ServiceExt;

pub(crate) const ORIGIN: &str = "http://127.0.0.1:3020";
pub(crate) const CARD: &str = "4111111111111111";
pub(crate) const TOKEN: &str = "2a2a2a2a-2a2a-4a2a-aa2a-2a2a2a2a2a2a";

/// Returns the same bytes every time, which result in [`TOKEN`].
pub(crate) struct FixedRandom;

impl Random for FixedRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        buffer.fill(0x2a);
        Ok(())
    }
}

pub(crate) fn settings() -> Settings {
    Settings {
        agent_id: AgentId::parse(Settings::TEST_AGENT_ID).unwrap(),
        secret: AgentSecret::parse(Settings::TEST_SECRET_KEY).unwrap(),
        registered_hosts: vec![Origin::parse(Settings::TEST_REGISTERED_HOST).unwrap()],
        public_origin: Origin::parse(ORIGIN).unwrap(),
    }
}

pub(crate) fn sandbox() -> Router {
    router(settings(), FixedRandom)
}

pub(crate) fn signer() -> Signer {
    let settings = settings();
    let host = FormHost::parse(ORIGIN).unwrap();
    Signer::new(host, settings.agent_id, settings.secret)
}

pub(crate) fn iframe_url(request_id: &str) -> FormUrl {
    signer().iframe(RequestId::parse(request_id).unwrap())
}

pub(crate) fn redirect_url(request_id: &str, callback_url: &str) -> FormUrl {
    signer().redirect(
        RequestId::parse(request_id).unwrap(),
        CallbackUrl::parse(callback_url).unwrap(),
    )
}

/// Returns the path and query of a form URL.
pub(crate) fn path(form_url: &FormUrl) -> String {
    form_url.to_text().strip_prefix(ORIGIN).unwrap().to_owned()
}

/// Returns the body that the page sends on Save.
pub(crate) fn save_body(form_url: &FormUrl, pan: &str) -> Value {
    let signed = SignedRequest::parse(&form_url.to_text()).unwrap();
    let request = signed.request();
    let mut body = json!({
        "agentId": request.agent_id().as_str(),
        "requestId": request.request_id().to_string(),
        "agentSign": signed.signature().as_str(),
        "pan": pan,
    });
    if let Some(url) = request.callback_url() {
        body["agentCallbackUrl"] = json!(url.as_str());
    }
    body
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub(crate) async fn get(sandbox: &Router, path: &str) -> Reply {
    let request = Request::get(path).body(Body::empty()).unwrap();
    send(sandbox, request).await
}

pub(crate) async fn save(sandbox: &Router, body: &Value) -> Reply {
    post_json(sandbox, "/save", body).await
}

pub(crate) async fn post_json(sandbox: &Router, path: &str, body: &Value) -> Reply {
    post(sandbox, path, "application/json", body.to_string()).await
}

pub(crate) async fn post_form(sandbox: &Router, path: &str, fields: &str) -> Reply {
    let form = "application/x-www-form-urlencoded";
    post(sandbox, path, form, fields.to_owned()).await
}

async fn post(sandbox: &Router, path: &str, content_type: &str, body: String) -> Reply {
    let request = Request::post(path)
        .header("content-type", content_type)
        .body(Body::from(body))
        .unwrap();
    send(sandbox, request).await
}

/// Returns the data for a page's script.
pub(crate) fn page_data(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"page-data\">").unwrap();
    let (data, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(data).unwrap()
}

/// Calls a sandbox at an address, and returns the status and the JSON of its answer.
pub(crate) async fn call(address: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}

/// Calls the control API of a sandbox at an address, and returns the JSON of its answer.
pub(crate) async fn control(address: &str, method: &str, path: &str, body: &Value) -> Value {
    let (status, answer) = call(address, method, path, &body.to_string()).await;
    assert!((200..300).contains(&status), "{status}: {answer}");
    answer
}

pub(crate) async fn send(sandbox: &Router, request: Request<Body>) -> Reply {
    let response = sandbox.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    Reply {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}
