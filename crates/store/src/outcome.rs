//! How promises were kept.

use docket_domain::{QueueId, TicketId, deadline::Outcome};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::db::{Result, Tx};

/// A promise that was fulfilled. Lengths are working time (ms).
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Fulfilled {
    pub queue_id: Uuid,
    pub measure: String,
    pub promised: i64,
    pub elapsed: i64,
}

/// Notes what became of a ticket's promise.
pub async fn put(tx: &mut Tx, ticket: TicketId, queue: QueueId, outcome: &Outcome) -> Result<()> {
    const FORGET: &str = "delete from outcome where ticket_id = $1 and measure = $2 and since = $3";
    const SQL: &str = "
        insert into outcome (ticket_id, measure, since, queue_id, stop, promised, elapsed, waited) values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (ticket_id, measure, since) do update set queue_id = excluded.queue_id, stop = excluded.stop,
            promised = excluded.promised, elapsed = excluded.elapsed, waited = excluded.waited";
    let (measure, since) = (outcome.measure.as_str(), outcome.since);
    match outcome.stop {
        None => on!(tx, conn => sqlx::query(FORGET).bind(ticket.0).bind(measure).bind(since).execute(conn).await.map(drop))?,
        Some(stop) => {
            on!(tx, conn => sqlx::query(SQL).bind(ticket.0).bind(measure).bind(since).bind(queue.0).bind(stop).bind(outcome.promised)
                .bind(outcome.elapsed).bind(outcome.waited).execute(conn).await.map(drop))?;
        }
    }
    Ok(())
}

/// What was fulfilled between two moments (ms UTC) on tickets that then lay in one of these queues.
pub async fn between(tx: &mut Tx, from: i64, to: i64, queues: &[Uuid]) -> Result<Vec<Fulfilled>> {
    if queues.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on!(tx, conn => {
        let mut query = QueryBuilder::new("select queue_id, measure, promised, elapsed from outcome where stop >= ");
        query.push_bind(from).push(" and stop < ").push_bind(to).push(" and queue_id in (");
        let mut list = query.separated(", ");
        for queue in queues {
            list.push_bind(*queue);
        }
        query.push(")");
        query.build_query_as::<Fulfilled>().fetch_all(conn).await
    })?)
}

/// How many open tickets of a queue have their earliest deadline of a measure, before and after a moment.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "named like what is asked for")]
pub struct Open {
    pub queue_id: Uuid,
    pub measure: String,
    pub late: i64,
    pub running: i64,
}

/// The open promises by queue and measure: of each ticket the earliest. Those whose deadline was before `from` are left out.
pub async fn open(tx: &mut Tx, from: i64, now: i64, queues: &[Uuid]) -> Result<Vec<Open>> {
    if queues.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on!(tx, conn => {
        let mut query = QueryBuilder::new("select queue_id, due_measure as measure, cast(sum(case when due_at < ");
        query.push_bind(now).push(" then 1 else 0 end) as bigint) as late, cast(sum(case when due_at >= ").push_bind(now);
        query.push(" then 1 else 0 end) as bigint) as running from ticket where due_at >= ").push_bind(from);
        query.push(" and due_measure is not null and queue_id in (");
        let mut list = query.separated(", ");
        for queue in queues {
            list.push_bind(*queue);
        }
        query.push(") group by queue_id, due_measure");
        query.build_query_as::<Open>().fetch_all(conn).await
    })?)
}
