//! What a connected desktop does not decide itself goes to its server as it is, and the answer comes back as it came.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use docket_app::replica::{Asked, Relayed};
use http::{
    HeaderName, HeaderValue, Method, StatusCode,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE},
};

use crate::{gate::Caller, problem::Problem, router::Context};

/// Bytes that a request may bring, as at the server.
const FILE: usize = 64 * 1024 * 1024;

/// What the server alone knows or decides: the first part of a path under `/api/v1`.
const WHOLE: [&str; 13] = [
    "access",
    "agents",
    "backup",
    "devices",
    "groups",
    "left-behind",
    "mail",
    "mailboxes",
    "presence",
    "quarantine",
    "roles",
    "sessions",
    "setup",
];

/// Hands on what belongs to the server, where this desk is connected to one.
pub(crate) async fn relay(State(context): State<Context>, request: Request, next: Next) -> Response {
    if context.app.connected().is_none() || !belongs_to_server(request.method(), request.uri().path()) {
        return next.run(request).await;
    }
    match hand_on(&context, request).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn hand_on(context: &Context, request: Request) -> Result<Response, Problem> {
    if request.extensions().get::<Caller>().is_none_or(|caller| caller.agent.is_none()) {
        return Err(docket_app::Error::SignInRequired.into());
    }
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or_else(|| parts.uri.path().to_owned(), ToString::to_string);
    let method = match parts.method {
        Method::GET => "GET",
        Method::PUT => "PUT",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        method => return Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", format!("{method} does nothing here"))),
    };
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    let body = to_bytes(body, FILE).await.map_err(|_| docket_app::Error::TooLarge { limit_mb: 64 })?;
    let answer = context.app.relay(Asked { method, path, content_type, body: body.into() }).await?;
    Ok(response(answer))
}

/// The answer in the server's words; of its headers only what says what the body is.
fn response(answer: Relayed) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    // A status that is none of HTTP's came from no server of ours.
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value))
            && [CONTENT_TYPE, CONTENT_DISPOSITION].contains(&name)
        {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn belongs_to_server(method: &Method, path: &str) -> bool {
    let Some(path) = path.strip_prefix("/api/v1/") else { return false };
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["settings", .., "history"] => true,
        ["settings", ..] => method != Method::GET,
        ["tickets", _, "presence"] | ["alarms", "test" | "log"] => true,
        [first, ..] => WHOLE.contains(first),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_answers_what_it_keeps_and_asks_for_the_rest() {
        for (method, path, theirs) in [
            ("GET", "/api/v1/tickets", false),
            ("POST", "/api/v1/tickets", false),
            ("GET", "/api/v1/tickets/1", false),
            ("PUT", "/api/v1/tickets/1/presence", true),
            ("GET", "/api/v1/settings", false),
            ("PUT", "/api/v1/settings/queue/1", true),
            ("GET", "/api/v1/settings/queue/1/history", true),
            ("GET", "/api/v1/mailboxes", true),
            ("POST", "/api/v1/mailboxes/test", true),
            ("GET", "/api/v1/quarantine/1/raw", true),
            ("POST", "/api/v1/mail", true),
            ("POST", "/api/v1/backup", true),
            ("GET", "/api/v1/outbox", false),
            ("GET", "/api/v1/left-behind", true),
            ("POST", "/api/v1/left-behind/1", true),
            ("POST", "/api/v1/agents", true),
            ("GET", "/api/v1/access", true),
            ("DELETE", "/api/v1/sessions/1", true),
            ("POST", "/api/v1/devices/1/revoke", true),
            ("GET", "/api/v1/presence", true),
            ("GET", "/api/v1/session", false),
            ("GET", "/api/v1/connection", false),
            ("POST", "/api/v1/connection/sync", false),
            ("GET", "/api/v1/connection/outbox", false),
            ("GET", "/api/v1/changes", false),
            ("POST", "/api/v1/alarms/test", true),
            ("GET", "/api/v1/alarms/log", true),
            ("GET", "/api/v1/alarms", false),
            ("POST", "/api/v1/alarms/end", false),
            ("GET", "/api/v1/articles/1/attachments/2", false),
            ("POST", "/api/v1/uploads", false),
            ("GET", "/mailboxes", false),
        ] {
            assert_eq!(belongs_to_server(&method.parse().unwrap(), path), theirs, "{method} {path}");
        }
    }
}
