//! Promises: the clocks of a ticket, and how promises were kept.

use axum::extract::State;
use docket_app::{
    App,
    wire::{ClocksView, KeptPromise, KeptQuery, RecomputeView},
};

use crate::extract::{Answer, Json, Me, Path, Query};

/// The clocks of a ticket with their reasons, and the levels that were reached and that come.
#[utoipa::path(get, path = "/tickets/{id}/clocks", tag = "tickets", responses((status = 200, body = ClocksView)))]
pub(crate) async fn clocks(State(app): State<App>, Me(me): Me, Path(id): Path<String>) -> Answer<ClocksView> {
    let id = app.ticket_id(me, &id).await?;
    Ok(Json(app.clocks(me, id).await?))
}

/// How promises were kept, by queue and measure: what was fulfilled between the two moments, and what is open.
#[utoipa::path(get, path = "/promises", tag = "tickets", params(KeptQuery), responses((status = 200, body = Vec<KeptPromise>)))]
pub(crate) async fn kept(State(app): State<App>, Me(me): Me, Query(query): Query<KeptQuery>) -> Answer<Vec<KeptPromise>> {
    Ok(Json(app.kept_promises(me, query).await?))
}

/// How computing the deadlines of open tickets anew is going, or how the last time ended.
#[utoipa::path(get, path = "/promises/recompute", tag = "tickets", responses((status = 200, body = RecomputeView)))]
pub(crate) async fn recompute(State(app): State<App>, Me(me): Me) -> Answer<RecomputeView> {
    Ok(Json(app.recomputing(me).await?))
}
