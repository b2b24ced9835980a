//! One ticket: reading it and changing it.

use axum::extract::State;
use docket_app::{
    App,
    wire::{EventView, MarkRead, NewTicket, Outcome, SnoozeInput, SnoozeView, SubmitCommand, TicketView},
};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Answer, Done, Json, Me, Path};

/// The history of a ticket.
#[derive(Serialize, ToSchema)]
pub(crate) struct History {
    events: Vec<EventView>,
}

/// A ticket with everything on it, by id or number.
#[utoipa::path(get, path = "/tickets/{id}", tag = "tickets", responses((status = 200, body = TicketView)))]
pub(crate) async fn ticket(State(app): State<App>, Me(me): Me, Path(id): Path<String>) -> Answer<TicketView> {
    let id = app.ticket_id(me, &id).await?;
    Ok(Json(app.ticket(me, id).await?))
}

/// Every change of a ticket, with actor and time.
#[utoipa::path(get, path = "/tickets/{id}/history", tag = "tickets", responses((status = 200, body = History)))]
pub(crate) async fn history(State(app): State<App>, Me(me): Me, Path(id): Path<String>) -> Answer<History> {
    let id = app.ticket_id(me, &id).await?;
    Ok(Json(History { events: app.history(me, id).await? }))
}

/// Makes a ticket that an agent typed: a call, a note to oneself, or a mail from the desk's side.
#[utoipa::path(post, path = "/tickets", tag = "tickets", responses((status = 200, body = TicketView)))]
pub(crate) async fn new_ticket(State(app): State<App>, Me(me): Me, Json(ticket): Json<NewTicket>) -> Answer<TicketView> {
    Ok(Json(app.new_ticket(me, ticket).await?))
}

/// Submits one command to a ticket; answers with the ticket as it now stands. Sending it twice is harmless.
#[utoipa::path(post, path = "/tickets/{id}/commands", tag = "tickets", responses((status = 200, body = Outcome)))]
pub(crate) async fn submit(
    State(app): State<App>,
    Me(me): Me,
    Path(id): Path<String>,
    Json(command): Json<SubmitCommand>,
) -> Answer<Outcome> {
    // A command that is said again must find its answer, though it may have taken the ticket out of sight.
    let id = match id.parse() {
        Ok(id) => id,
        Err(_) => app.ticket_id(me, &id).await?,
    };
    Ok(Json(app.command(me, id, command).await?))
}

/// Marks articles as read by this agent, or as unread.
#[utoipa::path(post, path = "/tickets/{id}/read", tag = "tickets", responses((status = 204)))]
pub(crate) async fn mark_read(State(app): State<App>, Me(me): Me, Path(id): Path<String>, Json(mark): Json<MarkRead>) -> Done {
    let id = app.ticket_id(me, &id).await?;
    app.mark_read(me, id, mark).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a ticket out of one's own lists, until a moment or until the customer writes; nobody else sees anything of it.
#[utoipa::path(put, path = "/tickets/{id}/snooze", tag = "tickets", responses((status = 200, body = SnoozeView)))]
pub(crate) async fn snooze(
    State(app): State<App>,
    Me(me): Me,
    Path(id): Path<String>,
    Json(input): Json<SnoozeInput>,
) -> Answer<SnoozeView> {
    let id = app.ticket_id(me, &id).await?;
    Ok(Json(app.snooze(me, id, input).await?))
}

/// Puts a snoozed ticket back into one's lists, or takes the mark from one that came back.
#[utoipa::path(delete, path = "/tickets/{id}/snooze", tag = "tickets", responses((status = 204)))]
pub(crate) async fn wake(State(app): State<App>, Me(me): Me, Path(id): Path<String>) -> Done {
    let id = app.ticket_id(me, &id).await?;
    app.wake(me, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
