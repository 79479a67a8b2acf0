use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pantoken_core::{Clock, Random, RandomError};

use super::state::State;
use super::{Settings, schedule};
use crate::outbox::Outbox;
use crate::timer::MovableClock;
use crate::uuid;

/// The platform, as all requests share it.
#[derive(Clone)]
pub(super) struct Platform(Arc<Shared>);

struct Shared {
    settings: Settings,
    random: Box<dyn Random>,
    clock: Arc<MovableClock>,
    outbox: Outbox,
    state: Mutex<State>,
}

impl Platform {
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
    pub(super) fn uuid(&self) -> Result<String, RandomError> {
        uuid::generate(self.0.random.as_ref())
    }

    /// Does something when its time has come.
    pub(super) fn later(&self, time: i64, act: impl FnOnce(&Self, &mut State) + Send + 'static) {
        let platform = self.clone();
        tokio::spawn(async move {
            platform.clock().wait_until(time).await;
            act(&platform, &mut platform.state());
        });
    }
}
