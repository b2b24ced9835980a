//! Several agents at one ticket: merging it with another, and seeing each other.

use axum::extract::State;
use docket_app::{
    App,
    wire::{MergePreview, PresenceInput, PresentView},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Answer, Done, Json, Me, Path, Query};

/// Into which ticket.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Into {
    /// Its id or number.
    into: String,
}

/// Who else is at a ticket.
#[derive(Serialize, ToSchema)]
pub(crate) struct Presence {
    others: Vec<PresentView>,
}

/// What merging this ticket into another would do, and what to think of first.
#[utoipa::path(get, path = "/tickets/{id}/merge", tag = "tickets", params(Into), responses((status = 200, body = MergePreview)))]
pub(crate) async fn merge_preview(
    State(app): State<App>,
    Me(me): Me,
    Path(id): Path<String>,
    Query(Into { into }): Query<Into>,
) -> Answer<MergePreview> {
    let id = app.ticket_id(me, &id).await?;
    Ok(Json(app.merge_preview(me, id, &into).await?))
}

/// Says that I am at this ticket, to be repeated every 15 seconds; answers who else is. Forgotten after 40 seconds.
#[utoipa::path(post, path = "/tickets/{id}/presence", tag = "tickets", responses((status = 200, body = Presence)))]
pub(crate) async fn be_present(
    State(app): State<App>,
    Me(me): Me,
    Path(id): Path<String>,
    Json(PresenceInput { writing }): Json<PresenceInput>,
) -> Answer<Presence> {
    let id = app.ticket_id(me, &id).await?;
    Ok(Json(Presence { others: app.be_present(me, id, writing).await? }))
}

/// Who else is at this ticket.
#[utoipa::path(get, path = "/tickets/{id}/presence", tag = "tickets", responses((status = 200, body = Presence)))]
pub(crate) async fn present(State(app): State<App>, Me(me): Me, Path(id): Path<String>) -> Answer<Presence> {
    let id = app.ticket_id(me, &id).await?;
    Ok(Json(Presence { others: app.present(me, id).await? }))
}

/// Says that I have left this ticket.
#[utoipa::path(delete, path = "/tickets/{id}/presence", tag = "tickets", responses((status = 204)))]
pub(crate) async fn leave(State(app): State<App>, Me(me): Me, Path(id): Path<String>) -> Done {
    let id = app.ticket_id(me, &id).await?;
    app.leave_ticket(me, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
