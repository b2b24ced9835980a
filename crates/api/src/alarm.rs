//! What an agent is to hear of, on all of their devices.

use axum::{Extension, extract::State};
use docket_app::{
    App,
    wire::{AlarmEnd, AlarmLine, AlarmReport, AlarmTest, AlarmView, Glance, PauseInput},
};
use docket_domain::AgentId;
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    extract::{Answer, Device, Done, Json, Me, Query},
    gate::Caller,
};

/// Whose log.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Whose {
    /// None: one's own.
    agent: Option<AgentId>,
}

/// What stands for the agent, the earliest first.
#[utoipa::path(get, path = "/alarms", tag = "alarms", responses((status = 200, body = Vec<AlarmView>)))]
pub(crate) async fn alarms(State(app): State<App>, Me(me): Me, Extension(caller): Extension<Caller>) -> Answer<Vec<AlarmView>> {
    Ok(Json(app.standing_alarms(me, &caller.device_name()).await?))
}

/// Ends alarms on all devices: seen, taken, or put off.
#[utoipa::path(post, path = "/alarms/end", tag = "alarms", request_body = AlarmEnd, responses((status = 204)))]
pub(crate) async fn end_alarms(State(app): State<App>, Me(me): Me, Json(end): Json<AlarmEnd>) -> Done {
    app.end_alarms(me, end).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The agent does something on this device: the one used last makes the sounds.
#[utoipa::path(post, path = "/alarms/use", tag = "alarms", responses((status = 204)))]
pub(crate) async fn use_device(State(app): State<App>, Me(me): Me, Extension(caller): Extension<Caller>) -> Done {
    app.used(me, &caller.device_name()).await;
    Ok(StatusCode::NO_CONTENT)
}

/// What a connected desktop has to say: what ended there, and what it showed.
#[utoipa::path(post, path = "/alarms/report", tag = "sync", request_body = AlarmReport, responses((status = 204)))]
pub(crate) async fn report_alarms(State(app): State<App>, Device(asking): Device, Json(report): Json<AlarmReport>) -> Done {
    app.take_report(asking.agent, asking.device, report).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows a test on the agent's devices and mails one to their address; says why no mail left.
#[utoipa::path(post, path = "/alarms/test", tag = "alarms", responses((status = 200, body = AlarmTest)))]
pub(crate) async fn test_alarm(State(app): State<App>, Me(me): Me) -> Answer<AlarmTest> {
    Ok(Json(app.test_alarm(me).await?))
}

/// What went to the agent in the last days, how, and why not.
#[utoipa::path(get, path = "/alarms/log", tag = "alarms", params(Whose), responses((status = 200, body = Vec<AlarmLine>)))]
pub(crate) async fn alarm_log(State(app): State<App>, Me(me): Me, Query(whose): Query<Whose>) -> Answer<Vec<AlarmLine>> {
    Ok(Json(app.deliveries(me, whose.agent.unwrap_or(me)).await?))
}

/// What an icon beside the clock shows: my tickets, the late ones, the next deadlines.
#[utoipa::path(get, path = "/alarms/glance", tag = "alarms", responses((status = 200, body = Glance)))]
pub(crate) async fn glance(State(app): State<App>, Me(me): Me) -> Answer<Glance> {
    Ok(Json(app.glance(me).await?))
}

/// Shows nothing until then.
#[utoipa::path(post, path = "/alarms/pause", tag = "alarms", request_body = PauseInput, responses((status = 204)))]
pub(crate) async fn pause(State(app): State<App>, Me(me): Me, Json(input): Json<PauseInput>) -> Done {
    app.pause(me, input.until).await?;
    Ok(StatusCode::NO_CONTENT)
}
