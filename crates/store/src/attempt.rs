//! Wrong sign-ins, by login and by address: they slow the next ones down, at every server and after a restart.

use crate::{
    db::{Result, Tx},
    key::indexed,
};

/// Until when these are to wait (ms UTC); 0 when they need not.
pub async fn blocked_until(tx: &mut Tx, key: &str) -> Result<i64> {
    const SQL: &str = "select coalesce(max(blocked_until), 0) from attempt where key = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(indexed(key)).fetch_one(conn).await)?)
}

/// Counts a wrong attempt; those before `forgotten` count no more. Gives how many there are now.
pub async fn count(tx: &mut Tx, key: &str, at: i64, forgotten: i64) -> Result<i64> {
    const SQL: &str = "
        insert into attempt (key, count, at, blocked_until) values ($1, 1, $2, 0)
        on conflict (key) do update set
            count = case when attempt.at < $3 then 1 else attempt.count + 1 end, at = excluded.at
        returning count";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(indexed(key)).bind(at).bind(forgotten).fetch_one(conn).await)?)
}

/// Lets the next attempt wait.
pub async fn block(tx: &mut Tx, key: &str, until: i64) -> Result<()> {
    const SQL: &str = "update attempt set blocked_until = $2 where key = $1";
    on!(tx, conn => sqlx::query(SQL).bind(indexed(key)).bind(until).execute(conn).await.map(drop))?;
    Ok(())
}

/// Forgets the attempts of a key.
pub async fn forget(tx: &mut Tx, key: &str) -> Result<()> {
    const SQL: &str = "delete from attempt where key = $1";
    on!(tx, conn => sqlx::query(SQL).bind(indexed(key)).execute(conn).await.map(drop))?;
    Ok(())
}

/// Forgets attempts before a moment.
pub async fn expire(tx: &mut Tx, before: i64) -> Result<()> {
    const SQL: &str = "delete from attempt where at < $1";
    on!(tx, conn => sqlx::query(SQL).bind(before).execute(conn).await.map(drop))?;
    Ok(())
}
