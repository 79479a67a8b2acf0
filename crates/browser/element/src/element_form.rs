use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use pantoken_widget::{FormInput, Machine, Order, RawAnswer};

use crate::attributes;
use crate::orders;

/// The form or the button of one element: takes inputs and gives orders in JSON.
pub struct ElementForm {
    machine: Box<dyn Machine + Send>,
    /// What is wrong with the attributes, until the first input: the attribute's name.
    ignored: [Option<&'static str>; 4],
    is_finished: bool,
}

impl ElementForm {
    /// Creates the form or the button of an element whose attributes and session are read by their names.
    #[must_use]
    pub fn new(
        attributes: &dyn Fn(&str) -> Option<String>,
        session: &dyn Fn(&str) -> RawAnswer,
    ) -> Self {
        let (machine, ignored) = attributes::read(attributes, session);
        Self {
            machine,
            ignored,
            is_finished: false,
        }
    }

    /// Takes in what happened, or `None` for something unknown, and gives the orders: the view before the
    /// events, so that a listener finds the element as it is then.
    pub fn handle(&mut self, input: Option<&FormInput>, order: &dyn Fn(&str)) {
        for name in self.ignored.iter_mut().filter_map(Option::take) {
            order(&orders::log_error(
                name,
                "is ignored because it cannot be read",
            ));
        }
        let Some(input) = input else {
            order(&orders::log_error(
                "input",
                "is ignored because it is unknown",
            ));
            return;
        };
        let output = self.machine.handle(input);
        for one in &output.orders {
            order(&one.to_json());
        }
        self.is_finished = output.orders.last() == Some(&Order::Finish);
        if !self.machine.is_destroyed() {
            order(&orders::render(&*self.machine));
            for event in &output.events {
                orders::dispatch(event, order);
            }
        }
    }

    /// Returns whether nothing more will come of any input.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.is_finished
    }
}

impl fmt::Debug for ElementForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ElementForm(…)")
    }
}
