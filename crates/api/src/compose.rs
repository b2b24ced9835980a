//! What a composer starts with, and drafts as they are typed.

use axum::extract::State;
use docket_app::{
    App,
    wire::{ComposeQuery, ComposeView, DraftView, SaveDraft},
};
use docket_domain::TicketId;
use http::StatusCode;

use crate::extract::{Answer, Done, Json, Me, Path, Query};

/// What a composer starts with: recipients, subject, text, signature, quote.
#[utoipa::path(get, path = "/tickets/{id}/compose", tag = "tickets", params(ComposeQuery), responses((status = 200, body = ComposeView)))]
pub(crate) async fn compose(
    State(app): State<App>,
    Me(me): Me,
    Path(id): Path<String>,
    Query(query): Query<ComposeQuery>,
) -> Answer<ComposeView> {
    let id = app.ticket_id(me, &id).await?;
    Ok(Json(app.compose(me, id, query).await?))
}

/// The agent's drafts.
#[utoipa::path(get, path = "/drafts", tag = "tickets", responses((status = 200, body = Vec<DraftView>)))]
pub(crate) async fn drafts(State(app): State<App>, Me(me): Me) -> Answer<Vec<DraftView>> {
    Ok(Json(app.drafts(me).await?))
}

/// Keeps a draft as typed.
#[utoipa::path(put, path = "/drafts/{ticket_id}/{kind}", tag = "tickets", responses((status = 204)))]
pub(crate) async fn save_draft(
    State(app): State<App>,
    Me(me): Me,
    Path((ticket_id, kind)): Path<(TicketId, String)>,
    Json(draft): Json<SaveDraft>,
) -> Done {
    app.save_draft(me, ticket_id, &kind, draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a draft up.
#[utoipa::path(delete, path = "/drafts/{ticket_id}/{kind}", tag = "tickets", responses((status = 204)))]
pub(crate) async fn drop_draft(State(app): State<App>, Me(me): Me, Path((ticket_id, kind)): Path<(TicketId, String)>) -> Done {
    app.remove_draft(me, ticket_id, &kind).await?;
    Ok(StatusCode::NO_CONTENT)
}
