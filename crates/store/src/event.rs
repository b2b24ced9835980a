//! The history of tickets.

use docket_domain::{DeviceId, Event, TicketId};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    db::{Result, Tx},
    json,
};

/// Adds events to a ticket's history, with one statement.
pub async fn insert(tx: &mut Tx, ticket: TicketId, events: &[Event], seq: i64) -> Result<()> {
    const SQL: &str = "insert into event (ticket_id, ordinal, seq, at, device_at, actor, body, device) ";
    let texts = events.iter().map(|event| Ok((json::write("actor", &event.actor)?, json::write("event", &event.body)?)));
    let rows: Vec<_> = events.iter().zip(texts.collect::<Result<Vec<_>>>()?).collect();
    if rows.is_empty() {
        return Ok(());
    }
    on!(tx, conn => {
        let mut query = QueryBuilder::new(SQL);
        query.push_values(&rows, |mut row, (event, (actor, body))| {
            row.push_bind(ticket.0).push_bind(event.ordinal).push_bind(seq).push_bind(event.at).push_bind(event.device_at);
            row.push_bind(actor).push_bind(body).push_bind(event.device.map(|device| device.0));
        });
        query.build().execute(conn).await.map(drop)
    })?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    ordinal: i64,
    at: i64,
    device_at: Option<i64>,
    actor: String,
    body: String,
    device: Option<Uuid>,
}

/// The whole history of a ticket, oldest first.
pub async fn of_ticket(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Event>> {
    const SQL: &str = "select ordinal, at, device_at, actor, body, device from event where ticket_id = $1 order by ordinal";
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).bind(ticket.0).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|row| {
            let (actor, body) = (json::read("actor", &row.actor)?, json::read("event", &row.body)?);
            Ok(Event { ordinal: row.ordinal, at: row.at, device_at: row.device_at, actor, device: row.device.map(DeviceId), body })
        })
        .collect()
}
