//! Which commands were carried out, and what came of them: a repeat is answered from here.

use docket_domain::CommandId;

use crate::db::{Result, Tx};

/// Keeps the outcome of a command.
pub async fn insert(tx: &mut Tx, id: CommandId, seq: i64, at: i64, outcome: &str) -> Result<()> {
    const SQL: &str = "insert into command (id, seq, at, outcome) values ($1, $2, $3, $4)";
    on!(tx, conn => sqlx::query(SQL).bind(id.0).bind(seq).bind(at).bind(outcome).execute(conn).await.map(drop))?;
    Ok(())
}

/// The feed number and outcome of a command that was carried out.
pub async fn find(tx: &mut Tx, id: CommandId) -> Result<Option<(i64, String)>> {
    const SQL: &str = "select seq, outcome from command where id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id.0).fetch_optional(conn).await)?)
}
