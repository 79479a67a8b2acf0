use pantoken_a2c::Flow;
use pantoken_yew::Language;
use yew::prelude::*;

use crate::browser;
use crate::errors::Errors;
use crate::header::Header;
use crate::iframe_flow::IframeFlow;
use crate::redirect_flow::RedirectFlow;
use crate::test_numbers::TestNumbers;
use crate::texts::Texts;
use crate::timeline::{Log, LogAction, Step, Timeline};

/// Renders the whole page.
#[component]
pub(crate) fn App() -> Html {
    let language = use_state(browser::language);
    let ready_timeout = use_state(browser::ready_timeout);
    let flow = use_state(|| Flow::Iframe);
    let log = use_reducer(Log::default);
    let add = {
        let log = log.dispatcher();
        use_callback((), move |step: Step, ()| {
            log.dispatch(LogAction::Add(browser::time(), step));
        })
    };
    {
        let (add, flow) = (add.clone(), flow.setter());
        use_effect_with((), move |()| {
            if let Some(returned) = browser::returned() {
                flow.set(Flow::Redirect);
                add.emit(Step::Returned(returned));
            }
        });
    }
    use_effect_with(*language, |language| browser::keep_language(*language));

    let on_language = {
        let language = language.setter();
        Callback::from(move |chosen: Language| language.set(chosen))
    };
    let on_flow = {
        let (flow, log) = (flow.setter(), log.dispatcher());
        Callback::from(move |chosen: Flow| {
            log.dispatch(LogAction::Clear);
            flow.set(chosen);
        })
    };
    let texts = Texts::of(*language);
    let language = *language;
    html! {
        <>
            <Header {language} {on_language} />
            <main>
                <section class="stage" aria-labelledby="stage-title">
                    <h2 id="stage-title">{ texts.form_title }</h2>
                    <FlowSwitch {language} flow={*flow} {on_flow} />
                    if *flow == Flow::Iframe {
                        <IframeFlow {language} ready_timeout={*ready_timeout} on_step={add} />
                    } else {
                        <RedirectFlow {language} on_step={add} />
                    }
                </section>
                <div class="side">
                    <Timeline {language} log={(*log).clone()} />
                    <TestNumbers {language} />
                </div>
                <Errors {language} />
            </main>
            <footer><p>{ texts.footer }</p></footer>
        </>
    }
}

#[derive(PartialEq, Properties)]
struct FlowSwitchProps {
    language: Language,
    flow: Flow,
    on_flow: Callback<Flow>,
}

#[component]
fn FlowSwitch(props: &FlowSwitchProps) -> Html {
    let texts = Texts::of(props.language);
    let option = |flow: Flow, label: &'static str| {
        let onchange = props.on_flow.reform(move |_: Event| flow);
        html! {
            <label>
                <input type="radio" name="flow" value={flow.as_str()} checked={props.flow == flow} {onchange} />
                <span>{ label }</span>
            </label>
        }
    };
    html! {
        <fieldset class="switch">
            <legend class="hidden">{ texts.flow }</legend>
            { option(Flow::Iframe, texts.flow_iframe) }
            { option(Flow::Redirect, texts.flow_redirect) }
        </fieldset>
    }
}
