//! What a connected desktop knows of itself: whose replica it is, what it was told to do, and what the server last said about the
//! tickets of which something is pending.

use docket_domain::{CommandId, TicketId};
use uuid::Uuid;

use crate::db::{Result, Tx};

/// Whose replica this is and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Replica {
    /// The server's address.
    pub server: String,
    /// This device.
    pub device_id: Uuid,
    /// Its agent.
    pub agent_id: Uuid,
    /// The cursor of the last pull; empty: none yet.
    pub cursor: String,
    /// First syncs that are not over, as JSON.
    pub first_sync: String,
    /// The last contact (ms UTC, this computer's clock).
    pub contact_at: i64,
    /// The server's clock minus this computer's (ms).
    pub clock_offset: i64,
    /// When it was wiped.
    pub wiped_at: Option<i64>,
    /// More, as JSON.
    pub document: String,
}

/// The replica, if this is one.
pub async fn find(tx: &mut Tx) -> Result<Option<Replica>> {
    const SQL: &str = "
        select server, device_id, agent_id, cursor, first_sync, contact_at, clock_offset, wiped_at, document from replica where id = 1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_optional(conn).await)?)
}

/// Writes the replica's row.
pub async fn save(tx: &mut Tx, replica: &Replica) -> Result<()> {
    const SQL: &str = "
        insert into replica (id, server, device_id, agent_id, cursor, first_sync, contact_at, clock_offset, wiped_at, document)
        values (1, $1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (id) do update set server = excluded.server, device_id = excluded.device_id, agent_id = excluded.agent_id,
            cursor = excluded.cursor, first_sync = excluded.first_sync, contact_at = excluded.contact_at,
            clock_offset = excluded.clock_offset, wiped_at = excluded.wiped_at, document = excluded.document";
    on!(tx, conn => sqlx::query(SQL).bind(&replica.server).bind(replica.device_id).bind(replica.agent_id).bind(&replica.cursor)
        .bind(&replica.first_sync).bind(replica.contact_at).bind(replica.clock_offset).bind(replica.wiped_at).bind(&replica.document)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// A command on its way. Its states: `waiting` → `sent` (perhaps arrived) → `applied` (answered, the pull has not reached it yet) → gone; or `refused`,
/// `proposed`, which wait for the agent, and `discarded`, which is kept for a while.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Entry {
    pub ordinal: i64,
    pub id: Uuid,
    pub ticket_id: Uuid,
    pub other_id: Option<Uuid>,
    pub state: String,
    pub envelope: String,
    pub answer: Option<String>,
    pub seq: Option<i64>,
    pub at: i64,
}

/// Adds a command at the end; its ordinal is given here.
pub async fn give(tx: &mut Tx, entry: &Entry) -> Result<()> {
    const SQL: &str = "
        insert into outbox (ordinal, id, ticket_id, other_id, state, envelope, answer, seq, at)
        select coalesce(max(ordinal), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8 from outbox";
    on!(tx, conn => sqlx::query(SQL).bind(entry.id).bind(entry.ticket_id).bind(entry.other_id).bind(&entry.state)
        .bind(&entry.envelope).bind(&entry.answer).bind(entry.seq).bind(entry.at).execute(conn).await.map(drop))?;
    Ok(())
}

/// All commands, in order.
pub async fn outbox(tx: &mut Tx) -> Result<Vec<Entry>> {
    const SQL: &str = "select ordinal, id, ticket_id, other_id, state, envelope, answer, seq, at from outbox order by ordinal";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// The commands of a ticket, in order.
pub async fn of_ticket(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Entry>> {
    const SQL: &str = "
        select ordinal, id, ticket_id, other_id, state, envelope, answer, seq, at from outbox
        where ticket_id = $1 or other_id = $1 order by ordinal";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(ticket.0).fetch_all(conn).await)?)
}

/// One command.
pub async fn entry(tx: &mut Tx, id: CommandId) -> Result<Option<Entry>> {
    const SQL: &str = "select ordinal, id, ticket_id, other_id, state, envelope, answer, seq, at from outbox where id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id.0).fetch_optional(conn).await)?)
}

/// Notes what became of a command.
pub async fn step(tx: &mut Tx, id: CommandId, state: &str, answer: Option<&str>, seq: Option<i64>) -> Result<()> {
    const SQL: &str = "update outbox set state = $2, answer = coalesce($3, answer), seq = coalesce($4, seq) where id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id.0).bind(state).bind(answer).bind(seq).execute(conn).await.map(drop))?;
    Ok(())
}

/// Gives a command anew in the place of an old one: under a new id, on what its author has seen by now.
pub async fn again(tx: &mut Tx, old: CommandId, id: CommandId, envelope: &str, at: i64) -> Result<()> {
    const SQL: &str = "
        update outbox set id = $2, envelope = $3, state = 'waiting', answer = null, seq = null, at = $4 where id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(old.0).bind(id.0).bind(envelope).bind(at).execute(conn).await.map(drop))?;
    Ok(())
}

/// Puts another text in the place of a command's.
pub async fn rewrite(tx: &mut Tx, id: CommandId, envelope: &str) -> Result<()> {
    const SQL: &str = "update outbox set envelope = $2 where id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id.0).bind(envelope).execute(conn).await.map(drop))?;
    Ok(())
}

/// Takes a command away.
pub async fn remove(tx: &mut Tx, id: CommandId) -> Result<()> {
    const SQL: &str = "delete from outbox where id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id.0).execute(conn).await.map(drop))?;
    Ok(())
}

/// Takes away what was discarded before that moment.
pub async fn clear_discarded(tx: &mut Tx, before: i64) -> Result<()> {
    const SQL: &str = "delete from outbox where state = 'discarded' and at < $1";
    on!(tx, conn => sqlx::query(SQL).bind(before).execute(conn).await.map(drop))?;
    Ok(())
}

/// The ticket as the server last sent it, if it is kept: `Some(None)` is a ticket that the server has not heard of.
pub async fn confirmed(tx: &mut Tx, ticket: TicketId) -> Result<Option<Option<String>>> {
    const SQL: &str = "select document from confirmed where ticket_id = $1";
    Ok(on!(tx, conn => sqlx::query_scalar::<_, Option<String>>(SQL).bind(ticket.0).fetch_optional(conn).await)?)
}

/// The tickets of which something is pending.
pub async fn pending_tickets(tx: &mut Tx) -> Result<Vec<Uuid>> {
    const SQL: &str = "
        select ticket_id from confirmed union select ticket_id from outbox where state in ('waiting', 'sent', 'applied')";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_all(conn).await)?)
}

/// Keeps the ticket as the server last sent it.
pub async fn keep(tx: &mut Tx, ticket: TicketId, document: Option<&str>) -> Result<()> {
    const SQL: &str = "
        insert into confirmed (ticket_id, document) values ($1, $2) on conflict (ticket_id) do update set document = excluded.document";
    on!(tx, conn => sqlx::query(SQL).bind(ticket.0).bind(document).execute(conn).await.map(drop))?;
    Ok(())
}

/// Nothing of this ticket is pending any more.
pub async fn settled(tx: &mut Tx, ticket: TicketId) -> Result<()> {
    const SQL: &str = "delete from confirmed where ticket_id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(ticket.0).execute(conn).await.map(drop))?;
    Ok(())
}

/// The server's feed numbers that these tickets were made from; 0 for one that the server has not sent.
pub async fn unit_seqs(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on!(tx, conn => {
        let mut query = sqlx::QueryBuilder::new("select id, unit_seq from ticket where id in (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_as().fetch_all(conn).await
    })?)
}

/// Tickets that no server has sent and that wait for none: they were here before this became a replica.
pub async fn unknown_to_server(tx: &mut Tx) -> Result<Vec<Uuid>> {
    const SQL: &str = "select id from ticket where unit_seq = 0 and id not in (select ticket_id from confirmed)";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_all(conn).await)?)
}

/// All tickets of the replica.
pub async fn all_tickets(tx: &mut Tx) -> Result<Vec<Uuid>> {
    const SQL: &str = "select id from ticket";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_all(conn).await)?)
}

