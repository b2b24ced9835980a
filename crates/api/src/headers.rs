//! Headers that every answer carries, and compression.

use axum::{Router, response::Response};
use http::{
    HeaderName, HeaderValue, StatusCode, Version,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
};
use tower_http::{
    CompressionLevel,
    compression::{CompressionLayer, Predicate as _, predicate::SizeAbove},
    set_header::SetResponseHeaderLayer,
};

/// What the page may load: itself and nothing else.
pub(crate) const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-src 'self'; \
    connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Puts on every answer what it does not say itself.
pub(crate) fn protect(router: Router) -> Router {
    let fixed = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (CONTENT_SECURITY_POLICY, DATA_POLICY),
        (CACHE_CONTROL, "no-store"),
    ];
    fixed
        .into_iter()
        .fold(router, |router, (name, value)| router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))))
}

/// Compresses text for browsers that ask for it.
pub(crate) fn compress(router: Router) -> Router {
    let text = |_: StatusCode, _: Version, headers: &http::HeaderMap, _: &http::Extensions| {
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        kind.starts_with("application/json") || kind.starts_with("text/") || kind.starts_with("image/svg")
    };
    let layer = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(SizeAbove::new(1024).and(text));
    router.layer(layer)
}

/// Sets a header whose value is known to be plain.
pub(crate) fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}
