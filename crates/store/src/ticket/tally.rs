//! How many tickets there are of each class, queue, state and lock, kept at every save: counting them takes too long where there
//! are many.

use docket_domain::TicketId;
use uuid::Uuid;

use crate::db::{Result, Tx};

/// Where a ticket counts: its class, queue, state and lock.
pub(crate) type Place = (i64, Uuid, Uuid, bool);

/// Where the ticket counts so far; none: it is new.
pub(crate) async fn place(tx: &mut Tx, ticket: TicketId) -> Result<Option<Place>> {
    const SQL: &str = "select class, queue_id, state_id, locked from ticket where id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(ticket.0).fetch_optional(conn).await)?)
}

/// Counts a ticket where it now stands and no longer where it stood.
pub(super) async fn step(tx: &mut Tx, before: Option<Place>, now: Place) -> Result<()> {
    if before == Some(now) {
        return Ok(());
    }
    add(tx, now, 1).await?;
    match before {
        Some(before) => add(tx, before, -1).await,
        None => Ok(()),
    }
}

pub(crate) async fn add(tx: &mut Tx, (class, queue, state, locked): Place, tickets: i64) -> Result<()> {
    const SQL: &str = "
        insert into tally (class, queue_id, state_id, locked, tickets) values ($1, $2, $3, $4, $5)
        on conflict (class, queue_id, state_id, locked) do update set tickets = tally.tickets + excluded.tickets";
    on!(tx, conn => sqlx::query(SQL).bind(class).bind(queue).bind(state).bind(locked).bind(tickets).execute(conn).await.map(drop))?;
    Ok(())
}

/// Counts all tickets anew; for after bulk changes.
pub async fn recount(tx: &mut Tx) -> Result<()> {
    const FORGET: &str = "delete from tally";
    const COUNT: &str = "
        insert into tally (class, queue_id, state_id, locked, tickets)
        select class, queue_id, state_id, locked, count(*) from ticket group by class, queue_id, state_id, locked";
    on!(tx, conn => sqlx::query(FORGET).execute(conn).await.map(drop))?;
    on!(tx, conn => sqlx::query(COUNT).execute(conn).await.map(drop))?;
    Ok(())
}
