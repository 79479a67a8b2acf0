/// A way in which the form misbehaves on request: at `/chaos/{name}/form`, with the parameters of
/// `/form`.
///
/// Source: docs/sandbox.md, "A form that misbehaves".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misbehaviour {
    /// It never says Ready.
    NeverReady,
    /// It says Ready when a page no longer waits.
    LateReady,
    /// It says Ready when its button is pressed.
    ReadyOnPress,
    /// It says Ready twice.
    DoubleReady,
    /// Its messages are JSON text.
    JsonText,
    /// The request id of its results is a number.
    NumericRequestId,
    /// Its results are for another request.
    WrongRequestId,
    /// A frame inside it, of another origin, posts the results.
    WrongOriginFrame,
    /// It takes a card without having said Ready.
    ResultBeforeReady,
    /// It posts each result twice.
    DuplicateResult,
    /// It posts a second token after the first.
    ConflictingResult,
    /// It posts 5 MB before it says Ready.
    HugeMessage,
    /// It reloads itself once, after the page has answered.
    Reload,
    /// The server takes its time to answer.
    SlowLoad,
    /// It says INVALID_PAN before it posts a token.
    ErrorThenSaved,
}

impl Misbehaviour {
    /// All of them, in the order of the documents.
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

    /// Its name in an address.
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
