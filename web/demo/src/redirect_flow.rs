use pantoken_yew::{Flow, FormError, Language, SessionForm};
use yew::prelude::*;

use crate::browser;
use crate::texts::Texts;
use crate::timeline::Step;

#[derive(PartialEq, Properties)]
pub(crate) struct RedirectFlowProps {
    pub(crate) language: Language,
    pub(crate) on_step: Callback<Step>,
}

/// Renders the button that leads to the provider's page, and the outcome of a return.
#[component]
pub(crate) fn RedirectFlow(props: &RedirectFlowProps) -> Html {
    let texts = Texts::of(props.language);
    html! {
        <div class="redirect">
            <p>{ texts.redirect_about }</p>
            <SessionForm
                endpoint="/v1/sessions"
                flow={Flow::Redirect}
                return_url={browser::address(props.language)}
                language={props.language}
                on_error={props.on_step.reform(|error: FormError| Step::Failed(error))}
            />
        </div>
    }
}
