//! What stands beside two tickets moves from one to the other.

use docket_domain::{AgentId, TicketId};
use uuid::Uuid;

use crate::{
    db::{Result, Tx},
    job::Job,
    personal::Personal,
    ticket,
};

/// The mails of a ticket's articles that have not left, and those that need a decision.
pub async fn unsent(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Job>> {
    const SQL: &str = "
        select j.id, j.kind, j.ticket_id, j.article_id, j.state, j.due_at, j.attempts, j.body, j.error, j.holder, j.changed_at
        from job j join article a on a.id = j.article_id
        where a.ticket_id = $1 and j.state in ('waiting', 'claimed', 'started', 'perhaps', 'failed', 'held')
        order by a.ordinal, j.id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(ticket.0).fetch_all(conn).await)?)
}

/// Moves articles behind those of another ticket, which has `after` of them, with their jobs and read marks. They get the feed
/// number of the change; attachments are their articles' own.
pub async fn articles(tx: &mut Tx, from: TicketId, to: TicketId, after: i64, seq: i64) -> Result<()> {
    const JOBS: &str = "update job set ticket_id = $2 where article_id in (select id from article where ticket_id = $1)";
    const MARKS: &str = "update read_mark set ticket_id = $2 where ticket_id = $1";
    const ARTICLES: &str = "update article set ticket_id = $2, ordinal = ordinal + $3, seq = $4 where ticket_id = $1";
    for sql in [JOBS, MARKS] {
        on!(tx, conn => sqlx::query(sql).bind(from.0).bind(to.0).execute(conn).await.map(drop))?;
    }
    on!(tx, conn => sqlx::query(ARTICLES).bind(from.0).bind(to.0).bind(after).bind(seq).execute(conn).await.map(drop))?;
    Ok(())
}

/// Moves what lists show of the articles: whether there are files, and the first words of the newest. For before they move.
pub async fn shown(tx: &mut Tx, from: TicketId, to: TicketId) -> Result<()> {
    const TAKE: &str = "
        update ticket set
            has_attachments = has_attachments or (select has_attachments from ticket where id = $1),
            preview = case when coalesce((select max(created_at) from article where ticket_id = $1), 0)
                              > coalesce((select max(created_at) from article where ticket_id = $2), 0)
                           then (select preview from ticket where id = $1) else preview end
        where id = $2";
    const LEAVE: &str = "update ticket set has_attachments = $2, preview = '', trouble = null where id = $1";
    on!(tx, conn => sqlx::query(TAKE).bind(from.0).bind(to.0).execute(conn).await.map(drop))?;
    on!(tx, conn => sqlx::query(LEAVE).bind(from.0).bind(false).execute(conn).await.map(drop))?;
    Ok(())
}

/// Moves the links of a ticket: none to itself, none twice. Gives the tickets on their other ends, whose links changed.
pub async fn links(tx: &mut Tx, from: TicketId, to: TicketId) -> Result<Vec<TicketId>> {
    const SQL: &str = "select other_id, kind from link where ticket_id = $1 order by other_id";
    let links: Vec<(Uuid, String)> = on!(tx, conn => sqlx::query_as(SQL).bind(from.0).fetch_all(conn).await)?;
    let mut others = Vec::new();
    for (other, kind) in links {
        let other = TicketId(other);
        ticket::unlink(tx, from, other).await?;
        if other != to {
            ticket::link_once(tx, to, other, &kind).await?;
            others.push(other);
        }
    }
    Ok(others)
}

/// The drafts that agents began on a ticket, with their authors.
pub async fn drafts(tx: &mut Tx, ticket: TicketId) -> Result<Vec<(AgentId, Personal)>> {
    const SQL: &str = "
        select agent_id, key, document, changed_at from personal where kind = 'draft' and key like $1 order by agent_id, key";
    let rows: Vec<(Uuid, String, String, i64)> = on!(tx, conn => sqlx::query_as(SQL).bind(format!("{ticket}/%")).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(agent, key, document, changed_at)| (AgentId(agent), Personal { key, document, changed_at })).collect())
}
