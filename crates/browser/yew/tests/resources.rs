//! What a component leaves behind in a page that lives on, unmounted at each stage.
#![allow(unreachable_pub)] // the modules are private to the test
#![allow(clippy::unwrap_used)]
#![cfg(target_family = "wasm")]

#[path = "../../widget/tests/page/mod.rs"]
#[allow(dead_code)]
mod page;

use std::cell::RefCell;
use std::rc::Rc;

use page::{REQUEST_ID, form_loaded, iframe, iframes, origin, parent, post_from, turns};
use pantoken_yew::{CardForm, CardFormProps, FormUrl, Ready, Saved};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Element;
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

const RESOURCES: &str = include_str!("../../../../tests/pages/element/resources.js");

#[derive(Clone, Copy, Debug)]
enum Stage {
    Mounted,
    Loaded,
    Ready,
    Saved,
}

#[wasm_bindgen_test]
async fn unmounted_at_any_stage_it_leaves_no_listener_and_no_timer() {
    page::run_in_page(RESOURCES);
    page::run_in_page("watchResources()");
    let before = held();
    for stage in [Stage::Mounted, Stage::Loaded, Stage::Ready, Stage::Saved] {
        let parent = parent();
        let app = reach(&parent, stage).await;
        let listening = page::run_in_page("return held().listeners.includes('message')");
        assert!(listening.is_truthy(), "{stage:?}: nothing is counted");
        app.destroy();
        while iframes(&parent) > 0 {
            turns(1).await;
        }
        assert_eq!(held(), before, "{stage:?}");
        parent.remove();
    }
}

async fn reach(parent: &Element, stage: Stage) -> yew::AppHandle<CardForm> {
    let told = Rc::<RefCell<Vec<&str>>>::default();
    let (ready, saved) = (Rc::clone(&told), Rc::clone(&told));
    let props = yew::props!(CardFormProps {
        form_url: FormUrl::parse(&page::form_url(&origin(), "")).unwrap(),
        on_ready: Callback::from(move |_: Ready| ready.borrow_mut().push("ready")),
        on_saved: Callback::from(move |_: Saved| saved.borrow_mut().push("saved")),
    });
    let app = yew::Renderer::<CardForm>::with_root_and_props(parent.clone(), props).render();
    while iframe(parent).is_none() {
        turns(1).await;
    }
    let say = [
        "'Ready'".to_owned(),
        format!("{{ requestId: '{REQUEST_ID}', panToken: 'tok-1' }}"),
    ];
    let words = match stage {
        Stage::Mounted => return app,
        Stage::Loaded => 0,
        Stage::Ready => 1,
        Stage::Saved => 2,
    };
    form_loaded(&iframe(parent).unwrap()).await;
    for word in &say[..words] {
        post_from(&iframe(parent).unwrap().content_window().unwrap(), word);
    }
    while told.borrow().len() < words {
        turns(1).await;
    }
    app
}

/// As text; without timers that wait for nothing, which are the test runner's.
fn held() -> String {
    let held = page::run_in_page(
        "const { listeners, timers } = held();
        return JSON.stringify([listeners, timers.filter((milliseconds) => milliseconds > 0)]);",
    );
    held.as_string().unwrap()
}
