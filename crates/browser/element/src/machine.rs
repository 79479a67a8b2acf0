use pantoken_a2c::Language;
use pantoken_widget::{FormInput, FormMachine, FormView, Output, RedirectMachine};

/// What an element is: a form, or a button that leads to one.
pub(crate) trait Machine: Send {
    fn handle(&mut self, input: &FormInput) -> Output;
    fn view(&self) -> FormView;
    fn language(&self) -> Language;
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
