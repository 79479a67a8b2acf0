use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use pantoken_a2c::{AgentId, CallbackUrl, FormHost, FormUrl, Origin, RequestId, SignedRequest};
use pantoken_a2c_signing::{AgentSecret, Signer};
use pantoken_core::{Random, RandomError};
use pantoken_sandbox::a2c::{Settings, router};
use serde_json::{Value, json};
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
    save_at(sandbox, "/save", body).await
}

pub(crate) async fn save_at(sandbox: &Router, path: &str, body: &Value) -> Reply {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    send(sandbox, request).await
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
