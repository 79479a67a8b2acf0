//! The files of this form alone. Their paths are relative to the page.

use crate::a2c::Misbehaviour;
use crate::page::Asset;

pub(crate) const FORM: Asset = Asset::script("/form.js", include_str!("form.js"));

/// The script that talks to the page that embeds the form.
pub(crate) const EMBEDDER: Asset = Asset::script("/embedder.js", include_str!("embedder.js"));

/// The script of the frame inside [`Misbehaviour::WrongOriginFrame`].
pub(crate) const STRANGER: Asset =
    Asset::script("/stranger.js", include_str!("misbehaviours/stranger.js"));

/// Returns the script that replaces [`EMBEDDER`].
pub(crate) const fn misbehaving(misbehaviour: Misbehaviour) -> Asset {
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
        Misbehaviour::SlowLoad => return EMBEDDER,
        Misbehaviour::ErrorThenSaved => include_str!("misbehaviours/error-then-saved.js"),
    };
    Asset::script(EMBEDDER.path, text)
}
