//! Working time by the desk's calendars.

use axum::extract::State;
use docket_app::{
    App,
    wire::{BetweenInput, BetweenView, DueInput, DueView},
};
use docket_domain::CalendarId;

use crate::extract::{Answer, Json, Me, Path};

/// When that much working time is over. Changes nothing.
#[utoipa::path(post, path = "/calendars/{id}/due", tag = "settings", responses((status = 200, body = DueView)))]
pub(crate) async fn calendar_due(
    State(app): State<App>,
    Me(_me): Me,
    Path(id): Path<CalendarId>,
    Json(input): Json<DueInput>,
) -> Answer<DueView> {
    Ok(Json(app.calendar_due(id, &input)?))
}

/// The working time between two moments. Changes nothing.
#[utoipa::path(post, path = "/calendars/{id}/between", tag = "settings", responses((status = 200, body = BetweenView)))]
pub(crate) async fn calendar_between(
    State(app): State<App>,
    Me(_me): Me,
    Path(id): Path<CalendarId>,
    Json(input): Json<BetweenInput>,
) -> Answer<BetweenView> {
    Ok(Json(app.calendar_between(id, &input)?))
}
