//! The page of the folder that shows more than a form: the kiosk of jetpay's sandbox.

use std::path::Path;

use axum::Router;
use axum::routing::get_service;
use pantoken_core::Origin;

use super::setup::Setup;
use crate::http::page_forms::PageForms;
use crate::http::pages::pages;

/// Returns the routes of the pages that need a policy of their own. The server serves the others.
pub(super) fn routes(setup: &Setup, folder: &Path) -> Router {
    let kiosk = Origin::parse(&setup.jetpay_url()).ok();
    let page = pages(folder, &PageForms::framed(kiosk.as_slice()));
    Router::new().route("/jetpay.html", get_service(page))
}
