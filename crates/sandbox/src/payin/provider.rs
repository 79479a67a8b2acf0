use super::Settings;
use super::state::State;

/// The provider, as all requests share it.
pub(crate) type Provider = crate::provider::Provider<Settings, State>;
