//! What a server says to its connected desktops.

use axum::{Extension, extract::State};
use docket_app::{
    App,
    sync::Asking,
    wire::sync::{
        DeviceInput, DeviceWelcome, FirstInput, FirstPage, LeaseInput, LeaseView, LeftInput, PersonalInput, PushInput, PushView, SyncPage,
        SyncQuery,
    },
};
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    Host,
    extract::{Answer, Device, Done, Json, Me, Query, Raw},
    gate::Caller,
    problem::Problem,
    router::Context,
};

/// Connects a desktop: login and password give a device and its token.
#[utoipa::path(post, path = "/devices", tag = "sync", request_body = DeviceInput, responses((status = 200, body = DeviceWelcome)))]
pub(crate) async fn connect(
    State(context): State<Context>,
    Extension(caller): Extension<Caller>,
    Json(input): Json<DeviceInput>,
) -> Answer<DeviceWelcome> {
    if !matches!(*context.host, Host::Server { .. }) {
        return Err(Problem::forbidden("desktops connect to a server, not to a window"));
    }
    Ok(Json(context.app.connect_device(input, &caller.address).await?))
}

/// What changed after a cursor, as the device's agent may see it. An empty cursor gives the settings and where things stand.
#[utoipa::path(get, path = "/sync", tag = "sync", params(SyncQuery), responses((status = 200, body = SyncPage)))]
pub(crate) async fn pull(State(app): State<App>, Me(me): Me, Query(query): Query<SyncQuery>) -> Answer<SyncPage> {
    Ok(Json(app.sync_page(me, query).await?))
}

/// A page of a first sync, open tickets first. Changes nothing.
#[utoipa::path(post, path = "/sync/first", tag = "sync", request_body = FirstInput, responses((status = 200, body = FirstPage)))]
pub(crate) async fn first(State(app): State<App>, Me(me): Me, Json(input): Json<FirstInput>) -> Answer<FirstPage> {
    Ok(Json(app.first_page(me, input).await?))
}

/// Carries out commands that were given on a device; a repeat gets its first answer again.
#[utoipa::path(post, path = "/sync/push", tag = "sync", request_body = PushInput, responses((status = 200, body = PushView)))]
pub(crate) async fn push(State(app): State<App>, Device(asking): Device, Json(input): Json<PushInput>) -> Answer<PushView> {
    Ok(Json(app.push(asking.agent, asking.device, input).await?))
}

/// Ticket numbers for tickets that are opened without the network.
#[utoipa::path(post, path = "/sync/lease", tag = "sync", request_body = LeaseInput, responses((status = 200, body = LeaseView)))]
pub(crate) async fn lease(State(app): State<App>, Device(asking): Device, Json(input): Json<LeaseInput>) -> Answer<LeaseView> {
    Ok(Json(app.lease_numbers(asking.device, input.count).await?))
}

/// Keeps personal things that changed on a device.
#[utoipa::path(post, path = "/sync/personal", tag = "sync", request_body = PersonalInput, responses((status = 204)))]
pub(crate) async fn take_personal(State(app): State<App>, Device(asking): Device, Json(input): Json<PersonalInput>) -> Done {
    app.take_personal(asking.agent, input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which file it is.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct LeftFile {
    /// The device's id for it: brought twice, it is kept once.
    id: uuid::Uuid,
    name: String,
    /// Its media type.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    content_type: String,
}

/// Keeps a file of what a device is about to hand over; a device that was revoked may do this, too.
#[utoipa::path(post, path = "/sync/left/files", tag = "sync", params(LeftFile),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 204)))]
pub(crate) async fn left_file(
    State(app): State<App>,
    caller: Option<Extension<Caller>>,
    Query(file): Query<LeftFile>,
    Raw(bytes): Raw,
) -> Done {
    let asking: Asking = caller.and_then(|Extension(caller)| caller.device).ok_or(docket_app::Error::SignInRequired)?;
    app.take_left_file(asking, file.id, &file.name, &file.content_type, bytes).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps what a device hands over before it is wiped; a device that was revoked may do this, and nothing else.
#[utoipa::path(post, path = "/sync/left", tag = "sync", request_body = LeftInput, responses((status = 204)))]
pub(crate) async fn left(State(app): State<App>, caller: Option<Extension<Caller>>, Json(input): Json<LeftInput>) -> Done {
    let asking: Asking = caller.and_then(|Extension(caller)| caller.device).ok_or(docket_app::Error::SignInRequired)?;
    app.take_left(asking, input).await?;
    Ok(StatusCode::NO_CONTENT)
}
