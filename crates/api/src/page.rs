//! The page's files, on a server. The window brings its own.

use std::{borrow::Cow, path::Path};

use axum::{
    body::Body,
    extract::{Request, State},
    response::Response,
};
use http::{
    HeaderValue, Method, StatusCode,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
};
use sha2::{Digest, Sha256};

use crate::{
    Host, UiSource,
    headers::{PAGE_POLICY, set},
    problem::Problem,
    router::Context,
};

/// Where the page is built; debug builds read it there.
const BUILT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/dist");
/// The files of the built page by their paths; none in debug builds.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// Answers what is no route: a file of the page, or that there is no such thing.
pub(crate) async fn page(State(context): State<Context>, request: Request) -> Result<Response, Problem> {
    let path = request.uri().path().trim_start_matches('/');
    let nothing = || Problem::not_found("there is nothing at this address");
    let Host::Server { ui, .. } = &*context.host else { return Err(nothing()) };
    if path.starts_with("api/") || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(nothing());
    }
    let path = if path.is_empty() { "index.html" } else { path };
    let bytes = find(ui, path).ok_or_else(nothing)?;
    let tag = tag(&bytes);
    let known = request.headers().get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = Response::new(if known { Body::empty() } else { Body::from(bytes) });
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    set(&mut response, CONTENT_TYPE, content_type(path));
    set(&mut response, CONTENT_SECURITY_POLICY, PAGE_POLICY);
    // What lies in `assets` has a hash in its name and never changes under it.
    set(&mut response, CACHE_CONTROL, if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" });
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    Ok(response)
}

fn find(ui: &UiSource, path: &str) -> Option<Cow<'static, [u8]>> {
    match ui {
        UiSource::Embedded if !cfg!(page_inside) => read(Path::new(BUILT), path),
        UiSource::Embedded => FILES.iter().find(|(name, _)| *name == path).map(|(_, bytes)| Cow::Borrowed(*bytes)),
        UiSource::Folder(folder) => read(folder, path),
        UiSource::None => None,
    }
}

fn read(folder: &Path, path: &str) -> Option<Cow<'static, [u8]>> {
    within(path).then(|| std::fs::read(folder.join(path)).ok().map(Cow::Owned)).flatten()
}

/// True for a path that stays in its folder.
fn within(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// Names the content; weak, because an answer may be compressed on the way.
fn tag(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let hex: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{hex}\"")
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map" | "webmanifest") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_leave_the_folder() {
        assert!(within("assets/index-1.js"));
        for path in ["../Cargo.toml", "assets/../../x", "/etc/passwd"] {
            assert!(!within(path), "{path}");
        }
    }

    #[test]
    fn there_is_always_a_page() {
        assert!(find(&UiSource::Embedded, "index.html").is_some());
    }
}
