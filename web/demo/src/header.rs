use pantoken_yew::Language;
use yew::prelude::*;

use crate::texts::Texts;

#[derive(PartialEq, Properties)]
pub(crate) struct HeaderProps {
    pub(crate) language: Language,
    pub(crate) on_language: Callback<Language>,
}

/// The documents of the demo, each with the provider that it is about.
const TABS: [(&str, &str); 4] = [
    ("/", "a2c"),
    ("/payin.html", "payin"),
    ("/jetpay.html", "jetpay"),
    ("/qiwi-pay.html", "qiwi-pay"),
];

/// Introduces the page and lets the visitor choose a language.
#[component]
pub(crate) fn Header(props: &HeaderProps) -> Html {
    let texts = Texts::of(props.language);
    let option = |language: Language| {
        let onchange = props.on_language.reform(move |_: Event| language);
        html! {
            <label lang={language.html_lang()}>
                <input type="radio" name="language" value={language.as_str()}
                    checked={props.language == language} {onchange} />
                <span>{ language.own_name() }</span>
            </label>
        }
    };
    let tab = |((path, provider), label): ((&str, &'static str), &'static str)| {
        let href = [path, "?lang=", props.language.as_str()].concat();
        let current = (path == "/").then_some("page");
        html! { <a {href} aria-current={current}>{ label }{ " " }<small>{ provider }</small></a> }
    };
    html! {
        <header>
            <div class="bar">
                <p class="brand"><img src="icon.svg" alt="" width="32" height="32" />{ "pantoken" }</p>
                <fieldset class="switch">
                    <legend class="hidden">{ texts.language }</legend>
                    { for Language::ALL.map(option) }
                </fieldset>
            </div>
            <nav class="tabs" aria-label={texts.navigation}>{ for TABS.into_iter().zip(texts.tabs).map(tab) }</nav>
            <h1>{ texts.title }</h1>
            <p class="lead">{ texts.lead }</p>
        </header>
    }
}
