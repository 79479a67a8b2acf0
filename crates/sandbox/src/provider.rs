use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pantoken_core::{Clock, Random, RandomError};

use crate::control::HasClock;
use crate::outbox::{Outbox, Schedule};
use crate::timer::MovableClock;
use crate::uuid;

/// A provider that sends notifications, as all requests to it share it.
pub(crate) struct Provider<Settings, State>(Arc<Shared<Settings, State>>);

struct Shared<Settings, State> {
    settings: Settings,
    random: Box<dyn Random>,
    clock: Arc<MovableClock>,
    outbox: Outbox,
    state: Mutex<State>,
}

/// Derived, it would ask for a state that can be cloned.
impl<Settings, State> Clone for Provider<Settings, State> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<Settings, State: Default> Provider<Settings, State> {
    pub(crate) fn new(
        settings: Settings,
        random: impl Random,
        clock: impl Clock,
        schedule: Schedule,
    ) -> Self {
        let clock = Arc::new(MovableClock::new(clock));
        Self(Arc::new(Shared {
            settings,
            random: Box::new(random),
            outbox: Outbox::new(clock.clone(), schedule),
            clock,
            state: Mutex::default(),
        }))
    }
}

impl<Settings, State> Provider<Settings, State> {
    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
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
    pub(crate) fn uuid(&self) -> Result<String, RandomError> {
        uuid::generate(self.0.random.as_ref())
    }
}

impl<Settings, State> Provider<Settings, State>
where
    Settings: Send + Sync + 'static,
    State: Send + 'static,
{
    /// Does something when its time has come.
    pub(crate) fn later(&self, time: i64, act: impl FnOnce(&Self, &mut State) + Send + 'static) {
        let provider = self.clone();
        tokio::spawn(async move {
            provider.clock().wait_until(time).await;
            act(&provider, &mut provider.state());
        });
    }
}

impl<Settings, State> HasClock for Provider<Settings, State> {
    fn clock(&self) -> &MovableClock {
        &self.0.clock
    }
}
