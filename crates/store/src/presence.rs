//! Who is at a ticket right now. Written beside the feed and forgotten within a minute.

use docket_domain::{AgentId, TicketId};
use uuid::Uuid;

use crate::db::{Result, Tx};

/// Somebody at a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Present {
    /// Where.
    pub ticket: TicketId,
    /// Who.
    pub agent: AgentId,
    /// Writing, not only looking.
    pub writing: bool,
}

/// Notes that somebody is there.
pub async fn note(tx: &mut Tx, present: Present, now: i64) -> Result<()> {
    const SQL: &str = "
        insert into presence (ticket_id, agent_id, writing, seen_at) values ($1, $2, $3, $4)
        on conflict (ticket_id, agent_id) do update set writing = excluded.writing, seen_at = excluded.seen_at";
    on!(tx, conn => sqlx::query(SQL).bind(present.ticket.0).bind(present.agent.0).bind(present.writing).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Notes that somebody has left.
pub async fn leave(tx: &mut Tx, ticket: TicketId, agent: AgentId) -> Result<()> {
    const SQL: &str = "delete from presence where ticket_id = $1 and agent_id = $2";
    on!(tx, conn => sqlx::query(SQL).bind(ticket.0).bind(agent.0).execute(conn).await.map(drop))?;
    Ok(())
}

/// Who has been seen since then, at any ticket.
pub async fn since(tx: &mut Tx, since: i64) -> Result<Vec<Present>> {
    const SQL: &str = "select ticket_id, agent_id, writing from presence where seen_at > $1 order by ticket_id, agent_id";
    let rows: Vec<(Uuid, Uuid, bool)> = on!(tx, conn => sqlx::query_as(SQL).bind(since).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(ticket, agent, writing)| Present { ticket: TicketId(ticket), agent: AgentId(agent), writing }).collect())
}

/// Forgets who was not seen since then.
pub async fn forget(tx: &mut Tx, before: i64) -> Result<()> {
    const SQL: &str = "delete from presence where seen_at <= $1";
    on!(tx, conn => sqlx::query(SQL).bind(before).execute(conn).await.map(drop))?;
    Ok(())
}
