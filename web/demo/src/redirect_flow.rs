use pantoken_frame::redirect_form_url;
use pantoken_yew::{FormOrigins, Language};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::browser;
use crate::texts::Texts;
use crate::timeline::Step;

#[derive(PartialEq, Properties)]
pub(crate) struct RedirectFlowProps {
    pub(crate) language: Language,
    pub(crate) on_step: Callback<Step>,
}

/// The form on a page of the provider's, and the way back.
#[component]
pub(crate) fn RedirectFlow(props: &RedirectFlowProps) -> Html {
    let busy = use_state(|| false);
    let texts = Texts::of(props.language);
    let go = {
        let (busy, on_step, language) = (busy.setter(), props.on_step.clone(), props.language);
        Callback::from(move |_: MouseEvent| {
            let (busy, on_step) = (busy.clone(), on_step.clone());
            busy.set(true);
            on_step.emit(Step::SessionAsked);
            spawn_local(async move {
                let origins = FormOrigins::default();
                let return_url = browser::address(language);
                match redirect_form_url("/v1/sessions", language, &return_url, &origins).await {
                    Ok(form_url) => browser::go_to(&form_url.to_text()),
                    Err(error) => {
                        on_step.emit(Step::Failed(error));
                        busy.set(false);
                    }
                }
            });
        })
    };
    html! {
        <div class="redirect">
            <p>{ texts.redirect_about }</p>
            <button type="button" id="redirect" disabled={*busy} onclick={go}>{ texts.redirect_go }</button>
        </div>
    }
}
