//! A signed-in operator, and what there is to look at.

use pantoken_core::Secret;
use pantoken_server::AdminKey;
use pantoken_store::{
    DeliveryState, Digest, Fact, NewEvent, NewOperation, OperationChange, OperationCreation,
    OperationStore, Outbox, Progress, StoredOperation,
};
use serde_json::json;

use crate::payin_shop::options_of;
use crate::support::{Answer, START, Server, server_with};

pub(super) const KEY: &str = "admin-key-of-the-tests";
pub(super) const HOST: (&str, &str) = ("host", "localhost:3029");
pub(super) const ORIGIN: (&str, &str) = ("origin", "http://localhost:3029");
pub(super) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
pub(super) const PEER: &str = "192.0.2.1:1";

/// A server with the pages, and with payin, whose operations it can read.
pub(super) async fn server_with_pages() -> Server {
    server_with(|options| {
        options.admin_key = Some(AdminKey::parse(KEY).unwrap());
        options.payin = Some(options_of("127.0.0.1:9"));
    })
    .await
}

pub(super) async fn present(server: &Server, peer: &str, key: &str, next: &str) -> Answer {
    let body = format!("key={key}&next={next}");
    let headers = [HOST, ORIGIN, FORM];
    server
        .call_metrics_from(peer, "POST", "/admin/sign-in", &headers, &body)
        .await
}

pub(super) struct Operator<'a> {
    server: &'a Server,
    pub(super) cookie: String,
}

impl<'a> Operator<'a> {
    pub(super) async fn sign_in(server: &'a Server) -> Self {
        let answer = present(server, PEER, KEY, "").await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let cookie = answer.header("set-cookie").split(';').next().unwrap();
        Self {
            server,
            cookie: cookie.to_owned(),
        }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        let headers = [HOST, ("cookie", &self.cookie)];
        self.server
            .call_metrics_from(PEER, "GET", path, &headers, "")
            .await
    }

    /// Opens a page, which must be there.
    pub(super) async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.text
    }

    /// Sends a form with these headers.
    pub(super) async fn send(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        form_token: &str,
    ) -> Answer {
        let mut all = vec![HOST, ("cookie", self.cookie.as_str())];
        all.extend_from_slice(headers);
        let body = format!("form_token={form_token}");
        self.server
            .call_metrics_from(PEER, "POST", path, &all, &body)
            .await
    }

    /// Presses a button as it is on a page.
    pub(super) async fn press(&self, page: &str, action: &str) -> Answer {
        let html = self.page(page).await;
        assert!(html.contains(&format!("action=\"{action}\"")), "{html}");
        self.send(action, &[ORIGIN, FORM], &form_token(&html)).await
    }
}

/// The token of the forms of a page.
pub(super) fn form_token(html: &str) -> String {
    let (_, rest) = html.split_once("name=\"form_token\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Creates a payment by token that waits for the provider.
pub(super) async fn create_payment(
    server: &Server,
    id: &str,
    customer: &str,
    token: &str,
) -> StoredOperation {
    let data = json!({
        "customer": customer, "paymentToken": token, "amount": {"value": "10.00", "currency": "RUB"},
        "capture": true, "comment": null, "state": "pending", "reason": null, "captured": 0, "refunded": 0,
    });
    let mut progress = Progress::new("pending", Secret::new(&data.to_string()));
    progress.next_attempt_at = Some(START + 3_600_000);
    let new = NewOperation {
        kind: "payin.payment".to_owned(),
        key: id.to_owned(),
        parent: None,
        customer: Some(customer.to_owned()),
        created_by: None,
        fingerprint: Digest::of(id.as_bytes()),
        progress,
        created_at: START,
        leased_until: None,
        deadline_at: Some(START + 86_400_000),
    };
    match server.store.create_operation(new).await.unwrap() {
        OperationCreation::Created(operation) => operation,
        other => panic!("{other:?}"),
    }
}

/// Lets a payment need attention, with a fact that was heard of it and an event that tells it.
pub(super) async fn needs_attention(
    server: &Server,
    payment: &StoredOperation,
    heard: &str,
    body: &str,
) {
    let change = OperationChange {
        id: payment.id,
        kind: payment.kind.clone(),
        key: payment.key.clone(),
        version: payment.version,
        progress: Progress {
            attention: Some("DEADLINE".to_owned()),
            ..payment.progress.clone()
        },
        is_progress: true,
        fact: Some(Fact {
            source: "provider".to_owned(),
            text: heard.to_owned(),
        }),
        events: vec![NewEvent {
            id: format!("event-{}", payment.id),
            kind: "payin.payment.attention".to_owned(),
            body: Secret::new(body),
        }],
        creates: Vec::new(),
        wakes: Vec::new(),
        now: START,
    };
    let changed = server.store.change_operation(change).await;
    assert!(changed.unwrap().is_some());
}

/// Gives up the webhooks that are due, for this reason.
pub(super) async fn give_up_webhooks(server: &Server, reason: &str) {
    let store = &server.store;
    let claimed = store.claim_deliveries(START, START + 60_000, 100).await;
    for delivery in claimed.unwrap() {
        let claim = delivery.claim();
        assert!(store.mark_dead(claim, reason.to_owned()).await.unwrap());
    }
    assert_ne!(
        store.count_deliveries(DeliveryState::Dead).await.unwrap(),
        0
    );
}
