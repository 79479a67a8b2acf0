//! The smallest application with a form: `cargo xtask size` measures the components with it.

use pantoken_yew::{Saved, SessionForm};
use yew::prelude::*;

#[component]
fn App() -> Html {
    let text = use_state(|| "no card yet");
    let on_saved = {
        let text = text.clone();
        move |_: Saved| text.set("card saved")
    };
    html! {
        <>
            <p>{ *text }</p>
            <SessionForm {on_saved} />
        </>
    }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
