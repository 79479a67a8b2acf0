//! The demo page: a card form in both flows, and a timeline that explains each event.

mod app;
mod browser;
mod errors;
mod header;
mod iframe_flow;
mod redirect_flow;
mod test_numbers;
mod texts;
mod timeline;

fn main() {
    if let Some(root) = browser::app_root() {
        root.set_inner_html("");
        yew::Renderer::<app::App>::with_root(root).render();
    }
}
