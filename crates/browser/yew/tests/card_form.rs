//! The component of a form URL in a real document; the form is a page of the test's own origin.
#![allow(unreachable_pub)] // the modules are private to the test
#![allow(clippy::unwrap_used)]
#![cfg(target_family = "wasm")]

#[path = "../../widget/tests/page/mod.rs"]
#[allow(dead_code)]
mod page;
mod view;

use std::cell::RefCell;
use std::rc::Rc;

use page::{REQUEST_ID, form_loaded, iframe, iframes, origin, parent, post_from, turns};
use pantoken_yew::{CardForm, FormError, FormUrl, Language, Origin, Ready, Saved};
use view::{retry_button, status, wait_for_state};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Element;
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

type Log = Rc<RefCell<Vec<String>>>;

/// What a parent component can change from outside.
#[derive(Clone, PartialEq)]
struct Page {
    form: Option<FormUrl>,
    language: Option<Language>,
    form_origin: Option<Origin>,
    /// Prefixes each logged event, so that a test sees which render's callback heard it.
    mark: &'static str,
}

impl Page {
    fn with_form() -> Self {
        let form_url = FormUrl::parse(&page::form_url(&origin(), "")).unwrap();
        Self {
            form: Some(form_url),
            language: None,
            form_origin: None,
            mark: "",
        }
    }
}

#[derive(Clone, Properties)]
struct AppProps {
    first: Page,
    log: Log,
    setter: Rc<RefCell<Option<UseStateSetter<Page>>>>,
}

impl PartialEq for AppProps {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[component]
fn App(props: &AppProps) -> Html {
    let page = use_state(|| props.first.clone());
    *props.setter.borrow_mut() = Some(page.setter());
    let (log, mark) = (props.log.clone(), page.mark);
    let write = move |event: String| log.borrow_mut().push([mark, &event].concat());
    let (on_ready, on_saved, on_error) = (write.clone(), write.clone(), write);
    let Some(form_url) = page.form.clone() else {
        return Html::default();
    };
    html! {
        <div data-mark={mark}>
            <CardForm
                {form_url}
                language={page.language}
                form_origin={page.form_origin.clone()}
                on_ready={move |_: Ready| on_ready("ready".into())}
                on_saved={move |saved: Saved| on_saved(format!("saved {}", saved.pan_token.unwrap().as_str()))}
                on_error={move |error: FormError| on_error(format!("error {}", error.code.as_str()))}
            />
        </div>
    }
}

struct Test {
    parent: Element,
    log: Log,
    setter: Rc<RefCell<Option<UseStateSetter<Page>>>>,
    _app: yew::AppHandle<App>,
}

impl Test {
    fn mount(first: Page) -> Self {
        let (parent, log, setter) = (parent(), Log::default(), Rc::default());
        let props = AppProps {
            first,
            log: Rc::clone(&log),
            setter: Rc::clone(&setter),
        };
        let app = yew::Renderer::<App>::with_root_and_props(parent.clone(), props).render();
        Self {
            parent,
            log,
            setter,
            _app: app,
        }
    }

    fn set(&self, page: Page) {
        self.setter.borrow().as_ref().unwrap().set(page);
    }

    async fn loaded(&self) {
        while iframe(&self.parent).is_none() {
            turns(1).await;
        }
        form_loaded(&iframe(&self.parent).unwrap()).await;
    }

    fn post(&self, message: &str) {
        post_from(
            &iframe(&self.parent).unwrap().content_window().unwrap(),
            message,
        );
    }

    async fn wait_for(&self, events: &[&str]) {
        while self.log.borrow().len() < events.len() {
            turns(1).await;
        }
        assert_eq!(*self.log.borrow(), events);
    }

    async fn wait_for_state(&self, state: &str) {
        wait_for_state(&self.parent, state).await;
    }

