//! What belongs to one agent: drafts, views, preferences. The last write wins.

use docket_domain::AgentId;
use uuid::Uuid;

use crate::db::{Result, Tx};

/// A personal document.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Personal {
    /// What it is for, within its kind.
    pub key: String,
    /// The JSON document.
    pub document: String,
    /// The last write (ms UTC).
    pub changed_at: i64,
}

/// Keeps a document.
pub async fn save(tx: &mut Tx, agent: AgentId, kind: &str, key: &str, document: &str, at: i64) -> Result<()> {
    const SQL: &str = "
        insert into personal (agent_id, kind, key, document, changed_at, seq) values ($1, $2, $3, $4, $5, $6)
        on conflict (agent_id, kind, key) do update
            set document = excluded.document, changed_at = excluded.changed_at, seq = excluded.seq";
    let seq = number(tx, agent).await?;
    on!(tx, conn => sqlx::query(SQL).bind(agent.0).bind(kind).bind(key).bind(document).bind(at).bind(seq).execute(conn).await.map(drop))?;
    Ok(())
}

/// The next number of an agent's own feed. Its row stays locked until the commit, so number order is commit order.
pub(crate) async fn number(tx: &mut Tx, agent: AgentId) -> Result<i64> {
    tx.count(&format!("personal {agent}")).await
}

/// A document.
pub async fn find(tx: &mut Tx, agent: AgentId, kind: &str, key: &str) -> Result<Option<Personal>> {
    const SQL: &str = "select key, document, changed_at from personal where agent_id = $1 and kind = $2 and key = $3 and document <> ''";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(agent.0).bind(kind).bind(key).fetch_optional(conn).await)?)
}

/// All documents of a kind whose key begins with `prefix`, the latest first.
pub async fn all(tx: &mut Tx, agent: AgentId, kind: &str, prefix: &str) -> Result<Vec<Personal>> {
    const SQL: &str = "
        select key, document, changed_at from personal
        where agent_id = $1 and kind = $2 and key like $3 escape '\\' and document <> '' order by changed_at desc, key";
    let pattern = format!("{}%", crate::key::escaped(prefix));
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(agent.0).bind(kind).bind(&pattern).fetch_all(conn).await)?)
}

/// Takes a document away. Its empty row stays, so that the agent's other devices hear of it.
pub async fn remove(tx: &mut Tx, agent: AgentId, kind: &str, key: &str, at: i64) -> Result<()> {
    const SQL: &str = "
        update personal set document = '', changed_at = $4, seq = $5
        where agent_id = $1 and kind = $2 and key = $3 and document <> ''";
    let seq = number(tx, agent).await?;
    on!(tx, conn => sqlx::query(SQL).bind(agent.0).bind(kind).bind(key).bind(at).bind(seq).execute(conn).await.map(drop))?;
    Ok(())
}

/// The documents of a kind of all agents, for looking what they name.
pub async fn of_kind(tx: &mut Tx, kind: &str) -> Result<Vec<String>> {
    const SQL: &str = "select document from personal where kind = $1 and document <> ''";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(kind).fetch_all(conn).await)?)
}

/// The documents of a kind of all agents, with whose they are.
pub async fn with_agents(tx: &mut Tx, kind: &str) -> Result<Vec<(AgentId, Kept)>> {
    const SQL: &str = "select agent_id, kind, key, document, changed_at from personal where kind = $1 and document <> ''";
    let rows: Vec<(Uuid, String, String, String, i64)> = on!(tx, conn => sqlx::query_as(SQL).bind(kind).fetch_all(conn).await)?;
    let row = |(agent, kind, key, document, changed_at)| (AgentId(agent), Kept { kind, key, document, changed_at });
    Ok(rows.into_iter().map(row).collect())
}

/// A document with its kind; an empty one was taken away.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Kept {
    pub kind: String,
    pub key: String,
    pub document: String,
    pub changed_at: i64,
}

/// A read mark.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Mark {
    pub article_id: Uuid,
    pub ticket_id: Uuid,
    pub is_read: bool,
}

