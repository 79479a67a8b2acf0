use pantoken_a2c::Language;
use pantoken_widget::{FormInput, FormMachine, FormView, Output, RedirectMachine};

/// What an element is: a form, or a button that leads to one.
// A page has one or two elements, and a box would cost code. (clippy warns of it only where pointers have 64 bits.)
#[allow(clippy::large_enum_variant)]
pub(crate) enum Machine {
    Form(FormMachine),
    Redirect(RedirectMachine),
}

impl Machine {
    pub(crate) fn handle(&mut self, input: &FormInput) -> Output {
        match self {
            Self::Form(form) => form.handle(input),
            Self::Redirect(button) => button.handle(input),
        }
    }

    pub(crate) fn view(&self) -> FormView {
        match self {
            Self::Form(form) => FormView::of(form),
            Self::Redirect(button) => button.view(),
        }
    }

    pub(crate) fn language(&self) -> Language {
        match self {
            Self::Form(form) => form.options().language(),
            Self::Redirect(button) => button.options().language(),
        }
    }

    pub(crate) fn is_destroyed(&self) -> bool {
        match self {
            Self::Form(form) => form.is_destroyed(),
            Self::Redirect(button) => button.is_destroyed(),
        }
    }
}
