//! The files of an article, and files on their way to one.

use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use docket_app::{App, wire::UploadView};
use docket_domain::{ArticleId, AttachmentId};
use http::header::CONTENT_SECURITY_POLICY;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    download,
    extract::{Answer, Json, Me, Path, Query, Raw},
    headers::set,
    problem::Problem,
};

/// How to hand a file out.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct How {
    /// 1: show it, if it is a PNG, JPEG, GIF or WebP picture.
    inline: u8,
}

/// What a mail may load.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Remote {
    /// 1: pictures from other servers too.
    remote: u8,
}

/// A file to bring.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FileName {
    name: String,
    /// Its media type; `application/octet-stream` when it is not said.
    #[serde(default, rename = "type")]
    #[param(rename = "type")]
    content_type: Option<String>,
}

/// An attachment, to save; pictures may be shown.
#[utoipa::path(get, path = "/articles/{id}/attachments/{attachment_id}", tag = "files", params(How),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(crate) async fn attachment(
    State(app): State<App>,
    Me(me): Me,
    Path((id, attachment_id)): Path<(ArticleId, AttachmentId)>,
    Query(how): Query<How>,
) -> Result<Response, Problem> {
    let file = app.attachment(me, id, attachment_id).await?;
    let hand_out = if how.inline == 1 { download::picture } else { download::attachment };
    Ok(hand_out(&file.name, &file.content_type, file.bytes))
}

/// The mail as it came, byte for byte.
#[utoipa::path(get, path = "/articles/{id}/raw", tag = "files",
    responses((status = 200, body = Vec<u8>, content_type = "message/rfc822")))]
pub(crate) async fn raw(State(app): State<App>, Me(me): Me, Path(id): Path<ArticleId>) -> Result<Response, Problem> {
    Ok(download::attachment("mail.eml", "message/rfc822", app.raw(me, id).await?))
}

/// The mail as a page of its own, for a sandboxed frame: no scripts, nothing from elsewhere unless asked.
#[utoipa::path(get, path = "/articles/{id}/frame", tag = "files", params(Remote),
    responses((status = 200, body = String, content_type = "text/html")))]
pub(crate) async fn frame(
    State(app): State<App>,
    Me(me): Me,
    Path(id): Path<ArticleId>,
    Query(Remote { remote }): Query<Remote>,
) -> Result<Response, Problem> {
    let mut response = Html(app.frame(me, id).await?).into_response();
    set(&mut response, CONTENT_SECURITY_POLICY, if remote == 1 { REMOTE_POLICY } else { FRAME_POLICY });
    Ok(response)
}

/// Brings one file, to be named by a command.
#[utoipa::path(post, path = "/uploads", tag = "files", params(FileName),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 200, body = UploadView)))]
pub(crate) async fn upload(State(app): State<App>, Me(me): Me, Query(file): Query<FileName>, Raw(bytes): Raw) -> Answer<UploadView> {
    let content_type = file.content_type.filter(|kind| !kind.is_empty()).unwrap_or_else(|| "application/octet-stream".into());
    Ok(Json(app.upload(me, &file.name, &content_type, bytes).await?))
}

macro_rules! frame_policy {
    ($images:literal) => {
        concat!(
            "default-src 'none'; img-src ",
            $images,
            "; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; ",
            "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        )
    };
}

const FRAME_POLICY: &str = frame_policy!("'self' data:");
const REMOTE_POLICY: &str = frame_policy!("'self' data: https: http:");
