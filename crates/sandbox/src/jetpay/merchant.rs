//! The questions to the merchant. Source: docs/jetpay.md, "Deposits".

use pantoken_jetpay::{PaymentId, Variant};
use serde_json::{Value, json};

use super::callbacks::sign;
use super::journal::Call;
use super::platform::Platform;

/// What the merchant said.
pub(super) struct Answer {
    pub(super) outcome: Result<Value, Refusal>,
    /// The answer as it came, or why there is none.
    pub(super) raw: Value,
}

/// Why a merchant's answer is no consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There is no such account.
    NoAccount,
    /// Anything else, and no answer.
    Other,
}

impl Refusal {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::NoAccount => "NO_ACCOUNT",
            Self::Other => "MERCHANT_FAILED",
        }
    }
}

/// Asks whether there is an account. Consent has its currency.
pub(super) async fn verify(platform: &Platform, customer_id: &str) -> Answer {
    let question = json!({"type": "verify", "customer_id": customer_id});
    let answer = ask(platform, question).await;
    let is_currency =
        |text: &str| text.len() == 3 && text.bytes().all(|it| it.is_ascii_uppercase());
    answer.and_then(|body| body["currency"].as_str().is_some_and(is_currency))
}

/// Asks for the id of a deposit. Consent has it.
pub(super) async fn check_deposit(
    platform: &Platform,
    customer_id: &str,
    amount: i64,
    currency: &str,
) -> Answer {
    let question = json!({
        "type": "check_deposit", "customer_id": customer_id, "amount": amount, "currency": currency,
        "payment_method": "qiwi-kz",
    });
    let answer = ask(platform, question).await;
    let is_id = |text: &str| PaymentId::parse(text).is_ok();
    answer.and_then(|body| body["payment_id"].as_str().is_some_and(is_id))
}

impl Answer {
    /// Refuses an answer that lacks something.
    fn and_then(mut self, is_whole: impl FnOnce(&Value) -> bool) -> Self {
        if self.outcome.as_ref().is_ok_and(|body| !is_whole(body)) {
            self.outcome = Err(Refusal::Other);
        }
        self
    }
}

async fn ask(platform: &Platform, mut question: Value) -> Answer {
    let settings = platform.settings();
    question["project_id"] = json!(settings.project_id.get());
    question["signature"] = json!(sign(&settings.secret_key, &question, Variant::PLATFORM));
    let Some(url) = &settings.merchant_url else {
        return Answer {
            outcome: Err(Refusal::Other),
            raw: json!({"message": "No address of a merchant is set"}),
        };
    };
    let (at, request) = (platform.now(), question.to_string());
    let sender = platform.outbox().sender();
    let reply = sender.post(url.as_str(), None, &request).await;
    let status = reply.as_ref().map(|reply| reply.status);
    let body = reply.map(|reply| reply.body).unwrap_or_default();
    platform.state().journal.add(Call {
        at,
        to: url.as_str().to_owned(),
        request,
        status,
        answer: String::from_utf8_lossy(&body).into_owned(),
    });
    read(status, &body)
}

/// Reads an answer. Its HTTP status does not count, because merchants differ in it.
fn read(status: Option<u16>, body: &[u8]) -> Answer {
    let raw: Value = serde_json::from_slice(body).unwrap_or_default();
    let outcome = match raw["code"].as_i64() {
        Some(0) => Ok(raw.clone()),
        Some(404) => Err(Refusal::NoAccount),
        _ => Err(Refusal::Other),
    };
    let raw = match status {
        Some(_) if raw.is_object() => raw,
        Some(status) => json!({"message": format!("HTTP status {status} without JSON")}),
        None => json!({"message": "The merchant did not answer"}),
    };
    Answer { outcome, raw }
}
