/// A way in which the form misbehaves at `/chaos/{name}/form`, which accepts the same parameters as
/// `/form`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misbehaviour {
    /// The form never sends Ready.
    NeverReady,
    /// The form sends Ready after the page has stopped waiting.
    LateReady,
    /// The form sends Ready when its button is pressed, so that a test can choose the moment.
    ReadyOnPress,
    /// The form sends Ready twice.
    DoubleReady,
    /// The form sends JSON text instead of objects.
    JsonText,
    /// The request id in results is a number instead of a text.
    NumericRequestId,
    /// The results have another request id.
    WrongRequestId,
    /// A frame inside the form, with another origin, posts the results.
    WrongOriginFrame,
    /// The form accepts a card without having sent Ready.
    ResultBeforeReady,
    /// The form posts each result twice.
    DuplicateResult,
    /// The form posts a second token after the first.
    ConflictingResult,
    /// The form posts 5 MB before it sends Ready.
    HugeMessage,
    /// The form reloads once, after the page has answered.
    Reload,
    /// The server answers slowly.
    SlowLoad,
    /// The form posts INVALID_PAN before it posts a token.
    ErrorThenSaved,
}

impl Misbehaviour {
    /// Every misbehaviour, in the order of the documentation.
    pub const ALL: [Self; 15] = [
        Self::NeverReady,
        Self::LateReady,
        Self::ReadyOnPress,
        Self::DoubleReady,
        Self::JsonText,
        Self::NumericRequestId,
        Self::WrongRequestId,
        Self::WrongOriginFrame,
        Self::ResultBeforeReady,
        Self::DuplicateResult,
        Self::ConflictingResult,
        Self::HugeMessage,
        Self::Reload,
        Self::SlowLoad,
        Self::ErrorThenSaved,
    ];

    /// Returns the name in the URL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NeverReady => "never-ready",
            Self::LateReady => "late-ready",
            Self::ReadyOnPress => "ready-on-press",
            Self::DoubleReady => "double-ready",
            Self::JsonText => "json-text",
            Self::NumericRequestId => "numeric-request-id",
            Self::WrongRequestId => "wrong-request-id",
            Self::WrongOriginFrame => "wrong-origin-frame",
            Self::ResultBeforeReady => "result-before-ready",
            Self::DuplicateResult => "duplicate-result",
            Self::ConflictingResult => "conflicting-result",
            Self::HugeMessage => "huge-message",
            Self::Reload => "reload",
            Self::SlowLoad => "slow-load",
            Self::ErrorThenSaved => "error-then-saved",
        }
    }
}
