use alloc::string::String;

use pantoken_widget::{FormInput, FormMachine, decode};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::attributes;
use crate::order_list::OrderList;

/// The form of one element: takes inputs and returns orders.
#[wasm_bindgen]
#[derive(Debug)]
pub struct ElementForm {
    machine: FormMachine,
    /// What the first input is answered with, before anything else.
    orders: OrderList,
}

#[wasm_bindgen]
impl ElementForm {
    /// Creates the form that these attributes describe: an object whose properties have their names.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(attributes: &JsValue) -> Self {
        Self::with_attributes(&|name| decode::text(attributes, name))
    }

    /// Takes in what happened: an object whose property `input` names it. Returns the list of orders in
    /// JSON. An unknown input is ignored, and the page's developer is told.
    #[must_use]
    pub fn handle(&mut self, input: &JsValue) -> String {
        if let Some(input) = decode::input(input) {
            return self.handle_input(&input);
        }
        let mut orders = OrderList::default();
        orders.log_error("input", "is ignored because it is unknown");
        orders.finish()
    }
}

impl ElementForm {
    /// Creates the form of an element whose attributes are read by their names.
    #[must_use]
    pub fn with_attributes(attributes: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut orders = OrderList::default();
        let options = attributes::read(attributes, &mut orders);
        Self {
            machine: FormMachine::new(options),
            orders,
        }
    }

    /// Takes in what happened, and returns the list of orders in JSON: the view before the events, so
    /// that a listener finds the element as it is then.
    #[must_use]
    pub fn handle_input(&mut self, input: &FormInput) -> String {
        let output = self.machine.handle(input);
        let mut orders = core::mem::take(&mut self.orders);
        for order in &output.orders {
            orders.push(&order.to_json());
        }
        if !self.machine.is_destroyed() {
            orders.render(&self.machine);
            for event in &output.events {
                orders.dispatch(event);
            }
        }
        orders.finish()
    }
}
