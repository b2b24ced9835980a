//! Connected desktops, as their server knows them.

use uuid::Uuid;

use crate::db::{Result, Tx};

/// A connected desktop.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Device {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub agent_id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// Program and version.
    pub program: String,
    /// When it was connected (ms UTC).
    pub created_at: i64,
    /// When it was last heard of (ms UTC).
    pub seen_at: i64,
    /// Since when it may not come in any more (ms UTC).
    pub revoked_at: Option<i64>,
    /// It is in the wrong hands, or nobody knows in whose.
    pub lost: bool,
}

const COLUMNS: &str = "select id, agent_id, name, program, created_at, seen_at, revoked_at, lost from device";

/// The devices of an agent, the one heard of last first.
pub async fn of_agent(tx: &mut Tx, agent: Uuid) -> Result<Vec<Device>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where agent_id = $1 order by seen_at desc, id"));
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(agent).fetch_all(conn).await)?)
}

/// The devices of all agents, the one heard of last first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Device>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} order by seen_at desc, id"));
    Ok(on!(tx, conn => sqlx::query_as(sql).fetch_all(conn).await)?)
}

/// Lets a device in no more; `lost`: for good, and it shall wipe itself. What was lost stays lost. `false`: there is no such
/// device.
pub async fn revoke(tx: &mut Tx, id: Uuid, at: i64, lost: bool) -> Result<bool> {
    const SQL: &str = "update device set revoked_at = coalesce(revoked_at, $2), lost = (lost or $3) where id = $1";
    let rows = on!(tx, conn => sqlx::query(SQL).bind(id).bind(at).bind(lost).execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
