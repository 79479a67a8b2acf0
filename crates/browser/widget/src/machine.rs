use pantoken_a2c::Language;

use crate::form_input::FormInput;
use crate::form_machine::FormMachine;
use crate::form_view::FormView;
use crate::order::Output;
use crate::redirect::RedirectMachine;

/// What a page can show, a form or a button: it takes inputs, and gives orders and events.
pub trait Machine {
    /// Takes in what happened and returns what to do.
    fn handle(&mut self, input: &FormInput) -> Output;
    /// Returns what the customer sees.
    fn view(&self) -> FormView;
    /// Returns the language of the form and of the texts around it.
    fn language(&self) -> Language;
    /// Returns whether it is destroyed. It emits nothing after that.
    fn is_destroyed(&self) -> bool;
}

impl Machine for FormMachine {
    fn handle(&mut self, input: &FormInput) -> Output {
        self.handle(input)
    }

    fn view(&self) -> FormView {
        FormView::of(self)
    }

    fn language(&self) -> Language {
        self.options().language()
    }

    fn is_destroyed(&self) -> bool {
        self.is_destroyed()
    }
}

impl Machine for RedirectMachine {
    fn handle(&mut self, input: &FormInput) -> Output {
        self.handle(input)
    }

    fn view(&self) -> FormView {
        self.view()
    }

    fn language(&self) -> Language {
        self.options().language()
    }

    fn is_destroyed(&self) -> bool {
        self.is_destroyed()
    }
}
