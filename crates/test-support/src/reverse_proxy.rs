use std::fmt;
use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::{TIMEOUT, within};

/// A reverse proxy between browsers and the server under test. It records every request, and can delay
/// or replace a response.
pub struct ReverseProxy {
    port: u16,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    http: reqwest::Client,
    server: Mutex<String>,
    planned: Mutex<Vec<(String, PlannedResponse)>>,
    requests: watch::Sender<Vec<String>>,
}

/// The response to a request, in place of the server's own.
#[derive(Clone)]
pub enum PlannedResponse {
    /// This status, content type and body. The server does not receive the request.
    Replaced(u16, &'static str, String),
    /// No response: the connection is closed. The server does not receive the request.
    Disconnected,
    /// The server's response, after the gate is opened.
    Delayed(Gate),
    /// The server's response without its content security policy, as on most pages.
    WithoutPolicy,
    /// The server's response with this header in place of its own.
    WithHeader(&'static str, &'static str),
    /// The server's response with this content security policy in place of its own.
    WithPolicy(&'static str),
    /// The server's response with this content security policy in report-only mode.
    WithReportOnlyPolicy(&'static str),
}

/// A gate that delays responses until the test opens it.
#[derive(Clone)]
pub struct Gate(Arc<Semaphore>);

impl Gate {
    /// Creates a closed gate.
    #[must_use]
    pub fn closed() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    /// Opens the gate for good.
    pub fn open(&self) {
        self.0.close();
    }

    async fn wait_until_open(&self) {
        // The semaphore has no permits, so this ends when it is closed.
        let _ = self.0.acquire().await;
    }
}

impl ReverseProxy {
    /// Starts a proxy on a free port. Set its server with [`ReverseProxy::forward_to`].
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let shared = Arc::new(Shared {
            http: client.build().unwrap(),
            server: Mutex::default(),
            planned: Mutex::default(),
            requests: watch::Sender::default(),
        });
        let router = Router::new()
            .fallback(serve)
            .with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            port,
            shared,
            serving,
        }
    }

    /// Returns the port that browsers connect to.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Forwards all further requests to the server at this URL.
    pub fn forward_to(&self, server: &str) {
        server.clone_into(&mut self.shared.server.lock().unwrap());
    }

    /// Plans the response to the next request whose path ends with `path`. If several are planned, they
    /// are used in order.
    pub fn plan(&self, path: &str, response: PlannedResponse) {
        let mut planned = self.shared.planned.lock().unwrap();
        planned.push((path.to_owned(), response));
    }

    /// Returns how many requests have been received that end like this, such as `POST /v1/sessions`.
    #[must_use]
    pub fn count(&self, request: &str) -> usize {
        count(&self.shared.requests.borrow(), request)
    }

    /// Waits until at least so many requests have been received that end like this.
    pub async fn wait_for(&self, request: &str, times: usize) {
        let mut requests = self.shared.requests.subscribe();
        let enough = requests.wait_for(|requests| count(requests, request) >= times);
        let what = format!("{times} times {request}");
        drop(within(TIMEOUT, &what, enough).await.unwrap());
    }
}

impl Drop for ReverseProxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl fmt::Debug for ReverseProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReverseProxy")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

fn count(requests: &[String], request: &str) -> usize {
    requests
        .iter()
        .filter(|line| line.ends_with(request))
        .count()
}

fn with_header(mut response: Response, name: HeaderName, value: &'static str) -> Response {
    let value = HeaderValue::from_static(value);
    response.headers_mut().insert(name, value);
    response
}

async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let line = format!("{} {path}", request.method());
    let planned = shared.next_planned(&path);
    shared.requests.send_modify(|requests| requests.push(line));
    let mut response = match planned {
        Some(PlannedResponse::Replaced(status, content_type, body)) => {
            let response = Response::builder()
                .status(status)
                .header(header::CONTENT_TYPE, content_type);
            response.body(Body::from(body)).unwrap()
        }
        Some(PlannedResponse::Disconnected) => disconnect(),
        Some(PlannedResponse::Delayed(gate)) => {
            gate.wait_until_open().await;
            shared.forward(request).await
        }
        Some(PlannedResponse::WithoutPolicy) => {
            let mut response = shared.forward(request).await;
            let headers = response.headers_mut();
            headers.remove(header::CONTENT_SECURITY_POLICY);
            response
        }
        Some(PlannedResponse::WithHeader(name, value)) => {
            let name = HeaderName::from_static(name);
            with_header(shared.forward(request).await, name, value)
        }
        Some(PlannedResponse::WithPolicy(policy)) => {
            let name = header::CONTENT_SECURITY_POLICY;
            with_header(shared.forward(request).await, name, policy)
        }
        Some(PlannedResponse::WithReportOnlyPolicy(policy)) => {
            let name = header::CONTENT_SECURITY_POLICY_REPORT_ONLY;
            with_header(shared.forward(request).await, name, policy)
        }
        None => shared.forward(request).await,
    };
    // A browser repeats a request by itself if a connection that it used before is closed.
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

impl Shared {
    fn next_planned(&self, path: &str) -> Option<PlannedResponse> {
        let mut planned = self.planned.lock().unwrap();
        let index = planned.iter().position(|(end, _)| path.ends_with(end))?;
        Some(planned.remove(index).1)
    }

    async fn forward(&self, request: Request) -> Response {
        match self.send(request).await {
            Ok((status, headers, body)) => {
                let mut response = Response::new(Body::from(body));
                *response.status_mut() = status;
                *response.headers_mut() = headers;
                response.headers_mut().remove(header::TRANSFER_ENCODING);
                response
            }
            Err(_) => disconnect(),
        }
    }

    async fn send(
        &self,
        request: Request,
    ) -> reqwest::Result<(StatusCode, header::HeaderMap, Bytes)> {
        let (parts, body) = request.into_parts();
        let server = self.server.lock().unwrap().clone();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let response = self
            .http
            .request(parts.method, format!("{server}{}", parts.uri))
            .headers(parts.headers)
            .body(body)
            .send()
            .await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok((status, headers, response.bytes().await?))
    }
}

/// Returns a response that makes the server close the connection before it sends anything.
fn disconnect() -> Response {
    let error = Err::<Bytes, _>(io::Error::other("the test closes the connection"));
    let body = futures_util::stream::once(std::future::ready(error));
    Response::new(Body::from_stream(body))
}
