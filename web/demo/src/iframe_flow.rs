use pantoken_yew::{FormError, Language, Ready, Saved, SessionForm, Warning};
use yew::prelude::*;

use crate::texts::Texts;
use crate::timeline::Step;

#[derive(PartialEq, Properties)]
pub(crate) struct IframeFlowProps {
    pub(crate) language: Language,
    pub(crate) ready_timeout: u32,
    pub(crate) on_step: Callback<Step>,
}

/// Renders the form inside this page, and its outcome.
#[component]
pub(crate) fn IframeFlow(props: &IframeFlowProps) -> Html {
    let run = use_state(|| 0_u32);
    let saved = use_state(|| None::<Saved>);
    let texts = Texts::of(props.language);
    {
        let (on_step, saved) = (props.on_step.clone(), saved.setter());
        use_effect_with((*run, props.language), move |_| {
            saved.set(None);
            on_step.emit(Step::SessionAsked);
        });
    }
    let on_saved = {
        let (on_step, saved) = (props.on_step.clone(), saved.setter());
        Callback::from(move |event: Saved| {
            saved.set(Some(event.clone()));
            on_step.emit(Step::Saved(event));
        })
    };
    let again = {
        let run = run.clone();
        Callback::from(move |_: MouseEvent| run.set(*run + 1))
    };
    html! {
        <>
            if let Some(saved) = &*saved {
                <div class="result">
                    <h3>{ texts.saved_title }</h3>
                    <dl>
                        <dt>{ "requestId" }</dt>
                        <dd><code id="request-id">{ saved.request_id.to_string() }</code></dd>
                        if let Some(pan_token) = &saved.pan_token {
                            <dt>{ "panToken" }</dt>
                            <dd><code id="pan-token">{ pan_token.as_str() }</code></dd>
                        }
                    </dl>
                    <p>{ texts.saved_next }</p>
                    <button type="button" id="again" onclick={again}>{ texts.again }</button>
                </div>
            }
            <SessionForm
                key={*run}
                endpoint="/v1/sessions"
                token_in_page=true
                language={props.language}
                ready_timeout={props.ready_timeout}
                on_ready={props.on_step.reform(|ready: Ready| Step::Ready(ready.request_id))}
                {on_saved}
                on_error={props.on_step.reform(|error: FormError| Step::Failed(error))}
                on_warning={props.on_step.reform(|warning: Warning| Step::Warned(warning))}
            />
        </>
    }
}
