use pantoken_store::StoredOperation;

use super::shown::{Time, foreign};
use super::texts::Texts;
use crate::app::Parts;

/// The address of the list of operations.
pub(super) const PATH: &str = "/admin/operations";

/// An operation without its data, which contains tokens.
pub(super) struct Row {
    pub(super) number: i64,
    pub(super) address: String,
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) sum: String,
    pub(super) state: String,
    pub(super) is_final: bool,
    pub(super) attention: String,
    pub(super) changed: Time,
}

impl Row {
    pub(super) fn of(operation: &StoredOperation, app: &Parts, t: &Texts) -> Self {
        let StoredOperation { id, progress, .. } = operation;
        Self {
            number: id.get(),
            address: format!("{PATH}/{id}"),
            kind: operation.kind.clone(),
            id: foreign(&operation.key, t),
            sum: app.operations.sum(operation).unwrap_or_default(),
            state: progress.state.clone(),
            is_final: progress.is_final,
            attention: progress.attention.clone().unwrap_or_default(),
            changed: Time::at(operation.changed_at),
        }
    }

    /// Returns the class of the state's colour.
    pub(super) fn tone(&self) -> &'static str {
        match (self.attention.is_empty(), self.is_final) {
            (false, _) => "warn",
            (true, true) => "done",
            (true, false) => "open",
        }
    }
}
