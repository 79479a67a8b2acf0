//! Who may see the pages, and which forms are accepted.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use super::failure::{self, Failure};
use super::form::Form;
use super::key::AdminKey;
use super::pass::Pass;
use super::visit::{FormToken, Visit};
use super::{origin, sign_in};
use crate::app::AppState;

/// The field of every form that says for whom its page was made.
const FORM_TOKEN: &str = "form_token";

/// Lets only signed-in operators in. Of what changes something, this also demands that it comes from a page of this
/// server, which was made for this operator.
pub(super) async fn require_pass(
    State(app): State<AppState>,
    Extension(key): Extension<AdminKey>,
    Extension(visit): Extension<Visit>,
    mut request: Request,
    next: Next,
) -> Response {
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let Some(pass) = Pass::of(request.headers(), &key, app.parts().clock.now()) else {
        return match is_reading {
            true => sign_in::redirect_from(&visit.uri),
            false => failure::page(&Failure::SignedOut, &visit, None),
        };
    };
    let form_token = FormToken(pass.form_token(&key));
    if !is_reading {
        request = match check_form(request, &pass, &key).await {
            Ok(request) => request,
            Err(refused) => return failure::page(&refused, &visit, Some(&form_token)),
        };
    }
    request.extensions_mut().insert(form_token.clone());
    let response = next.run(request).await;
    match response.extensions().get::<Failure>() {
        Some(failure) => failure::page(failure, &visit, Some(&form_token)),
        None => response,
    }
}

/// Checks what a page has sent, and leaves out the body, which contains nothing else.
async fn check_form(request: Request, pass: &Pass, key: &AdminKey) -> Result<Request, Failure> {
    let (parts, body) = request.into_parts();
    if !origin::is_own(&parts.uri, &parts.headers) {
        return Err(Failure::ForeignOrigin);
    }
    let form = Form::read(&parts.headers, body).await;
    let is_accepted = form.is_some_and(|form| pass.accepts(key, &form.field(FORM_TOKEN)));
    match is_accepted {
        true => Ok(Request::from_parts(parts, Body::empty())),
        false => Err(Failure::StaleForm),
    }
}
