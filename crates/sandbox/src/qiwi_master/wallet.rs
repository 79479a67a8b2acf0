use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pantoken_core::{Clock, Random};

use super::Settings;
use super::permission::Permission;
use super::refusal::Refusal;
use super::settle::settle;
use super::state::State;
use crate::control::HasClock;
use crate::timer::MovableClock;
use crate::uuid;

/// The wallet, as all requests share it.
#[derive(Clone)]
pub(super) struct SharedWallet(Arc<Shared>);

struct Shared {
    settings: Settings,
    random: Box<dyn Random>,
    clock: MovableClock,
    state: Mutex<State>,
}

impl SharedWallet {
    pub(super) fn new(settings: Settings, random: impl Random, clock: impl Clock) -> Self {
        let state = State {
            balance: settings.balance,
            permissions: Permission::ALL.to_vec(),
            ..State::default()
        };
        Self(Arc::new(Shared {
            settings,
            random: Box::new(random),
            clock: MovableClock::new(clock),
            state: Mutex::new(state),
        }))
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(super) fn random(&self) -> &dyn Random {
        self.0.random.as_ref()
    }

    pub(super) fn now(&self) -> i64 {
        self.0.clock.now()
    }

    /// Returns the state, in which every payment whose time has come is settled.
    pub(super) fn state(&self) -> Result<MutexGuard<'_, State>, Refusal> {
        let state = self.0.state.lock();
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        let settled = settle(&mut state, self.random(), self.now());
        settled.map_err(|_| Refusal::Internal)?;
        Ok(state)
    }

    /// Returns a new random UUID.
    pub(super) fn uuid(&self) -> Result<String, Refusal> {
        uuid::generate(self.random()).map_err(|_| Refusal::Internal)
    }
}

impl HasClock for SharedWallet {
    fn clock(&self) -> &MovableClock {
        &self.0.clock
    }
}
