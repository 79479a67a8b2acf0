use alloc::string::String;

use pantoken_frame::{FormInput, FormMachine, Lines};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::options;
use crate::orders;

/// The form of one element: takes lines that say what happened, and gives lines that say what to do.
#[wasm_bindgen]
pub struct FormHandle {
    machine: FormMachine,
    /// For the page's developer, about attributes that cannot be read.
    complaints: Lines,
}

#[wasm_bindgen]
impl FormHandle {
    /// The form that the values of the element's attributes ask for: a line for each, in the order
    /// of `element.js`.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(attributes: &str) -> Self {
        let mut complaints = Lines::default();
        let options = options::read(attributes, &mut complaints);
        Self {
            machine: FormMachine::new(options),
            complaints,
        }
    }

    /// Takes in what happened, as `hands.js` tells it, and says what to do.
    pub fn input(&mut self, happened: &str) -> String {
        let input = FormInput::read(happened);
        let orders = self.machine.handle(input);
        let mut lines = orders.lines;
        lines.append(core::mem::take(&mut self.complaints));
        orders::push(&mut lines, &orders.events, &self.machine);
        lines.into_text()
    }
}
