//! What went to whom, by which way, and why not; of mails also what has still to leave.

use docket_domain::AgentId;
use uuid::Uuid;

use crate::{
    db::{Result, Tx},
    key::storable,
};

/// One attempt to tell somebody.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Delivery {
    pub id: Uuid,
    pub at: i64,
    pub agent_id: Uuid,
    pub alarm_id: String,
    pub ticket_id: Option<Uuid>,
    pub event: String,
    pub way: String,
    pub device: String,
    pub outcome: String,
    pub detail: String,
    pub due_at: i64,
    pub attempts: i64,
    pub told: bool,
}

const COLUMNS: &str =
    "select id, at, agent_id, alarm_id, ticket_id, event, way, device, outcome, detail, due_at, attempts, told from delivery";

/// Notes one; the same id once.
pub async fn insert(tx: &mut Tx, one: &Delivery) -> Result<()> {
    const SQL: &str = "
        insert into delivery (id, at, agent_id, alarm_id, ticket_id, event, way, device, outcome, detail, due_at, attempts, told)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (id) do nothing";
    on!(tx, conn => sqlx::query(SQL).bind(one.id).bind(one.at).bind(one.agent_id).bind(storable(&one.alarm_id)).bind(one.ticket_id)
        .bind(storable(&one.event)).bind(&one.way).bind(storable(&one.device)).bind(&one.outcome).bind(storable(&one.detail))
        .bind(one.due_at).bind(one.attempts).bind(one.told).execute(conn).await.map(drop))?;
    Ok(())
}

/// What went to an agent, the latest first.
pub async fn of_agent(tx: &mut Tx, agent: AgentId, limit: i64) -> Result<Vec<Delivery>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where agent_id = $1 order by at desc, id desc limit $2"));
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(agent.0).bind(limit).fetch_all(conn).await)?)
}

/// Mails whose time has come, the oldest first.
pub async fn due(tx: &mut Tx, now: i64, limit: i64) -> Result<Vec<Delivery>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where outcome = 'waiting' and due_at <= $1 order by due_at, id limit $2"));
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(now).bind(limit).fetch_all(conn).await)?)
}

/// A mail takes a step; false where it is not in that state any more.
pub async fn step(tx: &mut Tx, id: Uuid, from: &str, to: &str, detail: &str, due_at: i64) -> Result<bool> {
    const SQL: &str = "
        update delivery set outcome = $3, detail = $4, due_at = $5, attempts = attempts + 1 where id = $1 and outcome = $2";
    let rows = on!(tx, conn => sqlx::query(SQL).bind(id).bind(from).bind(to).bind(storable(detail)).bind(due_at)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Mails that were leaving when whoever sent them ended: they may have arrived, and are not sent again.
pub async fn doubt(tx: &mut Tx, before: i64) -> Result<()> {
    const SQL: &str = "update delivery set outcome = 'perhaps' where outcome = 'sending' and due_at < $1";
    on!(tx, conn => sqlx::query(SQL).bind(before).execute(conn).await.map(drop))?;
    Ok(())
}

/// What the server of this replica has not heard of.
pub async fn untold(tx: &mut Tx, limit: i64) -> Result<Vec<Delivery>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where not told order by at, id limit $1"));
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(limit).fetch_all(conn).await)?)
}

/// Notes that the server has heard of one.
pub async fn mark_told(tx: &mut Tx, id: Uuid) -> Result<()> {
    const SQL: &str = "update delivery set told = $2 where id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id).bind(true).execute(conn).await.map(drop))?;
    Ok(())
}

/// Forgets what happened before then.
pub async fn expire(tx: &mut Tx, before: i64) -> Result<()> {
    const SQL: &str = "delete from delivery where at < $1 and outcome not in ('waiting', 'sending')";
    on!(tx, conn => sqlx::query(SQL).bind(before).execute(conn).await.map(drop))?;
    Ok(())
}
