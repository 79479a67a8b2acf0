use serde_json::{Value, json};

use crate::payin::card::{Card, Outcome};
use crate::payin::notification;
use crate::payin::provider::{Body, Provider};
use crate::payin::refusal::Refusal;
use crate::payin::state::{Check, Progress, State, Token, date};

/// Checks a card through the API, or returns the check of this id.
pub(crate) fn create(
    provider: &Provider,
    state: &mut State,
    id: &str,
    body: &Body,
) -> Result<Value, Refusal> {
    if !state.checks.contains_key(id) {
        let card = Card::read(&body.json["cardData"])?;
        let account = body.text("/tokenizationData/account");
        start(provider, state, id, card, account.map(str::to_owned));
    }
    get(provider, state, id)
}

/// Starts the check of a card, through the API or by form.
pub(crate) fn start(
    provider: &Provider,
    state: &mut State,
    id: &str,
    card: Card,
    wants_token: Option<String>,
) {
    let outcome = card.outcome(provider.now());
    let is_success = outcome.is_success;
    let progress = if card.needs_3ds {
        Progress::Waits3ds { is_success }
    } else {
        Progress::Decided(outcome)
    };
    let status = if card.needs_3ds {
        "NOT_PASSED"
    } else {
        "WITHOUT"
    };
    let check = Check {
        object: json!({"requestUid": id, "threeDsStatus": status}),
        progress,
        wants_token,
        card,
    };
    state.execute("check", id, &Value::Null);
    state.checks.insert(id.to_owned(), check);
}

/// Returns a check, after its outcome if that is due. Before the customer has used the form of a bill, it is
/// `INIT`.
pub(crate) fn get(provider: &Provider, state: &mut State, id: &str) -> Result<Value, Refusal> {
    if !state.checks.contains_key(id) {
        let bill = state.bills.get(id).ok_or(Refusal::NotFound)?;
        let flags = bill.object["flags"].as_array();
        let is_check = flags.is_some_and(|flags| flags.iter().any(|flag| flag == "CHECK_CARD"));
        let answer = json!({"requestUid": id, "status": "INIT"});
        return if is_check {
            Ok(answer)
        } else {
            Err(Refusal::NotFound)
        };
    }
    settle(provider, state, id)?;
    let check = state.checks.get(id).ok_or(Refusal::NotFound)?;
    let mut object = check.object.clone();
    match check.progress {
        Progress::Waits3ds { .. } => {
            let url = format!("{}/acs", provider.settings().public_origin.as_str());
            let requirements = json!({"pareq": id, "acsUrl": url});
            return Ok(json!({
                "requestUid": id, "status": "WAITING_3DS", "requirements": requirements,
            }));
        }
        Progress::Decided(_) => return Ok(json!({"requestUid": id, "status": "INIT"})),
        Progress::Done { .. } => object["status"] = json!("SUCCESS"),
    }
    Ok(object)
}

fn settle(provider: &Provider, state: &mut State, id: &str) -> Result<(), Refusal> {
    let check = state.checks.get_mut(id).ok_or(Refusal::NotFound)?;
    let Progress::Decided(Outcome { at, is_success }) = check.progress else {
        return Ok(());
    };
    if provider.now() < at {
        return Ok(());
    }
    check.progress = Progress::Done { is_success };
    check.object["isValidCard"] = json!(is_success);
    check.object["checkOperationDate"] = json!(date(provider.now()));
    check.object["cardInfo"] = json!({
        "issuingCountry": "643", "issuingBank": "Test Bank Name", "paymentSystem": "UNKNOWN",
        "fundingSource": "UNKNOWN", "paymentSystemProduct": "Unknown",
    });
    if let Some(account) = check.wants_token.take().filter(|_| is_success) {
        let id = provider.uuid()?;
        let card = check.card.clone();
        let token = Token { account, card };
        check.object["createdToken"] = token.describe(&id);
        state.tokens.insert(id, token);
    }
    let object = get(provider, state, id)?;
    notification::check(provider, state, id, &object);
    Ok(())
}

/// Finishes 3-D Secure: `pares` says whether the customer was authenticated.
pub(crate) fn complete(
    provider: &Provider,
    state: &mut State,
    id: &str,
    body: &Body,
) -> Result<Value, Refusal> {
    let pares = body.text("/pares");
    let pares = pares.ok_or(Refusal::Field("pares", "May not be null"))?;
    let check = state.checks.get_mut(id).ok_or(Refusal::NotFound)?;
    if let Progress::Waits3ds { is_success } = check.progress {
        let is_authenticated = pares != "failed";
        let status = if is_authenticated {
            "PASSED"
        } else {
            "NOT_PASSED"
        };
        check.object["threeDsStatus"] = json!(status);
        check.progress = Progress::Decided(Outcome {
            at: provider.now(),
            is_success: is_success && is_authenticated,
        });
    }
    get(provider, state, id)
}

/// Deletes a token of this customer.
pub(crate) fn delete_token(state: &mut State, body: &Body) -> Result<(), Refusal> {
    let field = |name: &'static str, pointer| {
        let text = body.text(pointer);
        text.ok_or(Refusal::Field(name, "May not be null"))
    };
    let account = field("customerAccountId", "/customerAccountId")?;
    let token = field("token", "/token")?;
    match state.tokens.get(token) {
        Some(known) if known.account == account => {
            state.tokens.remove(token);
            state.execute("token-deletion", account, &Value::Null);
            Ok(())
        }
        _ => Err(Refusal::NotFound),
    }
}
