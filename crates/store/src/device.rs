//! Connected desktops, as their server knows them.

use docket_domain::{AgentId, DeviceId};
use uuid::Uuid;

use crate::{
    db::{Result, Tx},
    key::storable,
};

/// A device.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Device {
    pub id: Uuid,
    pub agent_id: Uuid,
    pub name: String,
    pub program: String,
    pub created_at: i64,
    pub seen_at: i64,
    pub revoked_at: Option<i64>,
    pub lost: bool,
}

/// Notes a device, or that it signed in again with a new token; what was revoked is a device again.
pub async fn save(tx: &mut Tx, device: &Device, token_hash: &str) -> Result<()> {
    const SQL: &str = "
        insert into device (id, agent_id, token_hash, name, program, created_at, seen_at, revoked_at, lost)
        values ($1, $2, $3, $4, $5, $6, $6, null, $7)
        on conflict (id) do update set token_hash = excluded.token_hash, name = excluded.name, program = excluded.program,
            seen_at = excluded.seen_at, revoked_at = null, lost = excluded.lost";
    on!(tx, conn => sqlx::query(SQL).bind(device.id).bind(device.agent_id).bind(token_hash).bind(storable(&device.name))
        .bind(storable(&device.program)).bind(device.seen_at).bind(false).execute(conn).await.map(drop))?;
    Ok(())
}

/// A device.
pub async fn find(tx: &mut Tx, id: DeviceId) -> Result<Option<Device>> {
    const SQL: &str = "select id, agent_id, name, program, created_at, seen_at, revoked_at, lost from device where id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id.0).fetch_optional(conn).await)?)
}

/// The device behind a token (hex SHA-256).
pub async fn by_token(tx: &mut Tx, token_hash: &str) -> Result<Option<Device>> {
    const SQL: &str = "select id, agent_id, name, program, created_at, seen_at, revoked_at, lost from device where token_hash = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(token_hash).fetch_optional(conn).await)?)
}

/// Notes that a device was heard of.
pub async fn touch(tx: &mut Tx, id: DeviceId, at: i64) -> Result<()> {
    const SQL: &str = "update device set seen_at = $2 where id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id.0).bind(at).execute(conn).await.map(drop))?;
    Ok(())
}

/// The devices of an agent, the one heard of last first.
pub async fn of_agent(tx: &mut Tx, agent: AgentId) -> Result<Vec<Device>> {
    const SQL: &str = "
        select id, agent_id, name, program, created_at, seen_at, revoked_at, lost from device
        where agent_id = $1 order by seen_at desc, id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(agent.0).fetch_all(conn).await)?)
}

/// Lets a device in no more; `lost`: for good, and it shall wipe itself. What was lost stays lost. `false`: there is no such
/// device.
pub async fn revoke(tx: &mut Tx, id: Uuid, at: i64, lost: bool) -> Result<bool> {
    const SQL: &str = "update device set revoked_at = coalesce(revoked_at, $2), lost = (lost or $3) where id = $1";
    let rows = on!(tx, conn => sqlx::query(SQL).bind(id).bind(at).bind(lost).execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
