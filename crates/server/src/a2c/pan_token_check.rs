use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use pantoken_a2c::{PanToken, RequestId};

type VerdictFuture = Pin<Box<dyn Future<Output = PanTokenVerdict> + Send>>;

/// Checks a panToken before it is recorded and your back end is told.
///
/// A result is the customer's word: whoever holds a result token can report any text. If you can find out whether a
/// token is the provider's, for example by asking the provider by request id, do it here. The check is called for each
/// report that would record a token, in both flows. The request waits for it, within
/// [`Limits::answer_time`](crate::Limits::answer_time).
///
/// ```
/// use pantoken_server::{ApiOptions, PanTokenCheck, PanTokenVerdict, PublicUrl};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let options = ApiOptions {
///     pan_token_check: Some(PanTokenCheck::new(|reported| async move {
///         // A real check asks the provider about `reported.request_id`.
///         match reported.pan_token.as_str().len() {
///             36 => PanTokenVerdict::Accept,
///             _ => PanTokenVerdict::Refuse,
///         }
///     })),
///     ..ApiOptions::new(PublicUrl::parse("https://pay.shop.kz")?)
/// };
/// # let _ = options;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PanTokenCheck(Arc<dyn Fn(ReportedPanToken) -> VerdictFuture + Send + Sync>);

/// A panToken that was reported with the credentials of its session.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReportedPanToken {
    /// The request id of the session, by which the provider knows the operation.
    pub request_id: RequestId,
    /// Your own reference to the customer.
    pub customer: Option<String>,
    /// The panToken. Its `Debug` output is redacted.
    pub pan_token: PanToken,
}

/// What to do with a reported panToken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanTokenVerdict {
    /// Record it and tell the back end.
    Accept,
    /// Refuse it for good, because it is not the provider's. The report is answered with 400 `INVALID_FIELD`.
    Refuse,
    /// Record nothing now, because the check has no answer. The report is answered with 503 `PAN_TOKEN_UNCHECKED`,
    /// and the page repeats it.
    TryLater,
}

impl PanTokenCheck {
    /// Returns a check that calls this function.
    pub fn new<F, V>(check: F) -> Self
    where
        F: Fn(ReportedPanToken) -> V + Send + Sync + 'static,
        V: Future<Output = PanTokenVerdict> + Send + 'static,
    {
        Self(Arc::new(move |reported| Box::pin(check(reported))))
    }

    pub(crate) async fn verdict(&self, reported: ReportedPanToken) -> PanTokenVerdict {
        (self.0)(reported).await
    }
}

impl fmt::Debug for PanTokenCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PanTokenCheck(…)")
    }
}
