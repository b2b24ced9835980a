//! Working time by the desk's calendars.

use axum::extract::State;
use docket_app::{
    App,
    wire::{
        BetweenInput, BetweenView, CalendarPreview, CalendarPreviewed, CountryView, DueInput, DueView, HolidaysQuery, ImportInput,
        ImportView,
    },
};
use docket_domain::{CalendarId, holidays::PublicHoliday};

use crate::extract::{Answer, Json, Me, Path, Query};

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

/// What a calendar that is being written would answer. Changes nothing.
#[utoipa::path(post, path = "/calendars/preview", tag = "settings", responses((status = 200, body = CalendarPreviewed)))]
pub(crate) async fn calendar_preview(State(app): State<App>, Me(_me): Me, Json(input): Json<CalendarPreview>) -> Answer<CalendarPreviewed> {
    Ok(Json(app.calendar_preview(input)?))
}

/// The countries whose public holidays are known.
#[utoipa::path(get, path = "/holidays/countries", tag = "settings", responses((status = 200, body = Vec<CountryView>)))]
pub(crate) async fn countries(State(app): State<App>, Me(_me): Me) -> Answer<Vec<CountryView>> {
    Ok(Json(app.countries()))
}

/// The public holidays of a country, or a part of it, in one year.
#[utoipa::path(get, path = "/holidays", tag = "settings", params(HolidaysQuery), responses((status = 200, body = Vec<PublicHoliday>)))]
pub(crate) async fn holidays(State(app): State<App>, Me(_me): Me, Query(query): Query<HolidaysQuery>) -> Answer<Vec<PublicHoliday>> {
    Ok(Json(app.holidays(query)?))
}

/// The days that an iCalendar file names. Changes nothing.
#[utoipa::path(post, path = "/holidays/import", tag = "settings", responses((status = 200, body = ImportView)))]
pub(crate) async fn import_holidays(State(app): State<App>, Me(_me): Me, Json(input): Json<ImportInput>) -> Answer<ImportView> {
    Ok(Json(app.import_holidays(&input)?))
}
