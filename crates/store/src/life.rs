//! The lives of a desk: from one start of its server to the next. A server that was put back to an older copy of its database lives
//! another life from there on, which is how a device finds out.

use crate::db::{Result, Tx};

/// Begins a life at the feed's head, under a random mark.
pub async fn begin(tx: &mut Tx, mark: i64) -> Result<()> {
    const SQL: &str = "insert into life (ordinal, mark, since) select coalesce(max(ordinal), 0) + 1, $1, $2 from life";
    let since = tx.head;
    on!(tx, conn => sqlx::query(SQL).bind(mark).bind(since).execute(conn).await.map(drop))?;
    Ok(())
}

/// The mark of the life that goes on; none: there was none yet.
pub async fn current(tx: &mut Tx) -> Result<Option<i64>> {
    const SQL: &str = "select mark from life order by ordinal desc limit 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_optional(conn).await)?)
}

/// The feed number at which a life ended, where it did; none: this desk never lived it.
pub async fn end(tx: &mut Tx, mark: i64) -> Result<Option<Option<i64>>> {
    const SQL: &str = "
        select (select later.since from life later where later.ordinal = life.ordinal + 1) as ended from life where life.mark = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(mark).fetch_optional(conn).await)?)
}
