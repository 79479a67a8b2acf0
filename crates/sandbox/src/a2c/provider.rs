use std::sync::{Mutex, PoisonError};

use pantoken_a2c::{FormUrlError, PanToken, RequestId, SignedRequest};
use pantoken_core::{Random, RandomError, is_luhn_valid};

use crate::a2c::Settings;
use crate::a2c::refusal::Refusal;
use crate::a2c::save_request::SaveRequest;
use crate::a2c::saved_requests::SavedRequests;
use crate::uuid;

const FORBIDDEN_PAN: &str = "4000000000000002";
const INVALID_SESSION_PAN: &str = "4000000000000069";

/// The provider. It decides whether a form is shown, and how a card is answered.
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

    /// Accepts a form URL if it belongs to the configured agent and its signature is correct.
    pub(crate) fn verify(
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

    /// Generates a new panToken. Like the provider's, it is a UUID of 36 characters.
    pub(crate) fn new_pan_token(&self) -> Result<PanToken, RandomError> {
        let uuid = uuid::generate(self.random.as_ref())?;
        match PanToken::parse(&uuid) {
            Ok(token) => Ok(token),
            // A UUID with dashes cannot be a card number.
            Err(_) => unreachable!(),
        }
    }

    /// Records that the request has a card. A request can have one card, and the number is not stored.
    pub(crate) fn save(&self, request: &SaveRequest) -> Result<RequestId, Refusal> {
        let signed = self.verify(request.signed_request(&self.settings.public_origin))?;
        let request_id = signed.request().request_id();
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        if saved.contains(request_id) {
            return Err(Refusal::RequestHasCard);
        }
        check_card_number(request.pan())?;
        saved.insert(request_id);
        Ok(request_id)
    }
}

fn check_card_number(pan: &str) -> Result<(), Refusal> {
    let digits_alone = pan.bytes().all(|byte| byte.is_ascii_digit());
    match pan {
        FORBIDDEN_PAN => Err(Refusal::Forbidden),
        INVALID_SESSION_PAN => Err(Refusal::InvalidSession),
        _ if digits_alone && (13..=19).contains(&pan.len()) && is_luhn_valid(pan) => Ok(()),
        _ => Err(Refusal::InvalidPan),
    }
}
