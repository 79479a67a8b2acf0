//! A merchant that answers the platform, and hears its callbacks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use pantoken_jetpay::{
    Callback, CallbackContent, CallbackError, MerchantRequest, Payment, Question,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::{key, project_id};

/// A callback as it was read, and its bytes.
pub(super) type Heard = (Result<Callback, CallbackError>, String);

/// A merchant that answers as it is told, and otherwise has every account and takes every callback.
pub(super) struct Merchant {
    pub(super) url: String,
    shared: Shared,
    questions: mpsc::UnboundedReceiver<String>,
    callbacks: mpsc::UnboundedReceiver<Heard>,
}

#[derive(Clone)]
struct Shared {
    answers: Arc<Mutex<VecDeque<(u16, String)>>>,
    callback_answers: Arc<Mutex<VecDeque<u16>>>,
    deposits: Arc<Mutex<u32>>,
    asked: mpsc::UnboundedSender<String>,
    heard: mpsc::UnboundedSender<Heard>,
}

impl Merchant {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, questions) = mpsc::unbounded_channel();
        let (heard, callbacks) = mpsc::unbounded_channel();
        let shared = Shared {
            answers: Arc::default(),
            callback_answers: Arc::default(),
            deposits: Arc::default(),
            asked,
            heard,
        };
        let router = Router::new()
            .route("/merchant", post(answer))
            .route("/callbacks", post(hear))
            .route("/other", post(hear))
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            url,
            shared,
            questions,
            callbacks,
        }
    }

    /// Answers the next question like this.
    pub(super) fn answer(&self, status: u16, body: &Value) {
        let answer = (status, body.to_string());
        self.shared.answers.lock().unwrap().push_back(answer);
    }

    /// Answers the next callbacks with these statuses.
    pub(super) fn answer_callbacks(&self, statuses: &[u16]) {
        self.shared
            .callback_answers
            .lock()
            .unwrap()
            .extend(statuses);
    }

    /// Waits until every answer was given.
    pub(super) async fn has_answered_all(&self) {
        while !self.shared.answers.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    }

    pub(super) async fn next_question(&mut self) -> String {
        next(&mut self.questions).await
    }

    pub(super) async fn next_callback(&mut self) -> Heard {
        next(&mut self.callbacks).await
    }

    pub(super) fn has_heard_nothing(&mut self) -> bool {
        self.callbacks.try_recv().is_err()
    }

    /// Returns the payment of the next callback, whose signature holds.
    pub(super) async fn next_payment(&mut self) -> Payment {
        let (callback, text) = self.next_callback().await;
        match callback
            .unwrap_or_else(|error| panic!("{error}: {text}"))
            .content
        {
            CallbackContent::Payment(payment) => *payment,
            other => panic!("{other:?}"),
        }
    }
}

async fn next<T>(receiver: &mut mpsc::UnboundedReceiver<T>) -> T {
    let next = tokio::time::timeout(Duration::from_secs(20), receiver.recv());
    next.await.unwrap().unwrap()
}

async fn answer(State(shared): State<Shared>, body: Bytes) -> (StatusCode, String) {
    let key = key();
    let request = MerchantRequest::verify(|id| (id == project_id()).then_some(&key), &body);
    let request = request.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let field = |name: &str| match &body[name] {
        Value::String(text) => format!(" {text}"),
        other => format!(" {other}"),
    };
    let customer = request.customer_id();
    let (question, answer) = match request.question() {
        Question::Verify => {
            let answer = json!({"code": 0, "currency": "KZT"});
            (format!("verify {customer}"), answer)
        }
        _ => {
            let mut deposits = shared.deposits.lock().unwrap();
            *deposits += 1;
            let fields = ["amount", "currency", "payment_method"].map(field).concat();
            let answer = json!({"code": 0, "payment_id": format!("deposit-{deposits}")});
            (format!("check_deposit {customer}{fields}"), answer)
        }
    };
    // The test may have ended.
    let _ = shared.asked.send(question);
    let told = shared.answers.lock().unwrap().pop_front();
    let (status, text) = told.unwrap_or((200, answer.to_string()));
    (StatusCode::from_u16(status).unwrap(), text)
}

async fn hear(State(shared): State<Shared>, body: Bytes) -> StatusCode {
    let key = key();
    let callback = Callback::verify(|id| (id == project_id()).then_some(&key), &body);
    let text = String::from_utf8(body.to_vec()).unwrap();
    let _ = shared.heard.send((callback, text));
    let status = shared.callback_answers.lock().unwrap().pop_front();
    StatusCode::from_u16(status.unwrap_or(200)).unwrap()
}
