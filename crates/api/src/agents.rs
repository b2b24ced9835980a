//! The people of the desk and where they are signed in.

use axum::{Extension, extract::State};
use docket_app::{
    App,
    wire::{AbsenceInput, AgentInput, DeviceView, Password, RecordView, SignInView, SignedInView},
};
use docket_domain::AgentId;
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    extract::{Answer, Done, Json, Me, Path, Query},
    gate::Caller,
};

/// Whose.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Whose {
    /// None: whoever asks. Administrators may name others.
    agent: Option<AgentId>,
}

/// How a device is let go.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Revoke {
    /// It is lost: it shall wipe itself when it comes.
    lost: bool,
}

/// Makes a new agent, as an administrator; a password is set apart.
#[utoipa::path(post, path = "/agents", tag = "team", responses((status = 200, body = RecordView)))]
pub(crate) async fn new_agent(State(app): State<App>, Me(me): Me, Json(input): Json<AgentInput>) -> Answer<RecordView> {
    Ok(Json(app.new_agent(me, input).await?))
}

/// How each agent can come in and when they were last here, for administrators.
#[utoipa::path(get, path = "/agents/sign-ins", tag = "team", responses((status = 200, body = Vec<SignInView>)))]
pub(crate) async fn sign_ins(State(app): State<App>, Me(me): Me) -> Answer<Vec<SignInView>> {
    Ok(Json(app.sign_ins(me).await?))
}

/// Sets a password: one's own with the old one, or as an administrator anybody else's. Sessions of theirs end.
#[utoipa::path(put, path = "/agents/{id}/password", tag = "team", responses((status = 204)))]
pub(crate) async fn set_password(
    State(app): State<App>,
    Me(me): Me,
    Extension(caller): Extension<Caller>,
    Path(id): Path<Uuid>,
    Json(password): Json<Password>,
) -> Done {
    app.set_password(me, AgentId(id), password, caller.cookie.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The browsers that an agent is signed in with.
#[utoipa::path(get, path = "/sessions", tag = "team", params(Whose), responses((status = 200, body = Vec<SignedInView>)))]
pub(crate) async fn sessions(
    State(app): State<App>,
    Me(me): Me,
    Extension(caller): Extension<Caller>,
    Query(whose): Query<Whose>,
) -> Answer<Vec<SignedInView>> {
    Ok(Json(app.sessions(me, whose.agent.unwrap_or(me), caller.cookie.as_deref()).await?))
}

/// Signs such a browser out.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "team", responses((status = 204)))]
pub(crate) async fn end_session(State(app): State<App>, Me(me): Me, Path(id): Path<String>) -> Done {
    app.end_session(me, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The connected desktops of an agent.
#[utoipa::path(get, path = "/devices", tag = "team", params(Whose), responses((status = 200, body = Vec<DeviceView>)))]
pub(crate) async fn devices(State(app): State<App>, Me(me): Me, Query(whose): Query<Whose>) -> Answer<Vec<DeviceView>> {
    Ok(Json(app.devices(me, whose.agent.unwrap_or(me)).await?))
}

/// Lets such a desktop in no more.
#[utoipa::path(post, path = "/devices/{id}/revoke", tag = "team", params(Revoke), responses((status = 204)))]
pub(crate) async fn revoke_device(State(app): State<App>, Me(me): Me, Path(id): Path<Uuid>, Query(how): Query<Revoke>) -> Done {
    app.revoke_device(me, id, how.lost).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says from when until when an agent is away, and who stands in: everybody for themselves, administrators for all.
#[utoipa::path(put, path = "/agents/{id}/absence", tag = "team", responses((status = 200, body = RecordView)))]
pub(crate) async fn save_absence(
    State(app): State<App>,
    Me(me): Me,
    Path(id): Path<Uuid>,
    Json(absence): Json<AbsenceInput>,
) -> Answer<RecordView> {
    Ok(Json(app.save_absence(me, AgentId(id), Some(absence.into())).await?))
}

/// Says that an agent is not away.
#[utoipa::path(delete, path = "/agents/{id}/absence", tag = "team", responses((status = 200, body = RecordView)))]
pub(crate) async fn end_absence(State(app): State<App>, Me(me): Me, Path(id): Path<Uuid>) -> Answer<RecordView> {
    Ok(Json(app.save_absence(me, AgentId(id), None).await?))
}
