use pantoken_yew::{Saved, SessionForm};
use yew::prelude::*;

#[component]
fn App() -> Html {
    let saved = use_state(|| false);
    let on_saved = {
        let saved = saved.clone();
        move |_: Saved| saved.set(true)
    };
    html! {
        <>
            <SessionForm endpoint="http://localhost:3019/v1/sessions" {on_saved} />
            if *saved { <p>{ "Thank you, your card is saved." }</p> }
        </>
    }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
