use super::Settings;
use super::state::State;
use crate::provider::Provider;

/// The platform, as all requests share it.
pub(super) type Platform = Provider<Settings, State>;
