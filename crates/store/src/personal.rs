//! What belongs to one agent: drafts, views, preferences. The last write wins.

use docket_domain::AgentId;

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
        insert into personal (agent_id, kind, key, document, changed_at) values ($1, $2, $3, $4, $5)
        on conflict (agent_id, kind, key) do update set document = excluded.document, changed_at = excluded.changed_at";
    on!(tx, conn => sqlx::query(SQL).bind(agent.0).bind(kind).bind(key).bind(document).bind(at).execute(conn).await.map(drop))?;
    Ok(())
}

/// A document.
pub async fn find(tx: &mut Tx, agent: AgentId, kind: &str, key: &str) -> Result<Option<Personal>> {
    const SQL: &str = "select key, document, changed_at from personal where agent_id = $1 and kind = $2 and key = $3";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(agent.0).bind(kind).bind(key).fetch_optional(conn).await)?)
}

/// All documents of a kind whose key begins with `prefix`, the latest first.
pub async fn all(tx: &mut Tx, agent: AgentId, kind: &str, prefix: &str) -> Result<Vec<Personal>> {
    const SQL: &str = "
        select key, document, changed_at from personal
        where agent_id = $1 and kind = $2 and key like $3 escape '\\' order by changed_at desc, key";
    let pattern = format!("{}%", crate::key::escaped(prefix));
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(agent.0).bind(kind).bind(&pattern).fetch_all(conn).await)?)
}

/// Takes a document away.
pub async fn remove(tx: &mut Tx, agent: AgentId, kind: &str, key: &str) -> Result<()> {
    const SQL: &str = "delete from personal where agent_id = $1 and kind = $2 and key = $3";
    on!(tx, conn => sqlx::query(SQL).bind(agent.0).bind(kind).bind(key).execute(conn).await.map(drop))?;
    Ok(())
}

/// The documents of a kind of all agents, for looking what they name.
pub async fn of_kind(tx: &mut Tx, kind: &str) -> Result<Vec<String>> {
    const SQL: &str = "select document from personal where kind = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(kind).fetch_all(conn).await)?)
}
