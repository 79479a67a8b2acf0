use crate::a2c::Misbehaviour;

/// A file that the page loads. Its path is relative to the page.
#[derive(Clone, Copy)]
pub(crate) struct Asset {
    pub(crate) path: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) text: &'static str,
}

impl Asset {
    /// The script that talks to the page that embeds the form.
    pub(crate) const EMBEDDER: Self = Self::script("/embedder.js", include_str!("embedder.js"));

    /// The other files that the form loads.
    pub(crate) const OTHERS: [Self; 4] = [
        Self {
            path: "/form.css",
            content_type: "text/css; charset=utf-8",
            text: include_str!("form.css"),
        },
        Self::script("/form.js", include_str!("form.js")),
        Self::script("/card-field.js", include_str!("card-field.js")),
        Self::script("/card-number.js", include_str!("card-number.js")),
    ];

    /// The script of the frame inside [`Misbehaviour::WrongOriginFrame`].
    pub(crate) const STRANGER: Self =
        Self::script("/stranger.js", include_str!("misbehaviours/stranger.js"));

    /// Returns the script that replaces [`Self::EMBEDDER`].
    pub(crate) const fn misbehaving(misbehaviour: Misbehaviour) -> Self {
        let text = match misbehaviour {
            Misbehaviour::NeverReady => include_str!("misbehaviours/never-ready.js"),
            Misbehaviour::LateReady => include_str!("misbehaviours/late-ready.js"),
            Misbehaviour::ReadyOnPress => include_str!("misbehaviours/ready-on-press.js"),
            Misbehaviour::DoubleReady => include_str!("misbehaviours/double-ready.js"),
            Misbehaviour::JsonText => include_str!("misbehaviours/json-text.js"),
            Misbehaviour::NumericRequestId => include_str!("misbehaviours/numeric-request-id.js"),
            Misbehaviour::WrongRequestId => include_str!("misbehaviours/wrong-request-id.js"),
            Misbehaviour::WrongOriginFrame => include_str!("misbehaviours/wrong-origin-frame.js"),
            Misbehaviour::ResultBeforeReady => include_str!("misbehaviours/result-before-ready.js"),
            Misbehaviour::DuplicateResult => include_str!("misbehaviours/duplicate-result.js"),
            Misbehaviour::ConflictingResult => include_str!("misbehaviours/conflicting-result.js"),
            Misbehaviour::HugeMessage => include_str!("misbehaviours/huge-message.js"),
            Misbehaviour::Reload => include_str!("misbehaviours/reload.js"),
            Misbehaviour::SlowLoad => return Self::EMBEDDER,
            Misbehaviour::ErrorThenSaved => include_str!("misbehaviours/error-then-saved.js"),
        };
        Self::script(Self::EMBEDDER.path, text)
    }

    const fn script(path: &'static str, text: &'static str) -> Self {
        Self {
            path,
            content_type: "text/javascript; charset=utf-8",
            text,
        }
    }
}
