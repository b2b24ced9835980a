//! Signing in and out, and what belongs to one agent alone.

use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Response},
};
use docket_app::{
    App,
    wire::{FirstAdministrator, ProfileInput, SessionView, SignIn},
};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{SET_COOKIE, USER_AGENT},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    Host,
    extract::{Answer, Done, Json, Me, Path},
    gate::{COOKIE_NAME, Caller},
    problem::Problem,
    router::Context,
};

/// Seconds a browser keeps the cookie: as long as a session lasts at most.
const COOKIE_AGE: u32 = 16 * 3600;

/// Any JSON that an agent keeps.
#[derive(Deserialize, Serialize, ToSchema)]
pub(crate) struct Personal {
    document: Value,
}

/// Who is there and what this desk is; answered to everyone.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = SessionView)))]
pub(crate) async fn show_session(State(app): State<App>, Extension(caller): Extension<Caller>) -> Answer<SessionView> {
    Ok(Json(app.session_view(caller.agent, caller.write_token.as_deref()).await?))
}

/// Signs a browser in; the cookie comes along.
#[utoipa::path(post, path = "/session", tag = "session", responses((status = 200, body = SessionView)))]
pub(crate) async fn sign_in(
    State(context): State<Context>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Json(sign_in): Json<SignIn>,
) -> Result<Response, Problem> {
    on_server(&context)?;
    let signed_in = context.app.sign_in(sign_in, &caller.address, &label(&headers)).await?;
    welcome(&context, &caller, &signed_in).await
}

/// Makes the first administrator by the one-time link, and signs them in.
#[utoipa::path(post, path = "/session/link", tag = "session", responses((status = 200, body = SessionView)))]
pub(crate) async fn first_administrator(
    State(context): State<Context>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Json(first): Json<FirstAdministrator>,
) -> Result<Response, Problem> {
    on_server(&context)?;
    let signed_in = context.app.first_administrator(first, &label(&headers)).await?;
    welcome(&context, &caller, &signed_in).await
}

/// Ends the session of this browser.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
pub(crate) async fn sign_out(State(app): State<App>, Extension(caller): Extension<Caller>) -> Result<Response, Problem> {
    if let Some(cookie) = &caller.cookie {
        app.sign_out(cookie).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, "", 0, caller.secure);
    Ok(response)
}

/// Changes the name and address of the agent who asks.
#[utoipa::path(put, path = "/profile", tag = "session", responses((status = 200, body = SessionView)))]
pub(crate) async fn save_profile(
    State(app): State<App>,
    Me(me): Me,
    Extension(caller): Extension<Caller>,
    Json(profile): Json<ProfileInput>,
) -> Answer<SessionView> {
    app.save_profile(me, profile).await?;
    Ok(Json(app.session_view(Some(me), caller.write_token.as_deref()).await?))
}

/// What the agent keeps under a key.
#[utoipa::path(get, path = "/personal/{key}", tag = "session", responses((status = 200, body = Personal)))]
pub(crate) async fn personal(State(app): State<App>, Me(me): Me, Path(key): Path<String>) -> Answer<Personal> {
    Ok(Json(Personal { document: app.personal(me, &key).await? }))
}

/// Keeps something under a key, for this agent.
#[utoipa::path(put, path = "/personal/{key}", tag = "session", responses((status = 204)))]
pub(crate) async fn save_personal(State(app): State<App>, Me(me): Me, Path(key): Path<String>, Json(personal): Json<Personal>) -> Done {
    app.save_personal(me, &key, personal.document).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn on_server(context: &Context) -> Result<(), Problem> {
    match *context.host {
        Host::Server { .. } => Ok(()),
        Host::Desktop { .. } => Err(Problem::forbidden("nobody signs in at the window")),
    }
}

async fn welcome(context: &Context, caller: &Caller, signed_in: &docket_app::SignedIn) -> Result<Response, Problem> {
    let view = context.app.session_view(Some(signed_in.agent), Some(&signed_in.write_token)).await?;
    let mut response = Json(view).into_response();
    set_cookie(&mut response, &signed_in.cookie, COOKIE_AGE, caller.secure);
    Ok(response)
}

fn set_cookie(response: &mut Response, value: &str, age: u32, secure: bool) {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE_NAME}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
}

/// The browser, as it calls itself.
fn label(headers: &HeaderMap) -> String {
    let name = headers.get(USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default();
    name.chars().take(200).collect()
}
