use super::Settings;
use super::state::State;

/// The provider, as all requests share it.
pub(super) type Provider = crate::provider::Provider<Settings, State>;
