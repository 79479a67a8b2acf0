use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::customer::within_patience;

/// What stands between customers and the shop's server, as a reverse proxy does before most: it
/// notes what is asked, and a test may hold an answer back or put another in its place.
pub struct Front {
    port: u16,
    street: Arc<Street>,
    serving: JoinHandle<()>,
}

struct Street {
    http: reqwest::Client,
    server: Mutex<String>,
    planned: Mutex<Vec<(String, Answer)>>,
    asked: watch::Sender<Vec<String>>,
}

/// What a request gets.
#[derive(Clone)]
pub enum Answer {
    /// This status, type and body; the server is not asked.
    Instead(u16, &'static str, String),
    /// None: the connection is cut, and the server is not asked.
    Cut,
    /// The server's answer, once the gate is open.
    Held(Gate),
    /// The server's answer without its content security policy: a page like most.
    WithoutPolicy,
    /// The server's answer with this policy, of which violations are only reported.
    WithReportedPolicy(&'static str),
}

/// Shut, until a test opens it for good.
#[derive(Clone)]
pub struct Gate(Arc<Semaphore>);

impl Gate {
    /// A gate that is shut.
    pub fn shut() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    /// Lets through who waits and who comes.
    pub fn open(&self) {
        self.0.close();
    }

    async fn pass(&self) {
        // It has no permits: the wait ends when it is closed.
        let _ = self.0.acquire().await;
    }
}

impl Front {
    /// Opens on a port of its own; the server is not known yet.
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let street = Arc::new(Street {
            http: client(),
            server: Mutex::default(),
            planned: Mutex::default(),
            asked: watch::Sender::default(),
        });
        let router = Router::new()
            .fallback(serve)
            .with_state(Arc::clone(&street));
        let serving = tokio::spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            port,
            street,
            serving,
        }
    }

    /// The port on which customers find what is behind it.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Sends what comes from now on to this server.
    pub fn lead_to(&self, server: &str) {
        server.clone_into(&mut self.street.server.lock().unwrap());
    }

    /// Gives this answer to the next request whose path ends so, or to the one after those that are
    /// planned already.
    pub fn plan(&self, path: &str, answer: Answer) {
        let mut planned = self.street.planned.lock().unwrap();
        planned.push((path.to_owned(), answer));
    }

    /// How many requests came that end so, as `POST /v1/sessions`.
    pub fn asked(&self, request: &str) -> usize {
        count(&self.street.asked.borrow(), request)
    }

    /// Waits until so many came that end so.
    pub async fn wait_for(&self, request: &str, times: usize) {
        let mut asked = self.street.asked.subscribe();
        let enough = asked.wait_for(|asked| count(asked, request) >= times);
        let what = format!("{times} times {request}");
        drop(within_patience(&what, enough).await.unwrap());
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn count(asked: &[String], request: &str) -> usize {
    asked.iter().filter(|line| line.ends_with(request)).count()
}

/// A client that passes on what it gets.
pub(crate) fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.build().unwrap()
}

async fn serve(State(street): State<Arc<Street>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let line = format!("{} {path}", request.method());
    let planned = street.next_planned(&path);
    street.asked.send_modify(|asked| asked.push(line));
    let mut response = match planned {
        Some(Answer::Instead(status, content_type, body)) => {
            let response = Response::builder()
                .status(status)
                .header(header::CONTENT_TYPE, content_type);
            response.body(Body::from(body)).unwrap()
        }
        Some(Answer::Cut) => cut(),
        Some(Answer::Held(gate)) => {
            gate.pass().await;
            street.forward(request).await
        }
        Some(Answer::WithoutPolicy) => {
            let mut response = street.forward(request).await;
            let headers = response.headers_mut();
            headers.remove(header::CONTENT_SECURITY_POLICY);
            response
        }
        Some(Answer::WithReportedPolicy(policy)) => {
            let mut response = street.forward(request).await;
            let policy = HeaderValue::from_static(policy);
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_SECURITY_POLICY_REPORT_ONLY, policy);
            response
        }
        None => street.forward(request).await,
    };
    // A browser repeats a request by itself when a connection that it used before is cut.
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

impl Street {
    fn next_planned(&self, path: &str) -> Option<Answer> {
        let mut planned = self.planned.lock().unwrap();
        let place = planned.iter().position(|(end, _)| path.ends_with(end))?;
        Some(planned.remove(place).1)
    }

    async fn forward(&self, request: Request) -> Response {
        match self.ask_server(request).await {
            Ok((status, headers, body)) => {
                let mut response = Response::new(Body::from(body));
                *response.status_mut() = status;
                *response.headers_mut() = headers;
                response.headers_mut().remove(header::TRANSFER_ENCODING);
                response
            }
            Err(_) => cut(),
        }
    }

    async fn ask_server(
        &self,
        request: Request,
    ) -> reqwest::Result<(StatusCode, header::HeaderMap, Bytes)> {
        let (parts, body) = request.into_parts();
        let server = self.server.lock().unwrap().clone();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let answer = self
            .http
            .request(parts.method, format!("{server}{}", parts.uri))
            .headers(parts.headers)
            .body(body)
            .send()
            .await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        Ok((status, headers, answer.bytes().await?))
    }
}

/// An answer that ends before it begins.
fn cut() -> Response {
    let end = std::future::ready(Err::<Bytes, _>(io::Error::other("the connection is cut")));
    Response::new(Body::from_stream(futures_util::stream::once(end)))
}
