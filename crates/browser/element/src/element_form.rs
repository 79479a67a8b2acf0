use alloc::string::String;

use pantoken_widget::{FormInput, FormMachine, Lines};

use crate::options;
use crate::orders;

/// The form of one element: takes lines that say what happened, and gives lines that say what to do.
#[derive(Debug)]
pub struct ElementForm {
    machine: FormMachine,
    /// For the page's developer, about attributes that cannot be read.
    complaints: Lines,
}

impl ElementForm {
    /// The form that the values of the element's attributes ask for: a line for each, in the order
    /// of `element.js`.
    #[must_use]
    pub fn new(attributes: &str) -> Self {
        let mut complaints = Lines::default();
        let options = options::read(attributes, &mut complaints);
        Self {
            machine: FormMachine::new(options),
            complaints,
        }
    }

    /// Takes in what happened, as `hands.js` tells it, and says what to do: the view before the
    /// events, so that who hears of one finds the element as it then is.
    #[must_use]
    pub fn input(&mut self, happened: &str) -> String {
        let done = self.machine.handle(FormInput::read(happened));
        let mut lines = done.lines;
        lines.append(&core::mem::take(&mut self.complaints));
        if !self.machine.is_left() {
            orders::view(&mut lines, &self.machine);
            if let Some(warning) = &done.warning {
                orders::warning(&mut lines, warning);
            }
            if let Some(event) = &done.event {
                orders::event(&mut lines, event);
            }
        }
        lines.into_text()
    }
}