#[derive(sqlx::FromRow)]
struct Numbered<T>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
{
    seq: i64,
    #[sqlx(flatten)]
    row: T,
}

/// An agent's documents after that number, with theirs. Below 0: all that are older than the counting.
pub async fn after(tx: &mut Tx, agent: AgentId, seq: i64, limit: i64) -> Result<Vec<(i64, Kept)>> {
    const SQL: &str = "
        select seq, kind, key, document, changed_at from personal
        where agent_id = $1 and (seq > $2 and $2 >= 0 or seq <= 0 and $2 < 0) order by seq limit $3";
    let limit = if seq < 0 { i64::MAX } else { limit };
    let rows: Vec<Numbered<Kept>> = on!(tx, conn => sqlx::query_as(SQL).bind(agent.0).bind(seq).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|numbered| (numbered.seq, numbered.row)).collect())
}

/// An agent's read marks after that number, with theirs. Below 0: all that are older than the counting.
pub async fn read_marks_after(tx: &mut Tx, agent: AgentId, seq: i64, limit: i64) -> Result<Vec<(i64, Mark)>> {
    const SQL: &str = "
        select seq, article_id, ticket_id, is_read from read_mark
        where agent_id = $1 and (seq > $2 and $2 >= 0 or seq <= 0 and $2 < 0) order by seq limit $3";
    let limit = if seq < 0 { i64::MAX } else { limit };
    let rows: Vec<Numbered<Mark>> = on!(tx, conn => sqlx::query_as(SQL).bind(agent.0).bind(seq).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|numbered| (numbered.seq, numbered.row)).collect())
}

/// Keeps a document as the server knows it, unless this replica has one of its own (numbered above `told`) that is newer.
pub async fn put(tx: &mut Tx, agent: AgentId, kept: &Kept, told: i64) -> Result<()> {
    const SQL: &str = "
        insert into personal (agent_id, kind, key, document, changed_at, seq) values ($1, $2, $3, $4, $5, 0)
        on conflict (agent_id, kind, key) do update set document = excluded.document, changed_at = excluded.changed_at, seq = 0
        where personal.seq <= $6 or personal.changed_at <= excluded.changed_at";
    on!(tx, conn => sqlx::query(SQL).bind(agent.0).bind(&kept.kind).bind(&kept.key).bind(&kept.document).bind(kept.changed_at).bind(told)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// Keeps a document that a device wrote, unless a later one is here.
pub async fn take(tx: &mut Tx, agent: AgentId, kept: &Kept) -> Result<()> {
    const SQL: &str = "
        insert into personal (agent_id, kind, key, document, changed_at, seq) values ($1, $2, $3, $4, $5, $6)
        on conflict (agent_id, kind, key) do update
            set document = excluded.document, changed_at = excluded.changed_at, seq = excluded.seq
        where personal.changed_at <= excluded.changed_at";
    let seq = number(tx, agent).await?;
    on!(tx, conn => sqlx::query(SQL).bind(agent.0).bind(&kept.kind).bind(&kept.key).bind(&kept.document).bind(kept.changed_at).bind(seq)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// Keeps a read mark as the server knows it, unless this replica has one of its own that the server has not heard of.
pub async fn put_mark(tx: &mut Tx, agent: AgentId, mark: &Mark, told: i64) -> Result<()> {
    const SQL: &str = "
        insert into read_mark (agent_id, article_id, ticket_id, is_read, seq) values ($1, $2, $3, $4, 0)
        on conflict (agent_id, article_id) do update set is_read = excluded.is_read, ticket_id = excluded.ticket_id, seq = 0
        where read_mark.seq <= $5";
    on!(tx, conn => sqlx::query(SQL).bind(agent.0).bind(mark.article_id).bind(mark.ticket_id).bind(mark.is_read).bind(told)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// The documents of that kind and key of all agents.
pub async fn of_key(tx: &mut Tx, kind: &str, key: &str) -> Result<Vec<(Uuid, String)>> {
    const SQL: &str = "select agent_id, document from personal where kind = $1 and key = $2 and document <> ''";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(kind).bind(key).fetch_all(conn).await)?)
}
