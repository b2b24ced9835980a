//! Passwords and sessions of agents.

use uuid::Uuid;

use crate::{
    db::{Result, Tx},
    key::storable,
};

/// Keeps the hash of an agent's password (PHC string).
pub async fn set_password(tx: &mut Tx, agent: Uuid, hash: &str, at: i64) -> Result<()> {
    const SQL: &str = "
        insert into password (agent_id, hash, changed_at) values ($1, $2, $3)
        on conflict (agent_id) do update set hash = excluded.hash, changed_at = excluded.changed_at";
    on!(tx, conn => sqlx::query(SQL).bind(agent).bind(hash).bind(at).execute(conn).await.map(drop))?;
    Ok(())
}

/// The hash of an agent's password.
pub async fn password(tx: &mut Tx, agent: Uuid) -> Result<Option<String>> {
    const SQL: &str = "select hash from password where agent_id = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(agent).fetch_optional(conn).await)?)
}

/// The agents who can sign in.
pub async fn with_password(tx: &mut Tx) -> Result<Vec<Uuid>> {
    const SQL: &str = "select agent_id from password";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_all(conn).await)?)
}

/// A signed-in browser.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    /// Hex SHA-256 of the cookie's value.
    pub token_hash: String,
    /// Who.
    pub agent_id: Uuid,
    /// The value that writes must carry.
    pub write_token: String,
    /// When it began (ms UTC).
    pub created_at: i64,
    /// When it was last used (ms UTC).
    pub seen_at: i64,
    /// The browser, as it calls itself.
    pub label: String,
}

/// Begins a session.
pub async fn begin(tx: &mut Tx, session: &Session) -> Result<()> {
    const SQL: &str = "insert into session (token_hash, agent_id, write_token, created_at, seen_at, label) values ($1, $2, $3, $4, $5, $6)";
    on!(tx, conn => sqlx::query(SQL).bind(&session.token_hash).bind(session.agent_id).bind(&session.write_token)
        .bind(session.created_at).bind(session.seen_at).bind(storable(&session.label)).execute(conn).await.map(drop))?;
    Ok(())
}

/// The session behind a cookie.
pub async fn find(tx: &mut Tx, token_hash: &str) -> Result<Option<Session>> {
    const SQL: &str = "select token_hash, agent_id, write_token, created_at, seen_at, label from session where token_hash = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(token_hash).fetch_optional(conn).await)?)
}

/// Notes that a session was used.
pub async fn touch(tx: &mut Tx, token_hash: &str, at: i64) -> Result<()> {
    const SQL: &str = "update session set seen_at = $2 where token_hash = $1";
    on!(tx, conn => sqlx::query(SQL).bind(token_hash).bind(at).execute(conn).await.map(drop))?;
    Ok(())
}

/// Ends a session.
pub async fn end(tx: &mut Tx, token_hash: &str) -> Result<()> {
    const SQL: &str = "delete from session where token_hash = $1";
    on!(tx, conn => sqlx::query(SQL).bind(token_hash).execute(conn).await.map(drop))?;
    Ok(())
}

/// The sessions of an agent, the one used last first.
pub async fn of_agent(tx: &mut Tx, agent: Uuid) -> Result<Vec<Session>> {
    const SQL: &str = "
        select token_hash, agent_id, write_token, created_at, seen_at, label from session where agent_id = $1
        order by seen_at desc, token_hash";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(agent).fetch_all(conn).await)?)
}

/// The sessions of all agents, the one used last first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Session>> {
    const SQL: &str = "select token_hash, agent_id, write_token, created_at, seen_at, label from session order by seen_at desc, token_hash";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// Ends the sessions of an agent but the one that `token_hash` names.
pub async fn end_others(tx: &mut Tx, agent: Uuid, token_hash: &str) -> Result<()> {
    const SQL: &str = "delete from session where agent_id = $1 and token_hash <> $2";
    on!(tx, conn => sqlx::query(SQL).bind(agent).bind(token_hash).execute(conn).await.map(drop))?;
    Ok(())
}

/// Ends all sessions of an agent.
pub async fn end_all(tx: &mut Tx, agent: Uuid) -> Result<()> {
    const SQL: &str = "delete from session where agent_id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(agent).execute(conn).await.map(drop))?;
    Ok(())
}

/// Ends sessions that began or were last used before the given moments.
pub async fn expire(tx: &mut Tx, began_before: i64, used_before: i64) -> Result<()> {
    const SQL: &str = "delete from session where created_at < $1 or seen_at < $2";
    on!(tx, conn => sqlx::query(SQL).bind(began_before).bind(used_before).execute(conn).await.map(drop))?;
    Ok(())
}
