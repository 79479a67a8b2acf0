use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use pantoken_widget::{FormInput, FormMachine, decode};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::attributes::Attributes;
use crate::element_order::{ElementOrder, Problem};

/// The form of one element: takes inputs and returns orders.
#[wasm_bindgen]
#[derive(Debug)]
pub struct ElementForm {
    machine: FormMachine,
    /// What the page's developer has not been told yet.
    problems: Vec<Problem>,
}

#[wasm_bindgen]
impl ElementForm {
    /// Creates the form that these attributes describe: an object whose properties have their names.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(attributes: &JsValue) -> Self {
        Self::with(Attributes::from_js(attributes))
    }

    /// Takes in what happened: an object whose property `input` names it. Returns the list of orders in
    /// JSON. An unknown input is ignored, and the page's developer is told.
    #[must_use]
    pub fn handle(&mut self, input: &JsValue) -> String {
        match decode::input(input) {
            Some(input) => self.handle_input(input),
            None => json(&[ElementOrder::LogError(&Problem {
                subject: "unknown input".to_owned(),
                problem: "the module and the script are of different versions".to_owned(),
            })]),
        }
    }
}

impl ElementForm {
    /// Creates the form that these attributes describe.
    #[must_use]
    pub fn with(attributes: Attributes) -> Self {
        let (options, problems) = attributes.into_options();
        Self {
            machine: FormMachine::new(options),
            problems,
        }
    }

    /// Takes in what happened, and returns the list of orders in JSON: the view before the events, so
    /// that a listener finds the element as it is then.
    #[must_use]
    pub fn handle_input(&mut self, input: FormInput) -> String {
        let output = self.machine.handle(input);
        let mut problems = core::mem::take(&mut self.problems);
        problems.extend(output.events.iter().filter_map(Problem::behind));
        let mut orders: Vec<ElementOrder<'_>> =
            output.orders.iter().map(ElementOrder::Driver).collect();
        if !self.machine.is_destroyed() {
            orders.extend(problems.iter().map(ElementOrder::LogError));
            orders.push(ElementOrder::render(&self.machine));
            orders.extend(output.events.iter().map(ElementOrder::dispatch));
        }
        json(&orders)
    }
}

/// Nothing in an order can fail to serialize.
fn json(orders: &[ElementOrder<'_>]) -> String {
    serde_json::to_string(orders).unwrap_or_default()
}
