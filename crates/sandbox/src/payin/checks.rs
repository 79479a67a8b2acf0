use serde_json::{Value, json};

use crate::payin::body::{Body, has_flag};
use crate::payin::card::Card;
use crate::payin::notification;
use crate::payin::provider::Provider;
use crate::payin::refusal::{self, Refusal};
use crate::payin::state::{Check, Progress, State, Token, date};
use crate::payin::three_ds;

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
    let progress = Progress::of_card(&card, provider.now());
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
    if let Some(due) = progress.due().filter(|due| *due > provider.now()) {
        let id = id.to_owned();
        provider.later(due, move |provider, state| {
            refusal::log(settle(provider, state, &id));
        });
    }
}

/// Returns a check, after its outcome if that is due. Before the customer has used the form of a bill, it is
/// `INIT`.
pub(crate) fn get(provider: &Provider, state: &mut State, id: &str) -> Result<Value, Refusal> {
    if !state.checks.contains_key(id) {
        let bill = state.bills.get(id).ok_or(Refusal::NotFound)?;
        if has_flag(&bill.object, "CHECK_CARD") {
            return Ok(json!({"requestUid": id, "status": "INIT"}));
        }
        return Err(Refusal::NotFound);
    }
    settle(provider, state, id)?;
    let check = state.checks.get(id).ok_or(Refusal::NotFound)?;
    let mut object = check.object.clone();
    match check.progress {
        Progress::Waits3ds { .. } => {
            let requirements = three_ds::requirements(provider, id);
            return Ok(json!({
                "requestUid": id, "status": "WAITING_3DS", "requirements": requirements,
            }));
        }
        Progress::Decided(_) => return Ok(json!({"requestUid": id, "status": "INIT"})),
        Progress::Done(_) => object["status"] = json!("SUCCESS"),
    }
    Ok(object)
}

fn settle(provider: &Provider, state: &mut State, id: &str) -> Result<(), Refusal> {
    let check = state.checks.get_mut(id).ok_or(Refusal::NotFound)?;
    let Some(result) = check.progress.result_at(provider.now()) else {
        return Ok(());
    };
    let is_success = result.is_ok();
    check.progress = Progress::Done(result);
    check.object["isValidCard"] = json!(is_success);
    check.object["checkOperationDate"] = json!(date(provider.now()));
    check.object["cardInfo"] = json!({
        "issuingCountry": "643", "issuingBank": "Test Bank Name", "paymentSystem": "UNKNOWN",
        "fundingSource": "UNKNOWN", "paymentSystemProduct": "Unknown",
    });
    if let Some(account) = check.wants_token.take().filter(|_| is_success) {
        let id = provider.uuid()?;
        let card = check.card.clone();
        let token = Token::of_card(account, card);
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
    let pares = body.required("pares", "/pares", usize::MAX)?;
    authenticate(provider, state, id, pares)?;
    get(provider, state, id)
}

/// Takes the answer of the issuer's page.
pub(crate) fn authenticate(
    provider: &Provider,
    state: &mut State,
    id: &str,
    pares: &str,
) -> Result<(), Refusal> {
    let is_authenticated = three_ds::is_authenticated(pares)?;
    settle(provider, state, id)?;
    let check = state.checks.get_mut(id).ok_or(Refusal::NotFound)?;
    if let Progress::Waits3ds { .. } = check.progress {
        let passed = if is_authenticated {
            "PASSED"
        } else {
            "NOT_PASSED"
        };
        check.object["threeDsStatus"] = json!(passed);
    }
    check.progress = check
        .progress
        .authenticated(is_authenticated, provider.now());
    settle(provider, state, id)
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
        Some(known) if known.account == account && known.card.is_some() => {
            state.tokens.remove(token);
            state.execute("token-deletion", account, &Value::Null);
            Ok(())
        }
        _ => Err(Refusal::NotFound),
    }
}
