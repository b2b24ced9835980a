//! From the window to the Router: page and API share one scheme, so the page needs no address and no CORS.
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ORIGIN};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use tauri::{AppHandle, Manager, UriSchemeContext, UriSchemeResponder, Wry};

use crate::core::Core;
use crate::window::MAIN;

/// Where the page lives; Windows has no schemes of one's own and turns them into hosts.
pub const HOME: &str = if cfg!(windows) { "http://desk.localhost" } else { "desk://localhost" };

/// The largest request body, bytes.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
    frame-src 'self'; connect-src 'self' ipc: http://ipc.localhost; object-src 'none'; base-uri 'none'; \
    form-action 'none'";

/// Answers one request of the webview, beside the others.
pub fn answer(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let app = context.app_handle().clone();
    let refusal = refusal(context.webview_label(), &request);
    tauri::async_runtime::spawn(async move {
        responder.respond(match refusal {
            Some(problem) => problem,
            None if request.uri().path().starts_with("/api/") => ask_router(&app, request).await,
            None => asset(&app, &request),
        });
    });
}

/// What never reaches the Router: other webviews, other origins, bodies that are too large or cut off.
fn refusal(label: &str, request: &Request<Vec<u8>>) -> Option<Response<Vec<u8>>> {
    let headers = request.headers();
    if label != MAIN || headers.get(ORIGIN).is_some_and(|origin| origin != HOME) {
        return Some(problem(StatusCode::FORBIDDEN, "forbidden", "Only the desk's own page may ask."));
    }
    let length = request.body().len();
    if length > LARGEST_BODY {
        return Some(problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "More than 64 MiB at once is too much."));
    }
    let said = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|said| said != length) {
        return Some(problem(StatusCode::BAD_REQUEST, "bad_request", "The request arrived incomplete."));
    }
    None
}

async fn ask_router(app: &AppHandle, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    match app.try_state::<Core>() {
        Some(core) => core.call(request).await,
        None => problem(StatusCode::SERVICE_UNAVAILABLE, "offline", "The desk is not open yet."),
    }
}

/// A file of the page. Tauri answers unknown paths with the page itself; a missing script should rather say so.
fn asset(app: &AppHandle, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return problem(StatusCode::METHOD_NOT_ALLOWED, "bad_request", "The page can only be read.");
    }
    let path = match request.uri().path() {
        "/" => "/index.html",
        path => path,
    };
    let found = app.asset_resolver().get(path.to_owned());
    let Some(asset) = found.filter(|asset| asset.mime_type != "text/html" || path.ends_with(".html")) else {
        return problem(StatusCode::NOT_FOUND, "not_found", "The page has no such file.");
    };
    let mut response = Response::new(asset.bytes);
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    if let Ok(kind) = HeaderValue::from_str(&asset.mime_type) {
        headers.insert(CONTENT_TYPE, kind);
    }
    response
}

/// A refusal in the shape that the Router uses.
fn problem(status: StatusCode, code: &str, message: &str) -> Response<Vec<u8>> {
    let body = serde_json::json!({ "code": code, "message": message });
    let mut response = Response::new(body.to_string().into_bytes());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(header: Option<(&str, &str)>, body: usize) -> Request<Vec<u8>> {
        let mut builder = Request::post(format!("{HOME}/api/v1/uploads"));
        if let Some((name, value)) = header {
            builder = builder.header(name, value);
        }
        builder.body(vec![0; body]).unwrap()
    }

    #[test]
    fn only_the_page_itself_gets_through() {
        let status = |label, header, body| refusal(label, &request(header, body)).map(|r| r.status().as_u16());
        assert_eq!(status("main", None, 10), None);
        assert_eq!(status("main", Some(("origin", HOME)), 10), None);
        assert_eq!(status("main", Some(("origin", "https://example.org")), 10), Some(403));
        assert_eq!(status("main", Some(("origin", "null")), 10), Some(403));
        assert_eq!(status("other", None, 10), Some(403));
        assert_eq!(status("main", Some(("content-length", "11")), 10), Some(400));
        assert_eq!(status("main", None, LARGEST_BODY), None);
        assert_eq!(status("main", None, LARGEST_BODY + 1), Some(413));
    }
}
