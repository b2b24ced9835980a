//! Who may do what, and why.

use axum::extract::State;
use docket_app::{
    App,
    wire::{AccessQuery, AccessView},
};

use crate::extract::{Answer, Json, Me, Query};

/// What an agent may do in a queue or on a ticket, and why; administrators may ask about others than themselves.
#[utoipa::path(get, path = "/access", tag = "team", params(AccessQuery), responses((status = 200, body = AccessView)))]
pub(crate) async fn access(State(app): State<App>, Me(me): Me, Query(query): Query<AccessQuery>) -> Answer<AccessView> {
    Ok(Json(app.access(me, query).await?))
}
