//! What devices handed over before they were wiped, and what a restored server no longer knew.

use docket_domain::AgentId;
use uuid::Uuid;

use crate::{
    db::{Result, Tx},
    key::storable,
};

/// Something that was left behind.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct LeftBehind {
    pub id: Uuid,
    pub agent_id: Uuid,
    pub device_id: Uuid,
    pub at: i64,
    pub reason: String,
    pub document: String,
    pub done_at: Option<i64>,
    pub done_by: Option<Uuid>,
}

/// Keeps something, once.
pub async fn insert(tx: &mut Tx, left: &LeftBehind) -> Result<()> {
    const SQL: &str = "
        insert into left_behind (id, agent_id, device_id, at, reason, document, done_at, done_by) values ($1, $2, $3, $4, $5, $6, null, null)
        on conflict (id) do nothing";
    on!(tx, conn => sqlx::query(SQL).bind(left.id).bind(left.agent_id).bind(left.device_id).bind(left.at).bind(&left.reason)
        .bind(storable(&left.document)).execute(conn).await.map(drop))?;
    Ok(())
}

/// Everything that was left behind; what is done with comes last.
pub async fn all(tx: &mut Tx) -> Result<Vec<LeftBehind>> {
    const SQL: &str = "
        select id, agent_id, device_id, at, reason, document, done_at, done_by from left_behind
        order by case when done_at is null then 0 else 1 end, at desc, id limit 200";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// What nobody has decided about yet, as it was handed over.
pub async fn waiting(tx: &mut Tx) -> Result<Vec<String>> {
    const SQL: &str = "select document from left_behind where done_at is null";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_all(conn).await)?)
}

/// What an agent left behind; what is done with comes last.
pub async fn of_agent(tx: &mut Tx, agent: AgentId) -> Result<Vec<LeftBehind>> {
    const SQL: &str = "
        select id, agent_id, device_id, at, reason, document, done_at, done_by from left_behind where agent_id = $1
        order by case when done_at is null then 0 else 1 end, at desc, id limit 200";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(agent.0).fetch_all(conn).await)?)
}

/// One of them.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<LeftBehind>> {
    const SQL: &str = "select id, agent_id, device_id, at, reason, document, done_at, done_by from left_behind where id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_optional(conn).await)?)
}

/// Notes that somebody has dealt with it.
pub async fn done(tx: &mut Tx, id: Uuid, by: AgentId, at: i64) -> Result<()> {
    const SQL: &str = "update left_behind set done_at = $2, done_by = $3 where id = $1 and done_at is null";
    on!(tx, conn => sqlx::query(SQL).bind(id).bind(at).bind(by.0).execute(conn).await.map(drop))?;
    Ok(())
}

/// Lets it be decided anew.
pub async fn undone(tx: &mut Tx, id: Uuid) -> Result<()> {
    const SQL: &str = "update left_behind set done_at = null, done_by = null where id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id).execute(conn).await.map(drop))?;
    Ok(())
}
