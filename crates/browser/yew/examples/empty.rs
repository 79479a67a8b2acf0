//! An application of nothing but Yew: `cargo xtask size` measures the components against it.

use yew::prelude::*;

#[component]
fn App() -> Html {
    let text = use_state(|| "no form");
    html! { <p>{ *text }</p> }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
