use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

/// A listener that is taken off its target when dropped.
///
/// The closure is an `Fn`, because a page may dispatch an event inside the handling of another; an
/// `FnMut` would throw there.
#[must_use = "the listener is taken off when this is dropped"]
pub struct Listener {
    target: EventTarget,
    event_type: &'static str,
    callback: Closure<dyn Fn(Event)>,
}

impl Listener {
    /// Calls back for each event of this type.
    pub fn new(
        target: &EventTarget,
        event_type: &'static str,
        callback: impl Fn(Event) + 'static,
    ) -> Self {
        let callback = Closure::<dyn Fn(Event)>::new(callback);
        // It fails only for a callback that is no function.
        let _ =
            target.add_event_listener_with_callback(event_type, callback.as_ref().unchecked_ref());
        Self {
            target: target.clone(),
            event_type,
            callback,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event_type, callback);
    }
}
