//! For whoever looks after the server: is it well, and how much does it do.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use docket_app::App;
use http::header::CONTENT_TYPE;

use crate::{metrics::line, problem::Problem, router::Context};

/// Answers `ok` when the database does.
pub(crate) async fn health(State(app): State<App>) -> Result<&'static str, Problem> {
    app.mails_waiting().await?;
    Ok("ok\n")
}

/// Counters for Prometheus: requests, tickets by class, jobs. Numbers only.
pub(crate) async fn metrics(State(context): State<Context>) -> Result<Response, Problem> {
    let mut text = context.metrics.text();
    for (name, value) in context.app.metrics().await? {
        line(&mut text, &name, value);
    }
    line(&mut text, &format!("docket_build_info{{version=\"{}\",server=\"{}\"}}", env!("CARGO_PKG_VERSION"), context.app.server_id()), 1);
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}
