//! The history of tickets.

use std::collections::HashMap;

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

#[derive(sqlx::FromRow)]
struct OwnedRow {
    ticket_id: Uuid,
    #[sqlx(flatten)]
    row: Row,
}

impl TryFrom<Row> for Event {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        let (actor, body) = (json::read("actor", &row.actor)?, json::read("event", &row.body)?);
        Ok(Self { ordinal: row.ordinal, at: row.at, device_at: row.device_at, actor, device: row.device.map(DeviceId), body })
    }
}

/// The events of these tickets with a feed number above `floor`, by ticket, oldest first.
pub(crate) async fn of_tickets(tx: &mut Tx, tickets: &[Uuid], floor: i64) -> Result<HashMap<Uuid, Vec<Event>>> {
    const SQL: &str = "select ticket_id, ordinal, at, device_at, actor, body, device from event where ticket_id in (";
    let rows: Vec<OwnedRow> = on!(tx, conn => {
        let mut query = QueryBuilder::new(SQL);
        let mut list = query.separated(", ");
        for ticket in tickets {
            list.push_bind(*ticket);
        }
        query.push(") and seq > ").push_bind(floor).push(" order by ticket_id, ordinal");
        query.build_query_as::<OwnedRow>().fetch_all(conn).await
    })?;
    let mut by_ticket: HashMap<Uuid, Vec<Event>> = HashMap::new();
    for OwnedRow { ticket_id, row } in rows {
        by_ticket.entry(ticket_id).or_default().push(row.try_into()?);
    }
    Ok(by_ticket)
}

/// When the last event of a ticket happened that has at most that feed number (ms UTC).
pub async fn last_before(tx: &mut Tx, ticket: TicketId, seq: i64) -> Result<Option<i64>> {
    const SQL: &str = "select max(at) from event where ticket_id = $1 and seq <= $2";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(ticket.0).bind(seq).fetch_one(conn).await)?)
}

/// The whole history of a ticket, oldest first.
pub async fn of_ticket(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Event>> {
    const SQL: &str = "select ordinal, at, device_at, actor, body, device from event where ticket_id = $1 order by ordinal";
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).bind(ticket.0).fetch_all(conn).await)?;
    rows.into_iter().map(Event::try_from).collect()
}
