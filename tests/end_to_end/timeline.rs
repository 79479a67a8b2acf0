//! Reads the events that the page has received, from its timeline.

use pantoken_tests::Tab;

/// Returns the events so far, in order: `ready`, `saved`, `error CODE` and `warning CODE`.
pub(crate) async fn events(tab: &Tab) -> Vec<String> {
    let events = tab.run(&format!("return {EVENTS}")).await;
    let events = events.as_array().unwrap().iter();
    events
        .map(|event| event.as_str().unwrap().to_owned())
        .collect()
}

/// Waits until the page has received this many events.
pub(crate) async fn wait_for(tab: &Tab, count: usize) {
    tab.until(&format!("return {EVENTS}.length >= {count}"))
        .await;
}

/// Waits for these events, and checks that the form caused no others. The form posts an unreadable message
/// last, and its warning follows all earlier events.
pub(crate) async fn assert_all(tab: &Tab, expected: &[&str]) {
    wait_for(tab, expected.len()).await;
    tab.find("iframe").await.enter_frame().await.unwrap();
    tab.find("#message").await;
    tab.until("return document.readyState === 'complete'").await;
    tab.run("parent.postMessage('the end', '*')").await;
    tab.leave_form().await;
    wait_for(tab, expected.len() + 1).await;
    let all = [expected, &["warning UNREADABLE_MESSAGE"]].concat();
    assert_eq!(events(tab).await, all);
}

const EVENTS: &str = "[...document.querySelectorAll('#timeline [data-step]')]
    .filter(({ dataset }) => dataset.step !== 'session')
    .map((step) => {
        const code = step.dataset.code ?? step.querySelector('[data-code]')?.dataset.code;
        return [step.dataset.step, ...code ? [code] : []].join(' ');
    })";
