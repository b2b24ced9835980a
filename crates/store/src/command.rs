//! Which commands were carried out, and what came of them: a repeat is answered from here.

use docket_domain::{AgentId, CommandId, DeviceId};
use uuid::Uuid;

use crate::db::{Result, Tx};

/// Keeps the outcome of a command.
pub async fn insert(tx: &mut Tx, id: CommandId, seq: i64, at: i64, outcome: &str) -> Result<()> {
    const SQL: &str = "insert into command (id, seq, at, outcome) values ($1, $2, $3, $4)";
    on!(tx, conn => sqlx::query(SQL).bind(id.0).bind(seq).bind(at).bind(outcome).execute(conn).await.map(drop))?;
    Ok(())
}

/// What a device pushed, and what came of it.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Answered<'a> {
    pub id: CommandId,
    pub agent: AgentId,
    pub device: DeviceId,
    pub seq: i64,
    pub at: i64,
    pub outcome: &'a str,
    pub answer: &'a str,
}

/// Keeps the answer to a command that a device pushed, for ever: a repeat gets it again.
pub async fn insert_answer(tx: &mut Tx, answered: Answered<'_>) -> Result<()> {
    const SQL: &str = "insert into command (id, seq, at, outcome, agent_id, device_id, answer) values ($1, $2, $3, $4, $5, $6, $7)";
    let Answered { id, agent, device, seq, at, outcome, answer } = answered;
    on!(tx, conn => sqlx::query(SQL).bind(id.0).bind(seq).bind(at).bind(outcome).bind(agent.0).bind(device.0).bind(answer).execute(conn).await.map(drop))?;
    Ok(())
}

/// Whose command it was, and what was answered: (agent, feed number, outcome, answer).
pub async fn answered(tx: &mut Tx, id: CommandId) -> Result<Option<(Option<Uuid>, i64, String, Option<String>)>> {
    const SQL: &str = "select agent_id, seq, outcome, answer from command where id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id.0).fetch_optional(conn).await)?)
}

/// The feed number and outcome of a command that was carried out.
pub async fn find(tx: &mut Tx, id: CommandId) -> Result<Option<(i64, String)>> {
    const SQL: &str = "select seq, outcome from command where id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id.0).fetch_optional(conn).await)?)
}
