//! The first start of a desk.

use axum::{
    Extension,
    extract::{FromRequestParts, State},
};
use docket_app::{
    App,
    wire::{Progress, SessionView, Setup},
};
use http::{StatusCode, request::Parts};

use crate::{
    Host,
    extract::{Admin, Answer, Done, Json},
    gate::Caller,
    problem::Problem,
    router::Context,
};

/// Whoever may set up the desk: at the window anybody, on a server an administrator.
pub(crate) struct Founder;

impl FromRequestParts<Context> for Founder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Problem> {
        match *context.host {
            Host::Desktop { .. } => Ok(Self),
            Host::Server { .. } => Admin::from_request_parts(parts, context).await.map(|_| Self),
        }
    }
}

/// Makes the desk: its name, its first agent, its first queue and, where given, its mailbox.
#[utoipa::path(post, path = "/setup", tag = "setup", responses((status = 200, body = SessionView)))]
pub(crate) async fn set_up(
    State(app): State<App>,
    _: Founder,
    Extension(caller): Extension<Caller>,
    Json(setup): Json<Setup>,
) -> Answer<SessionView> {
    let agent = app.setup(setup).await?;
    let who = caller.agent.unwrap_or(agent);
    Ok(Json(app.session_view(Some(who), caller.write_token.as_deref()).await?))
}

/// Begins to fill a desk to look around in; `setup/progress` tells how far it is.
#[utoipa::path(post, path = "/setup/demo", tag = "setup", responses((status = 202)))]
pub(crate) async fn set_up_demo(State(app): State<App>, _: Founder) -> Done {
    app.setup_demo(None).await?;
    Ok(StatusCode::ACCEPTED)
}

/// How far the filling is.
#[utoipa::path(get, path = "/setup/progress", tag = "setup", responses((status = 200, body = Progress)))]
pub(crate) async fn set_up_progress(State(app): State<App>, _: Founder) -> Answer<Progress> {
    Ok(Json(app.setup_progress()))
}
