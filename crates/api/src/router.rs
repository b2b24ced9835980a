//! The one list of routes, for every host.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, FromRef, Request},
    middleware,
};
use docket_app::App;
use http::{Method, Response, StatusCode};
use tower::ServiceExt;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

use crate::{
    Host, access, agents, alarm, article, backup, calendar, compose, connection, gate, headers, list, mailbox, metrics, openapi, page,
    problem::Problem, promise, relay, session, settings, setup, sync, system, team, ticket,
};

/// Bytes that a request may bring where it brings no file.
const BODY: usize = 8 * 1024 * 1024;
/// Bytes of an upload or a mail.
const FILE: usize = 64 * 1024 * 1024;

/// What handlers work with.
#[derive(Clone)]
pub(crate) struct Context {
    pub app: App,
    pub host: Arc<Host>,
    pub metrics: Arc<metrics::Metrics>,
}

impl FromRef<Context> for App {
    fn from_ref(context: &Context) -> Self {
        context.app.clone()
    }
}

/// Every route of `/api/v1`, and only here.
pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(session::show_session, session::sign_in, session::sign_out))
        .routes(routes!(session::first_administrator))
        .routes(routes!(setup::set_up))
        .routes(routes!(setup::set_up_demo))
        .routes(routes!(setup::set_up_progress))
        .routes(routes!(session::save_profile))
        .routes(routes!(session::personal, session::save_personal))
        .routes(routes!(access::access))
        .routes(routes!(agents::new_agent))
        .routes(routes!(agents::sign_ins))
        .routes(routes!(agents::set_password))
        .routes(routes!(agents::save_absence, agents::end_absence))
        .routes(routes!(agents::sessions))
        .routes(routes!(agents::end_session))
        .routes(routes!(agents::devices))
        .routes(routes!(agents::revoke_device))
        .routes(routes!(settings::settings))
        .routes(routes!(settings::save_setting))
        .routes(routes!(settings::setting_history))
        .routes(routes!(settings::placeholders))
        .routes(routes!(settings::preview))
        .routes(routes!(calendar::calendar_due))
        .routes(routes!(calendar::calendar_between))
        .routes(routes!(calendar::calendar_preview))
        .routes(routes!(calendar::countries))
        .routes(routes!(calendar::holidays))
        .routes(routes!(calendar::import_holidays))
        .routes(routes!(mailbox::test_mailbox))
        .routes(routes!(mailbox::mailboxes, mailbox::add_mailbox))
        .routes(routes!(mailbox::save_mailbox))
        .routes(routes!(mailbox::fetch_mailbox))
        .routes(routes!(mailbox::quarantine))
        .routes(routes!(mailbox::drop_quarantine))
        .routes(routes!(mailbox::quarantine_raw))
        .routes(routes!(mailbox::retry_quarantine))
        .routes(routes!(mailbox::outbox))
        .routes(routes!(mailbox::take_in).layer(DefaultBodyLimit::max(FILE)))
        .routes(routes!(list::counts))
        .routes(routes!(list::tickets, ticket::new_ticket))
        .routes(routes!(list::customers))
        .routes(routes!(list::search))
        .routes(routes!(list::changes))
        .routes(routes!(alarm::alarms))
        .routes(routes!(alarm::end_alarms))
        .routes(routes!(alarm::use_device))
        .routes(routes!(alarm::report_alarms))
        .routes(routes!(alarm::test_alarm))
        .routes(routes!(alarm::alarm_log))
        .routes(routes!(alarm::glance))
        .routes(routes!(alarm::pause))
        .routes(routes!(ticket::ticket))
        .routes(routes!(ticket::history))
        .routes(routes!(promise::clocks))
        .routes(routes!(promise::kept))
        .routes(routes!(promise::recompute))
        .routes(routes!(ticket::submit))
        .routes(routes!(ticket::mark_read))
        .routes(routes!(ticket::snooze, ticket::wake))
        .routes(routes!(team::merge_preview))
        .routes(routes!(team::be_present, team::present, team::leave))
        .routes(routes!(compose::compose))
        .routes(routes!(compose::drafts))
        .routes(routes!(compose::save_draft, compose::drop_draft))
        .routes(routes!(sync::connect))
        .routes(routes!(sync::pull))
        .routes(routes!(sync::first))
        .routes(routes!(sync::push).layer(DefaultBodyLimit::max(FILE)))
        .routes(routes!(sync::lease))
        .routes(routes!(sync::take_personal).layer(DefaultBodyLimit::max(FILE)))
        .routes(routes!(sync::left).layer(DefaultBodyLimit::max(FILE)))
        .routes(routes!(sync::left_file).layer(DefaultBodyLimit::max(FILE)))
        .routes(routes!(connection::connection, connection::connect_desk))
        .routes(routes!(connection::sync_now))
        .routes(routes!(connection::waiting))
        .routes(routes!(connection::decide))
        .routes(routes!(connection::left_behind))
        .routes(routes!(connection::decide_left))
        .routes(routes!(article::attachment))
        .routes(routes!(article::raw))
        .routes(routes!(article::frame))
        .routes(routes!(backup::backup))
        .routes(routes!(article::upload).layer(DefaultBodyLimit::max(FILE)))
}

/// The desk as a Router: API, description and, on a server, the page.
pub fn router(app: App, host: Host) -> Router {
    let on_server = matches!(host, Host::Server { .. });
    let context = Context { app, host: Arc::new(host), metrics: Arc::default() };
    let (api, _) = OpenApiRouter::new().nest("/api/v1", routes()).split_for_parts();
    let mut router = api.route("/api/openapi.json", axum::routing::get(openapi::show));
    if on_server {
        router = router.route("/health", axum::routing::get(system::health)).route("/metrics", axum::routing::get(system::metrics));
    }
    let router = router
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(page::page)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn_with_state(context.clone(), relay::relay))
        .layer(middleware::from_fn_with_state(context.clone(), gate::gate))
        .layer(middleware::from_fn_with_state(context.clone(), metrics::count))
        .with_state(context);
    let router = headers::protect(router);
    if on_server { headers::compress(router) } else { router }
}

async fn method_not_allowed(method: Method) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", format!("{method} does nothing here"))
}

/// Asks the Router without a network; the answer is whole.
pub async fn call(router: &Router, request: http::Request<Vec<u8>>) -> Response<Vec<u8>> {
    let request: Request = request.map(Body::from);
    let response = match router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let (parts, body) = response.into_parts();
    // The bodies of the Router's answers are in memory already: reading them cannot fail half-way.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    Response::from_parts(parts, bytes.into())
}
