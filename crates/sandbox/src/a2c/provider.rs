use std::sync::{Mutex, PoisonError};

use pantoken_a2c::{FormUrlError, PanToken, RequestId, SignedRequest};
use pantoken_core::is_card_number;

use crate::a2c::refusal::Refusal;
use crate::a2c::save_request::SaveRequest;
use crate::a2c::saved_requests::SavedRequests;
use crate::a2c::{Settings, pan_token};
use pantoken_core::{Random, RandomError};

const FORBIDDEN_PAN: &str = "4000000000000002";
const INVALID_SESSION_PAN: &str = "4000000000000069";

/// What the provider decides: whether a form may be shown, and what becomes of a card.
///
/// Source: docs/sandbox.md.
pub(crate) struct Provider {
    settings: Settings,
    random: Box<dyn Random>,
    saved: Mutex<SavedRequests>,
}

impl Provider {
    pub(crate) fn new(settings: Settings, random: impl Random) -> Self {
        Self {
            settings,
            random: Box::new(random),
            saved: Mutex::default(),
        }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Lets a request pass when it is of our agent's and its signature holds.
    pub(crate) fn admit(
        &self,
        read: Result<SignedRequest, FormUrlError>,
    ) -> Result<SignedRequest, Refusal> {
        let signed = read?;
        if *signed.request().agent_id() != self.settings.agent_id {
            return Err(Refusal::UnknownAgent);
        }
        if !self.settings.secret.verifies(&signed) {
            return Err(Refusal::WrongSignature);
        }
        Ok(signed)
    }

    /// A panToken that no card has yet.
    pub(crate) fn new_pan_token(&self) -> Result<PanToken, RandomError> {
        pan_token::make(self.random.as_ref())
    }

    /// Gives the request its card, once; the number is looked at and forgotten.
    pub(crate) fn save(&self, request: &SaveRequest) -> Result<RequestId, Refusal> {
        let signed = self.admit(request.signed_request(&self.settings.public_origin))?;
        let request_id = signed.request().request_id();
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        if saved.contains(request_id) {
            return Err(Refusal::RequestHasCard);
        }
        judge(request.pan())?;
        saved.insert(request_id);
        Ok(request_id)
    }
}

fn judge(pan: &str) -> Result<(), Refusal> {
    let digits_alone = pan.bytes().all(|byte| byte.is_ascii_digit());
    match pan {
        FORBIDDEN_PAN => Err(Refusal::Forbidden),
        INVALID_SESSION_PAN => Err(Refusal::InvalidSession),
        _ if digits_alone && is_card_number(pan) => Ok(()),
        _ => Err(Refusal::InvalidPan),
    }
}
