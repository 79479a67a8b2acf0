use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pantoken_core::{Clock, Random};

use crate::outbox::Outbox;
use crate::payin::refusal::Refusal;
use crate::payin::state::State;
use crate::payin::{Settings, schedule};
use crate::timer::MovableClock;
use crate::uuid;

/// The provider, as all requests share it.
#[derive(Clone)]
pub(crate) struct Provider(Arc<Shared>);

struct Shared {
    settings: Settings,
    random: Box<dyn Random>,
    clock: Arc<MovableClock>,
    outbox: Outbox,
    state: Mutex<State>,
}

impl Provider {
    pub(crate) fn new(settings: Settings, random: impl Random, clock: impl Clock) -> Self {
        let clock = Arc::new(MovableClock::new(clock));
        Self(Arc::new(Shared {
            settings,
            random: Box::new(random),
            outbox: Outbox::new(clock.clone(), schedule::wait_after),
            clock,
            state: Mutex::default(),
        }))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn clock(&self) -> &MovableClock {
        &self.0.clock
    }

    pub(crate) fn now(&self) -> i64 {
        self.0.clock.now()
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a new random UUID.
    pub(crate) fn uuid(&self) -> Result<String, Refusal> {
        uuid::generate(self.0.random.as_ref()).map_err(|_| Refusal::Internal)
    }

    /// Does something when its time has come.
    pub(crate) fn later(&self, time: i64, act: impl FnOnce(&Self, &mut State) + Send + 'static) {
        let provider = self.clone();
        tokio::spawn(async move {
            provider.clock().wait_until(time).await;
            act(&provider, &mut provider.state());
        });
    }
}
