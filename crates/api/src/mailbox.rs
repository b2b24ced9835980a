//! Where mail comes from and where it goes.

use axum::{
    extract::{FromRequestParts, State},
    response::Response,
};
use docket_app::{
    App,
    wire::{MailOutcome, MailboxInput, MailboxTest, MailboxTried, MailboxView, OutboxView, QuarantineView, RecordView},
};
use http::{StatusCode, request::Parts};
use uuid::Uuid;

use crate::{
    Host, download,
    extract::{Admin, Answer, Done, Json, Me, Path, Raw},
    problem::Problem,
    router::Context,
};

/// Whoever may try a mailbox, and with it a password that is kept: an administrator, or at the first start the one at the window.
pub(crate) struct Tester;

impl FromRequestParts<Context> for Tester {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Problem> {
        let known = <Me as FromRequestParts<Context>>::from_request_parts(parts, context).await;
        match (&*context.host, known) {
            (_, Ok(Me(me))) if context.app.is_admin(me) => Ok(Self),
            (_, Ok(_)) => Err(docket_app::Error::Forbidden.into()),
            (Host::Desktop { .. }, Err(_)) => Ok(Self),
            (Host::Server { .. }, Err(problem)) => Err(problem),
        }
    }
}

/// Tries a mailbox: says in words what fails, or what lies in it. Takes nothing in.
#[utoipa::path(post, path = "/mailboxes/test", tag = "mail", responses((status = 200, body = MailboxTried)))]
pub(crate) async fn test_mailbox(State(app): State<App>, _: Tester, Json(test): Json<MailboxTest>) -> Answer<MailboxTried> {
    Ok(Json(app.test_mailbox(test).await?))
}

/// The mailboxes and how they are doing.
#[utoipa::path(get, path = "/mailboxes", tag = "mail", responses((status = 200, body = Vec<MailboxView>)))]
pub(crate) async fn mailboxes(State(app): State<App>, Me(me): Me) -> Answer<Vec<MailboxView>> {
    Ok(Json(app.mailboxes(me).await?))
}

/// Connects a mailbox.
#[utoipa::path(post, path = "/mailboxes", tag = "mail", responses((status = 200, body = RecordView)))]
pub(crate) async fn add_mailbox(State(app): State<App>, Me(me): Me, Json(input): Json<MailboxInput>) -> Answer<RecordView> {
    Ok(Json(app.save_mailbox(me, None, input).await?))
}

/// Changes a mailbox; without a password the stored one stays.
#[utoipa::path(put, path = "/mailboxes/{id}", tag = "mail", responses((status = 200, body = RecordView)))]
pub(crate) async fn save_mailbox(
    State(app): State<App>,
    Me(me): Me,
    Path(id): Path<Uuid>,
    Json(input): Json<MailboxInput>,
) -> Answer<RecordView> {
    Ok(Json(app.save_mailbox(me, Some(id), input).await?))
}

/// Fetches a mailbox now.
#[utoipa::path(post, path = "/mailboxes/{id}/fetch", tag = "mail", responses((status = 202)))]
pub(crate) async fn fetch_mailbox(State(app): State<App>, Me(me): Me, Path(id): Path<Uuid>) -> Done {
    app.look_into(me, id)?;
    Ok(StatusCode::ACCEPTED)
}

/// Mails that could not be read.
#[utoipa::path(get, path = "/quarantine", tag = "mail", responses((status = 200, body = Vec<QuarantineView>)))]
pub(crate) async fn quarantine(State(app): State<App>, Me(me): Me) -> Answer<Vec<QuarantineView>> {
    Ok(Json(app.quarantine(me).await?))
}

/// Such a mail as it came.
#[utoipa::path(get, path = "/quarantine/{id}/raw", tag = "mail", responses((status = 200, body = Vec<u8>, content_type = "message/rfc822")))]
pub(crate) async fn quarantine_raw(State(app): State<App>, Me(me): Me, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    Ok(download::attachment("mail.eml", "message/rfc822", app.quarantine_raw(me, id).await?))
}

/// Takes such a mail in once more.
#[utoipa::path(post, path = "/quarantine/{id}/retry", tag = "mail", responses((status = 200, body = MailOutcome)))]
pub(crate) async fn retry_quarantine(State(app): State<App>, Me(me): Me, Path(id): Path<Uuid>) -> Answer<MailOutcome> {
    Ok(Json(app.quarantine_retry(me, id).await?))
}

/// Gives such a mail up.
#[utoipa::path(delete, path = "/quarantine/{id}", tag = "mail", responses((status = 204)))]
pub(crate) async fn drop_quarantine(State(app): State<App>, Me(me): Me, Path(id): Path<Uuid>) -> Done {
    app.quarantine_drop(me, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mails on their way out, and those that need a decision.
#[utoipa::path(get, path = "/outbox", tag = "mail", responses((status = 200, body = Vec<OutboxView>)))]
pub(crate) async fn outbox(State(app): State<App>, Me(me): Me) -> Answer<Vec<OutboxView>> {
    Ok(Json(app.outbox(me).await?))
}

/// Takes in one mail, as an administrator.
#[utoipa::path(post, path = "/mail", tag = "mail", request_body(content = Vec<u8>, content_type = "message/rfc822"),
    responses((status = 200, body = MailOutcome)))]
pub(crate) async fn take_in(State(app): State<App>, _: Admin, Raw(mail): Raw) -> Answer<MailOutcome> {
    Ok(Json(app.ingest(mail).await?))
}