    fn status(&self) -> String {
        status(&self.parent)
    }
}

#[wasm_bindgen_test]
async fn takes_a_card_and_calls_back() {
    let test = Test::mount(Page::with_form());
    test.loaded().await;
    test.wait_for_state("loading").await;
    assert_eq!(test.status(), "Загружаем защищённую форму…");
    test.post("'Ready'");
    test.wait_for_state("ready").await;
    assert_eq!(test.status(), "");
    test.post(&format!(
        "{{ requestId: '{REQUEST_ID}', panToken: 'tok-1' }}"
    ));
    test.wait_for_state("saved").await;
    assert_eq!(test.status(), "Карта сохранена");
    test.wait_for(&["ready", "saved tok-1"]).await;
}

#[wasm_bindgen_test]
async fn a_new_callback_is_heard_without_a_new_frame() {
    let test = Test::mount(Page::with_form());
    test.loaded().await;
    let before = iframe(&test.parent).unwrap();
    test.post("'Ready'");
    test.wait_for(&["ready"]).await;
    test.set(Page {
        mark: "second ",
        ..Page::with_form()
    });
    let rendered = || test.parent.query_selector("[data-mark='second ']").unwrap();
    while rendered().is_none() {
        turns(1).await;
    }
    assert_eq!(iframe(&test.parent), Some(before));
    test.post(&format!(
        "{{ requestId: '{REQUEST_ID}', errorCode: 'INVALID_PAN' }}"
    ));
    test.wait_for(&["ready", "second error INVALID_PAN"]).await;
    test.wait_for_state("ready").await;
}

#[wasm_bindgen_test]
async fn another_language_starts_a_new_form() {
    let test = Test::mount(Page::with_form());
    test.loaded().await;
    test.set(Page {
        language: Some(Language::Kz),
        ..Page::with_form()
    });
    let kazakh = || iframe(&test.parent).is_some_and(|frame| frame.src().contains("language=kz"));
    while !kazakh() {
        turns(1).await;
    }
    assert_eq!(iframes(&test.parent), 1);
    assert!(
        test.parent
            .query_selector(".pantoken[lang=kk]")
            .unwrap()
            .is_some()
    );
}

#[wasm_bindgen_test]
async fn it_is_gone_when_its_parent_shows_it_no_more() {
    let test = Test::mount(Page::with_form());
    test.loaded().await;
    test.post("'Ready'");
    test.set(Page {
        form: None,
        ..Page::with_form()
    });
    while iframes(&test.parent) > 0 {
        turns(1).await;
    }
    assert!(test.parent.query_selector(".pantoken").unwrap().is_none());
}

#[wasm_bindgen_test]
async fn a_form_url_on_another_origin_opens_nothing_unless_it_is_named() {
    let evil = FormUrl::parse(&page::form_url("https://forms.agent.kz", "")).unwrap();
    let page = Page {
        form: Some(evil),
        ..Page::with_form()
    };
    let test = Test::mount(page.clone());
    test.wait_for(&["error INVALID_FORM_URL"]).await;
    test.wait_for_state("failed").await;
    assert_eq!(iframes(&test.parent), 0);
    assert!(retry_button(&test.parent).is_none());
    test.set(Page {
        form_origin: Some(Origin::parse("https://forms.agent.kz").unwrap()),
        ..page
    });
    while iframes(&test.parent) == 0 {
        turns(1).await;
    }
}

/// The change to a page that is shown is not in this test: only the browser's own event counts.
#[wasm_bindgen_test]
async fn nothing_starts_while_the_page_is_prerendered() {
    page::run_in_page(
        "Object.defineProperty(document, 'prerendering', { value: true, configurable: true })",
    );
    let test = Test::mount(Page::with_form());
    turns(10).await;
    page::run_in_page("delete document.prerendering");
    assert_eq!(iframes(&test.parent), 0);
    let started = Test::mount(Page::with_form());
    started.loaded().await;
    assert_eq!(iframes(&test.parent), 0);
}

#[wasm_bindgen_test]
async fn a_text_that_a_translator_replaced_is_gone_with_the_next_state() {
    let test = Test::mount(Page::with_form());
    test.loaded().await;
    assert!(!test.status().is_empty());
    view::translate();
    assert_eq!(test.status(), "Translated");
    test.post("'Ready'");
    test.wait_for(&["ready"]).await;
    test.wait_for_state("ready").await;
    assert_eq!(test.status(), "");
    test.post(&format!(
        "{{ requestId: '{REQUEST_ID}', panToken: 'tok-1' }}"
    ));
    test.wait_for_state("saved").await;
    assert_ne!(test.status(), "");
}
