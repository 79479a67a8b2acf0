use pantoken_yew::Language;
use yew::prelude::*;

use crate::texts::Texts;

#[derive(PartialEq, Properties)]
pub(crate) struct HeaderProps {
    pub(crate) language: Language,
    pub(crate) on_language: Callback<Language>,
}

/// Introduces the page and lets the visitor choose a language.
#[component]
pub(crate) fn Header(props: &HeaderProps) -> Html {
    let texts = Texts::of(props.language);
    let option = |language: Language| {
        let onchange = props.on_language.reform(move |_: Event| language);
        let name = match language {
            Language::Ru => "Русский",
            Language::En => "English",
            Language::Kz => "Қазақша",
        };
        html! {
            <label lang={language.html_lang()}>
                <input type="radio" name="language" value={language.as_str()}
                    checked={props.language == language} {onchange} />
                <span>{ name }</span>
            </label>
        }
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
            <h1>{ texts.title }</h1>
            <p class="lead">{ texts.lead }</p>
        </header>
    }
}
