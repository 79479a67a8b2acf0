use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pantoken_core::{Clock, Random};

use super::refusal::Refusal;
use super::state::State;
use super::{Settings, schedule};
use crate::outbox::Outbox;
use crate::timer::MovableClock;
use crate::uuid;

/// The provider, as all requests share it.
#[derive(Clone)]
pub(super) struct Provider(Arc<Shared>);

struct Shared {
    settings: Settings,
    random: Box<dyn Random>,
    clock: Arc<MovableClock>,
    outbox: Outbox,
    state: Mutex<State>,
}

impl Provider {
    pub(super) fn new(settings: Settings, random: impl Random, clock: impl Clock) -> Self {
        let clock = Arc::new(MovableClock::new(clock));
        Self(Arc::new(Shared {
            settings,
            random: Box::new(random),
            outbox: Outbox::new(clock.clone(), schedule::wait_after),
            clock,
            state: Mutex::default(),
        }))
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(super) fn clock(&self) -> &MovableClock {
        &self.0.clock
    }

    pub(super) fn now(&self) -> i64 {
        self.0.clock.now()
    }

    pub(super) fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a new random UUID.
    pub(super) fn uuid(&self) -> Result<String, Refusal> {
        uuid::generate(self.0.random.as_ref()).map_err(|_| Refusal::Code(8001))
    }
}
