//! A connected desktop: how it stands with its server, and what waits there for a decision.

use axum::extract::{FromRequestParts, State};
use docket_app::{
    App, Error,
    wire::{
        connection::{BundleView, ConnectInput, ConnectionView, DecideEntry},
        sync::{DecideLeft, LeftOutcome, LeftView},
    },
};
use docket_domain::CommandId;
use http::{StatusCode, request::Parts};
use uuid::Uuid;

use crate::{
    Host,
    extract::{Answer, Done, Json, Me, Path},
    problem::Problem,
    router::Context,
};

/// Whoever may look at the connection: at the window anybody, for there it may be the first thing to make; else an agent.
pub(crate) struct Onlooker;

impl FromRequestParts<Context> for Onlooker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Problem> {
        match *context.host {
            Host::Desktop { .. } => Ok(Self),
            Host::Server { .. } => <Me as FromRequestParts<Context>>::from_request_parts(parts, context).await.map(|_| Self),
        }
    }
}

/// How this desk stands with its server; null: it is connected to none.
#[utoipa::path(get, path = "/connection", tag = "connection", responses((status = 200, body = Option<ConnectionView>)))]
pub(crate) async fn connection(State(app): State<App>, _: Onlooker) -> Answer<Option<ConnectionView>> {
    Ok(Json(app.connection().await?))
}

/// Connects the window's desk to a team's server, or signs in there again.
#[utoipa::path(post, path = "/connection", tag = "connection", request_body = ConnectInput,
    responses((status = 200, body = ConnectionView)))]
pub(crate) async fn connect_desk(State(context): State<Context>, _: Onlooker, Json(input): Json<ConnectInput>) -> Answer<ConnectionView> {
    if !matches!(*context.host, Host::Desktop { .. }) {
        return Err(Problem::forbidden("a server is connected to nothing; a desktop is"));
    }
    context.app.connect_to(input).await?;
    Ok(Json(context.app.connection().await?.ok_or(Error::NotFound("connection"))?))
}

/// Syncs now instead of at the next occasion.
#[utoipa::path(post, path = "/connection/sync", tag = "connection", responses((status = 204)))]
pub(crate) async fn sync_now(State(app): State<App>, _: Onlooker) -> Done {
    connected(&app)?;
    app.sync_now();
    Ok(StatusCode::NO_CONTENT)
}

/// What waits for the server, and what waits for the agent to decide.
#[utoipa::path(get, path = "/connection/outbox", tag = "connection", responses((status = 200, body = Vec<BundleView>)))]
pub(crate) async fn waiting(State(app): State<App>, _: Me) -> Answer<Vec<BundleView>> {
    Ok(Json(app.outbox_entries().await?))
}

/// Decides about a command that waits for a decision.
#[utoipa::path(post, path = "/connection/outbox/{id}", tag = "connection", params(("id" = CommandId, Path)), request_body = DecideEntry,
    responses((status = 204)))]
pub(crate) async fn decide(State(app): State<App>, _: Me, Path(id): Path<CommandId>, Json(entry): Json<DecideEntry>) -> Done {
    app.decide_entry(id, &entry.how).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What devices handed over before they were wiped: one's own; an administrator sees that of agents who are gone, too.
#[utoipa::path(get, path = "/left-behind", tag = "connection", responses((status = 200, body = Vec<LeftView>)))]
pub(crate) async fn left_behind(State(app): State<App>, Me(me): Me) -> Answer<Vec<LeftView>> {
    Ok(Json(app.left_behind(me).await?))
}

/// Decides about something that was left behind: carries it out as its author's and keeps what cannot be, or discards it.
#[utoipa::path(post, path = "/left-behind/{id}", tag = "connection", request_body = DecideLeft,
    responses((status = 200, body = LeftOutcome)))]
pub(crate) async fn decide_left(
    State(app): State<App>,
    Me(me): Me,
    Path(id): Path<Uuid>,
    Json(input): Json<DecideLeft>,
) -> Answer<LeftOutcome> {
    Ok(Json(app.decide_left(me, id, &input.how).await?))
}

fn connected(app: &App) -> Result<(), Problem> {
    match app.connected() {
        Some(_) => Ok(()),
        None => Err(Error::Unavailable { code: "not_connected", message: "this desk is not connected to a server".into() }.into()),
    }
}
