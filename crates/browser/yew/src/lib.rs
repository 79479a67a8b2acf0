#![doc = include_str!("../README.md")]

mod card_form;
mod form_view;
mod redirect_button;
mod session_form;
mod use_card_form;

pub use card_form::{CardForm, CardFormProps};
pub use pantoken_a2c::{
    ErrorCode, ErrorSource, Event, FailureCode, Flow, FormError, FormId, FormOrigins, FormUrl,
    HostCode, Language, Origin, PanToken, Problem, Ready, Remedy, RequestId, Saved, State, Warning,
    WarningCode,
};
pub use pantoken_widget::{
    Destination, DestinationError, FormOptions as CardFormOptions, FormSource, FormView,
    HostedForm, RawAnswer, Session, SessionOptions, Text,
};
pub use redirect_button::{RedirectButton, RedirectButtonProps};
pub use session_form::{SessionEndpoint, SessionForm, SessionFormProps, use_session_endpoint};
pub use use_card_form::{CardFormHandle, use_card_form};
