//! Settings records and the texts in them.

use axum::extract::State;
use docket_app::{
    App,
    wire::{PlaceholderView, PreviewInput, RecordView, SaveRecord, SettingsView, VersionView},
};
use docket_domain::settings::Kind;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::extract::{Answer, Json, Me, Path};

/// A text with its placeholders filled in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Preview {
    text: String,
}

/// All settings that the agent may see.
#[utoipa::path(get, path = "/settings", tag = "settings", responses((status = 200, body = SettingsView)))]
pub(crate) async fn settings(State(app): State<App>, Me(me): Me) -> Answer<SettingsView> {
    Ok(Json(app.settings_view(me)))
}

/// Saves a record, made on a version of it; 0 makes a new one.
#[utoipa::path(put, path = "/settings/{kind}/{id}", tag = "settings", responses((status = 200, body = RecordView)))]
pub(crate) async fn save_setting(
    State(app): State<App>,
    Me(me): Me,
    Path((kind, id)): Path<(Kind, Uuid)>,
    Json(save): Json<SaveRecord>,
) -> Answer<RecordView> {
    Ok(Json(app.save_record(me, kind, id, save).await?))
}

/// Every version of a record, and who made it.
#[utoipa::path(get, path = "/settings/{kind}/{id}/history", tag = "settings", responses((status = 200, body = Vec<VersionView>)))]
pub(crate) async fn setting_history(State(app): State<App>, Me(me): Me, Path((kind, id)): Path<(Kind, Uuid)>) -> Answer<Vec<VersionView>> {
    Ok(Json(app.record_history(me, kind, id).await?))
}

/// The placeholders that texts may use.
#[utoipa::path(get, path = "/placeholders", tag = "settings", responses((status = 200, body = Vec<PlaceholderView>)))]
pub(crate) async fn placeholders(State(app): State<App>, Me(me): Me) -> Answer<Vec<PlaceholderView>> {
    Ok(Json(app.placeholders(me)))
}

/// A text as a customer would get it. Changes nothing.
#[utoipa::path(post, path = "/preview", tag = "settings", responses((status = 200, body = Preview)))]
pub(crate) async fn preview(State(app): State<App>, Me(me): Me, Json(input): Json<PreviewInput>) -> Answer<Preview> {
    Ok(Json(Preview { text: app.preview(me, input).await? }))
}
