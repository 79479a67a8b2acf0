//! Serves static files at `/`, for the demo page.

use std::convert::Infallible;
use std::path::Path;

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use tower::{Service, ServiceExt, service_fn};
use tower_http::services::ServeDir;

use crate::http::page_forms::PageForms;
use crate::http::problem::Problem;

type FilesFuture = std::pin::Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

/// Serves the files of a folder, with headers that allow a page to show the forms and nothing else.
pub(crate) fn pages(
    folder: &Path,
    forms: &PageForms,
) -> impl Service<Request, Response = Response, Error = Infallible, Future = FilesFuture>
+ Clone
+ Send
+ Sync
+ 'static {
    let files = ServeDir::new(folder)
        .call_fallback_on_method_not_allowed(true)
        .fallback(service_fn(|_: Request| async {
            Ok::<_, Infallible>(Problem::NotFound.into_response())
        }));
    let policy = HeaderValue::from_str(&policy(forms)).ok();
    service_fn(move |request: Request| -> FilesFuture {
        let (files, policy) = (files.clone(), policy.clone());
        Box::pin(async move {
            let mut response = files.oneshot(request).await.into_response();
            let headers = response.headers_mut();
            if let Some(policy) = policy {
                headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            }
            let fixed = [
                (header::REFERRER_POLICY, "strict-origin"),
                (header::CACHE_CONTROL, "no-cache"),
            ];
            for (name, value) in fixed {
                headers.insert(name, HeaderValue::from_static(value));
            }
            Ok(response)
        })
    })
}

fn policy(forms: &PageForms) -> String {
    let needed = forms.needed_directives("'self'");
    let posted = forms.posted_to().unwrap_or("'none'");
    format!(
        "default-src 'self'; {needed}; style-src 'self'; img-src 'self' data:; \
         object-src 'none'; form-action {posted}; frame-ancestors 'none'"
    )
}
