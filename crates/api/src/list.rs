//! Lists, counts, and what changed since.

use std::time::Duration;

use axum::{Extension, extract::State};
use docket_app::{
    App,
    wire::{Asker, Changes, Counts, CustomerInput, Hit, ListQuery, TicketPage},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    extract::{Answer, Json, Me, Query},
    gate::Caller,
    serve::Closing,
};

/// How long a request for changes waits for some.
const PATIENCE: Duration = Duration::from_secs(25);

/// What was typed so far.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Typed {
    q: String,
    /// At most this many; 20 when it is not said.
    limit: Option<i64>,
}

/// Since when.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Since {
    /// The `seq` of the last answer; -1 asks where things stand now.
    after: i64,
    /// The `upto` of the last answer about alarms; below 0 asks what stands now. None: they are not told of.
    alarms: Option<i64>,
}

/// How many tickets wait, by view and queue.
#[utoipa::path(get, path = "/counts", tag = "lists", responses((status = 200, body = Counts)))]
pub(crate) async fn counts(State(app): State<App>, Me(me): Me) -> Answer<Counts> {
    Ok(Json(app.counts(me).await?))
}

/// The tickets of a view or a queue, a page at a time.
#[utoipa::path(get, path = "/tickets", tag = "lists", params(ListQuery), responses((status = 200, body = TicketPage)))]
pub(crate) async fn tickets(State(app): State<App>, Me(me): Me, Query(query): Query<ListQuery>) -> Answer<TicketPage> {
    Ok(Json(app.list(me, query).await?))
}

/// Customers whose name or address begins like this, ten at most.
#[utoipa::path(get, path = "/customers", tag = "lists", params(Typed), responses((status = 200, body = Vec<CustomerInput>)))]
pub(crate) async fn customers(State(app): State<App>, Me(me): Me, Query(typed): Query<Typed>) -> Answer<Vec<CustomerInput>> {
    Ok(Json(app.customers(me, &typed.q).await?))
}

/// Searches tickets, best first.
#[utoipa::path(get, path = "/search", tag = "lists", params(Typed), responses((status = 200, body = Vec<Hit>)))]
pub(crate) async fn search(State(app): State<App>, Me(me): Me, Query(typed): Query<Typed>) -> Answer<Vec<Hit>> {
    Ok(Json(app.search(me, &typed.q, typed.limit.unwrap_or(20)).await?))
}

/// What changed since; waits up to 25 seconds for something.
#[utoipa::path(get, path = "/changes", tag = "lists", params(Since), responses((status = 200, body = Changes)))]
pub(crate) async fn changes(
    State(app): State<App>,
    Me(me): Me,
    Extension(caller): Extension<Caller>,
    Query(Since { after, alarms }): Query<Since>,
    closing: Option<Extension<Closing>>,
) -> Answer<Changes> {
    let closed = async {
        match closing {
            Some(Extension(closing)) => closing.wait().await,
            None => std::future::pending().await,
        }
    };
    let asker = Asker { agent: me, device: caller.device_name(), alarms };
    tokio::select! {
        changes = app.changes_for(&asker, after, PATIENCE) => Ok(Json(changes?)),
        () = closed => Ok(Json(Changes { seq: after, ..Changes::default() })),
    }
}
