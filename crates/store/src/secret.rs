//! Sealed secrets; what is in them only the holder of the key knows.

use uuid::Uuid;

use crate::db::{Result, Tx};

/// Keeps a sealed secret, in place of an earlier one.
pub async fn save(tx: &mut Tx, kind: &str, id: Uuid, sealed: &[u8]) -> Result<()> {
    const SQL: &str = "
        insert into secret (kind, id, sealed) values ($1, $2, $3)
        on conflict (kind, id) do update set sealed = excluded.sealed";
    on!(tx, conn => sqlx::query(SQL).bind(kind).bind(id).bind(sealed).execute(conn).await.map(drop))?;
    Ok(())
}

/// A sealed secret.
pub async fn find(tx: &mut Tx, kind: &str, id: Uuid) -> Result<Option<Vec<u8>>> {
    const SQL: &str = "select sealed from secret where kind = $1 and id = $2";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(kind).bind(id).fetch_optional(conn).await)?)
}

/// Any sealed secret, to try a key on.
pub async fn first(tx: &mut Tx) -> Result<Option<Vec<u8>>> {
    const SQL: &str = "select sealed from secret order by kind, id limit 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_optional(conn).await)?)
}

/// Is anything sealed at all?
pub async fn any(tx: &mut Tx) -> Result<bool> {
    const SQL: &str = "select cast(count(*) as bigint) from secret";
    let count: i64 = on!(tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await)?;
    Ok(count > 0)
}

/// Forgets a secret.
pub async fn remove(tx: &mut Tx, kind: &str, id: Uuid) -> Result<()> {
    const SQL: &str = "delete from secret where kind = $1 and id = $2";
    on!(tx, conn => sqlx::query(SQL).bind(kind).bind(id).execute(conn).await.map(drop))?;
    Ok(())
}
