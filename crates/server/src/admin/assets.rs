use axum::http::header;
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

pub(super) const STYLE: &str = "/admin/style.css";
pub(super) const ICON: &str = "/admin/icon.svg";
/// The addresses change with the files, so that a browser may keep them.
const KEPT: (header::HeaderName, &str) = (header::CACHE_CONTROL, "max-age=31536000, immutable");

const CSS: &str = include_str!("style.css");
const SVG: &str = include_str!("icon.svg");

/// Returns the address of the style in this version.
pub(super) fn style_address() -> String {
    address(STYLE, CSS)
}

/// Returns the address of the icon in this version.
pub(super) fn icon_address() -> String {
    address(ICON, SVG)
}

fn address(path: &str, content: &str) -> String {
    let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(content));
    format!("{path}?v={}", &digest[..12])
}

pub(super) async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), KEPT],
        CSS,
    )
}

pub(super) async fn icon() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/svg+xml"), KEPT], SVG)
}
