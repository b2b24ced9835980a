//! Tickets whose time has come, or may have.

use docket_domain::{QueueId, Sender, StateId, Ticket, TicketId, timers::Timers};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::PlacedRow;
use crate::db::{Result, Tx};

/// After which ticket a page goes on: its moment and its id.
pub type Mark = Option<(i64, Uuid)>;

fn mark((at, id): (i64, Uuid)) -> (i64, TicketId) {
    (at, TicketId(id))
}

/// Tickets in `pending auto` states whose time has come, and the state that follows is due; the longest waiting first.
pub async fn pending_auto(tx: &mut Tx, now: i64, after: Mark, limit: i64) -> Result<Vec<(i64, TicketId)>> {
    const SQL: &str = "
        select pending_until, id from ticket where class = 2 and pending_until <= $1 and (pending_until, id) > ($2, $3)
        order by pending_until, id limit $4";
    let (at, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let rows: Vec<(i64, Uuid)> = on!(tx, conn => sqlx::query_as(SQL).bind(now).bind(at).bind(id).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(mark).collect())
}

/// Tickets whose pending time has come without a reminder of it, or with one before `again`.
pub async fn reminders(tx: &mut Tx, now: i64, again: i64, after: Mark, limit: i64) -> Result<Vec<(i64, TicketId)>> {
    const SQL: &str = "
        select pending_until, id from ticket
        where class = 1 and pending_until <= $1 and (reminded_at is null or reminded_at < pending_until or reminded_at <= $2)
            and (pending_until, id) > ($3, $4)
        order by pending_until, id limit $5";
    let (at, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let rows: Vec<(i64, Uuid)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(now).bind(again).bind(at).bind(id).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(mark).collect())
}

/// Tickets of a queue in one of these states that were locked before that moment, the longest locked first; what was taken along is
/// not among them.
pub async fn locked(tx: &mut Tx, queue: QueueId, states: &[StateId], before: i64, after: Mark, limit: i64) -> Result<Vec<(i64, TicketId)>> {
    let (at, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    if states.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, Uuid)> = on!(tx, conn => {
        let mut query = QueryBuilder::new("select lock_since, id from ticket where queue_id = ");
        query.push_bind(queue.0).push(" and locked and lock_since <= ").push_bind(before);
        query.push(" and (lock_since, id) > (").push_bind(at).push(", ").push_bind(id).push(") and state_id in (");
        let mut list = query.separated(", ");
        for state in states {
            list.push_bind(state.0);
        }
        query.push(") order by lock_since, id limit ").push_bind(limit);
        query.build_query_as().fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(mark).collect())
}

/// Tickets of a queue whose customer has not answered the desk's word before that moment, and nobody was told; the longest silent first.
pub async fn silent(tx: &mut Tx, queue: QueueId, before: i64, after: Mark, limit: i64) -> Result<Vec<(i64, TicketId)>> {
    const SQL: &str = "
        select last_agent_at, id from ticket
        where queue_id = $1 and class > 0 and last_agent_at <= $2 and (last_customer_at is null or last_customer_at < last_agent_at)
            and (silent_since is null or silent_since < last_agent_at) and (last_agent_at, id) > ($3, $4)
        order by last_agent_at, id limit $5";
    let (at, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let rows: Vec<(i64, Uuid)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(queue.0).bind(before).bind(at).bind(id).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(mark).collect())
}

/// Open tickets from before their facts were kept, after that one.
pub async fn without_facts(tx: &mut Tx, after: Option<TicketId>, limit: i64) -> Result<Vec<Ticket>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "select {}, class from ticket where class > 0 and articles > 0 and last_writer is null and id > $1 order by id limit $2",
        super::COLUMNS
    ));
    let after = after.map_or(Uuid::nil(), |id| id.0);
    let rows: Vec<PlacedRow> = on!(tx, conn => sqlx::query_as(sql).bind(after).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|row| super::Placed::from(row).0).collect())
}

/// Keeps the facts of a ticket as its history has them; nobody is told.
pub async fn set_facts(tx: &mut Tx, id: TicketId, facts: &Timers) -> Result<()> {
    const SQL: &str = "update ticket set lock_since = $2, last_writer = $3, reminded_at = $4, silent_since = $5 where id = $1";
    tx.tickets.remove(&id);
    on!(tx, conn => sqlx::query(SQL).bind(id.0).bind(facts.lock_since).bind(facts.last_writer.map(Sender::as_str)).bind(facts.reminded_at)
        .bind(facts.silent_since).execute(conn).await.map(drop))?;
    Ok(())
}

/// When the customers of these tickets last said something; a ticket that is not there is left out.
pub async fn last_words(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(Uuid, Option<i64>)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on!(tx, conn => {
        let mut query = QueryBuilder::new("select id, last_customer_at from ticket where id in (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_as().fetch_all(conn).await
    })?)
}
