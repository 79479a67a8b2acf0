use crate::id::ProjectId;
use crate::json::{Body, Json, Unreadable};
use crate::payment::Payment;
use crate::signature::{SecretKey, SignatureError};
use crate::signed_text::Variant;

/// A callback whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Callback {
    /// The project.
    pub project_id: ProjectId,
    /// What it is about.
    pub content: CallbackContent,
    /// The way of building the signed text that the signature is over, for the log.
    pub variant: Variant,
    deduplication_text: String,
}

/// What a callback is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackContent {
    /// A payment or payout.
    Payment(Box<Payment>),
    /// Something else, such as a token or a subscription.
    Other,
}

/// The reason why a callback is refused. Answer 400. No message contains any of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// The body is not JSON, or lacks what every callback has.
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
    /// The project is not yours.
    #[error("the project is not configured here")]
    UnknownProject,
    /// The signature does not hold.
    #[error("{0}")]
    Signature(#[from] SignatureError),
    /// What is signed is the address of a payment page: the customer has seen its signature.
    #[error(
        "the signed text contains parameters of a payment page, whose signature the customer knows"
    )]
    PaymentPage,
}

impl Callback {
    /// Verifies and reads a callback. `key` returns the secret key of a project that is yours.
    ///
    /// ```
    /// use pantoken_jetpay::{Callback, CallbackContent, Phase, ProjectId, SecretKey};
    ///
    /// let key = SecretKey::parse("secret")?;
    /// let mut body = serde_json::json!({
    ///     "project_id": 238,
    ///     "payment": {"id": "1554967098", "status": "success"},
    ///     "operation": {"id": 36425000001206_u64, "code": "0"},
    /// });
    /// # let unsigned = pantoken_jetpay::Body::parse(body.to_string().as_bytes())?;
    /// body["signature"] = key.sign(&unsigned)?.into();
    ///
    /// let keys = |project: ProjectId| (project.get() == 238).then_some(&key);
    /// let callback = Callback::verify(keys, body.to_string().as_bytes())?;
    /// let CallbackContent::Payment(payment) = &callback.content else { panic!() };
    /// assert_eq!(payment.phase(), Phase::Succeeded);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns [`CallbackError`].
    pub fn verify<'k>(
        key: impl FnOnce(ProjectId) -> Option<&'k SecretKey>,
        bytes: &[u8],
    ) -> Result<Self, CallbackError> {
        let body = Body::parse(bytes)?;
        let project_id = body.get("project_id").and_then(ProjectId::from_integer);
        let project_id = project_id.ok_or(Unreadable::Field("project_id"))?;
        let key = key(project_id).ok_or(CallbackError::UnknownProject)?;
        let variant = key.verify(&body)?;
        let signed_text = body.signed_text(variant);
        if has_page_parameters(&body, &signed_text) {
            return Err(CallbackError::PaymentPage);
        }
        Ok(Self {
            project_id,
            content: CallbackContent::read(&body)?,
            variant,
            deduplication_text: signed_text,
        })
    }

    /// Returns a text that is the same for repetitions of the same callback: all that is signed of it.
    #[must_use]
    pub fn deduplication_text(&self) -> &str {
        &self.deduplication_text
    }
}

impl CallbackContent {
    fn read(body: &Body) -> Result<Self, Unreadable> {
        if body.get("payment").is_none() {
            return Ok(Self::Other);
        }
        let payment = Payment::read(body)?;
        let is_explained = ["operation", "operations", "errors"]
            .into_iter()
            .any(|name| {
                body.get(name)
                    .is_some_and(|json| matches!(json, Json::Object(_) | Json::List(_)))
            });
        if !is_explained {
            return Err(Unreadable::Field("operation"));
        }
        Ok(Self::Payment(Box::new(payment)))
    }
}

/// Returns whether the signature could be that of a payment page's address, which is made with the same key and
/// handed to the customer. All addresses have parameters `payment_…` and `customer_…`. They are looked for in the
/// signed text too, because a forger can hide them behind a `;` in a value. Callbacks have no such members.
fn has_page_parameters(body: &Body, signed_text: &str) -> bool {
    let is_parameter = |name: &str| name.starts_with("payment_") || name.starts_with("customer_");
    let names = match body.json() {
        Json::Object(members) => members.as_slice(),
        _ => &[],
    };
    names.iter().any(|(name, _)| is_parameter(name)) || signed_text.split(';').any(is_parameter)
}
