//! The servers that share a database, and what one of them does at a time.

use uuid::Uuid;

use crate::{
    db::{Conn, Db, Result, Tx},
    key::storable,
};

/// A serving process.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Server {
    /// Made anew at every start.
    pub id: Uuid,
    /// Where it answers, or what it is called.
    pub name: String,
    /// Its program's version.
    pub version: String,
    /// When it began (ms UTC, by the database's clock).
    pub started_at: i64,
    /// When it was last heard of (ms UTC, by the database's clock).
    pub seen_at: i64,
}

impl Db {
    /// What time it is for the database (ms UTC): the same for all servers, whatever their own clocks say.
    pub async fn now(&self) -> Result<i64> {
        now(&mut self.aside().await?).await
    }
}

/// What time it is for the database (ms UTC).
pub async fn now(tx: &mut Tx) -> Result<i64> {
    const SQLITE: &str = "select cast((julianday('now') - 2440587.5) * 86400000 as bigint)";
    const POSTGRES: &str = "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)";
    Ok(match &mut tx.conn {
        Conn::Sqlite(tx) => sqlx::query_scalar(SQLITE).fetch_one(&mut **tx).await?,
        Conn::Postgres(tx) => sqlx::query_scalar(POSTGRES).fetch_one(&mut **tx).await?,
    })
}

/// Says that a server lives; the first time, that it is there.
pub async fn beat(tx: &mut Tx, server: &Server) -> Result<()> {
    const SQL: &str = "
        insert into server (id, name, version, started_at, seen_at) values ($1, $2, $3, $4, $5)
        on conflict (id) do update set name = excluded.name, seen_at = excluded.seen_at";
    on!(tx, conn => sqlx::query(SQL).bind(server.id).bind(storable(&server.name)).bind(&server.version).bind(server.started_at)
        .bind(server.seen_at).execute(conn).await.map(drop))?;
    Ok(())
}

/// Every server, the oldest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Server>> {
    const SQL: &str = "select id, name, version, started_at, seen_at from server order by started_at, id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// Takes away a server that was last heard of before `unless_seen`, with its leases; `false`: it was heard of since.
pub async fn remove(tx: &mut Tx, id: Uuid, unless_seen: i64) -> Result<bool> {
    const SERVER: &str = "delete from server where id = $1 and seen_at < $2";
    const LEASES: &str = "delete from lease where server_id = $1 and not exists (select 1 from server where id = $1)";
    let rows = on!(tx, conn => sqlx::query(SERVER).bind(id).bind(unless_seen).execute(conn).await.map(|done| done.rows_affected()))?;
    on!(tx, conn => sqlx::query(LEASES).bind(id).execute(conn).await.map(drop))?;
    Ok(rows == 1)
}

/// Takes a lease that is free or whose server has not been heard of since `seen_since`; `true` when it is this server's
/// now.
pub async fn lease(tx: &mut Tx, name: &str, server: Uuid, seen_since: i64) -> Result<bool> {
    const SQL: &str = "
        insert into lease (name, server_id) values ($1, $2)
        on conflict (name) do update set server_id = excluded.server_id
        where lease.server_id = excluded.server_id
           or not exists (select 1 from server where server.id = lease.server_id and server.seen_at >= $3)";
    let rows = on!(tx, conn => sqlx::query(SQL).bind(name).bind(server).bind(seen_since).execute(conn).await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// How a mailbox is doing.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct MailboxStatus {
    pub mailbox_id: Uuid,
    pub server_id: Uuid,
    pub status: String,
    pub code: Option<String>,
    pub detail: Option<String>,
    pub since: i64,
    pub foreign_desk: Option<String>,
}

/// Says how a mailbox is doing.
pub async fn set_mailbox_status(tx: &mut Tx, status: &MailboxStatus) -> Result<()> {
    const SQL: &str = "
        insert into mailbox_status (mailbox_id, server_id, status, code, detail, since, foreign_desk)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (mailbox_id) do update set
            server_id = excluded.server_id, status = excluded.status, code = excluded.code, detail = excluded.detail,
            since = excluded.since, foreign_desk = excluded.foreign_desk";
    on!(tx, conn => sqlx::query(SQL).bind(status.mailbox_id).bind(status.server_id).bind(&status.status).bind(&status.code)
        .bind(status.detail.as_deref().map(storable)).bind(status.since).bind(&status.foreign_desk)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// How all mailboxes are doing.
pub async fn mailbox_statuses(tx: &mut Tx) -> Result<Vec<MailboxStatus>> {
    const SQL: &str = "select mailbox_id, server_id, status, code, detail, since, foreign_desk from mailbox_status";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}