/// Held, failed or perhaps sent mails of an agent: they wait for a decision.
pub async fn troubled(tx: &mut Tx, agent: Uuid) -> Result<Vec<(Uuid, Uuid, String)>> {
    const SQL: &str = "
        select id, ticket_id, delivery from article
        where author_id = $1 and delivery in ('failed', 'held', 'perhaps_sent') order by created_at, id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(agent).fetch_all(conn).await)?)
}

/// Forgets what the server sent last of every ticket: it was restored, and says anew what it knows.
pub async fn all_unknown(tx: &mut Tx) -> Result<()> {
    const SQL: &str = "update ticket set unit_seq = 0";
    tx.tickets.clear();
    on!(tx, conn => sqlx::query(SQL).execute(conn).await.map(drop))?;
    Ok(())
}

/// Wipes what is not a ticket: contacts, drafts, marks, commands, numbers, uploads.
pub async fn wipe(tx: &mut Tx) -> Result<()> {
    const SQL: [&str; 8] = [
        "delete from customer",
        "delete from personal",
        "delete from read_mark",
        "delete from outbox",
        "delete from confirmed",
        "delete from leased_number",
        "delete from upload",
        "delete from message_ref",
    ];
    for sql in SQL {
        on!(tx, conn => sqlx::query(sql).execute(conn).await.map(drop))?;
    }
    Ok(())
}
