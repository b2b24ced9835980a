//! The history of tickets.

use docket_domain::{Event, TicketId};

use crate::{
    db::{Result, Tx},
    json,
};

/// Adds an event to a ticket's history.
pub async fn insert(tx: &mut Tx, ticket: TicketId, event: &Event, seq: i64) -> Result<()> {
    const SQL: &str = "insert into event (ticket_id, ordinal, seq, at, device_at, actor, body) values ($1, $2, $3, $4, $5, $6, $7)";
    let (actor, body) = (json::write("actor", &event.actor)?, json::write("event", &event.body)?);
    on!(tx, conn => sqlx::query(SQL).bind(ticket.0).bind(event.ordinal).bind(seq).bind(event.at).bind(event.device_at)
        .bind(&actor).bind(&body).execute(conn).await.map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    ordinal: i64,
    at: i64,
    device_at: Option<i64>,
    actor: String,
    body: String,
}

/// The whole history of a ticket, oldest first.
pub async fn of_ticket(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Event>> {
    const SQL: &str = "select ordinal, at, device_at, actor, body from event where ticket_id = $1 order by ordinal";
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).bind(ticket.0).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|row| {
            let (actor, body) = (json::read("actor", &row.actor)?, json::read("event", &row.body)?);
            Ok(Event { ordinal: row.ordinal, at: row.at, device_at: row.device_at, actor, body })
        })
        .collect()
}
