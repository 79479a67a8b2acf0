//! A button that leads to the form of a session on a page of the provider's.

mod destination;
mod redirect_machine;
mod redirect_options;

pub use destination::{Destination, DestinationError};
pub use redirect_machine::RedirectMachine;
pub use redirect_options::{RedirectOptions, RedirectSource};
