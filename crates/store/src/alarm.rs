//! Alarms: what an agent is to hear of, what became of it, and what this computer has shown.

use docket_domain::{AgentId, TicketId};
use uuid::Uuid;

use crate::db::{Result, Tx};

/// An alarm of one agent.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Alarm {
    pub agent_id: Uuid,
    pub id: String,
    pub ticket_id: Option<Uuid>,
    pub event: String,
    pub due_at: i64,
    pub raised_at: i64,
    pub as_of: Option<i64>,
    pub sound: String,
    pub again_at: Option<i64>,
    pub ended: Option<String>,
    pub ended_at: Option<i64>,
    pub told: bool,
    pub seq: i64,
}

const COLUMNS: &str =
    "select agent_id, id, ticket_id, event, due_at, raised_at, as_of, sound, again_at, ended, ended_at, told, seq from alarm";

/// How an alarm ended.
#[derive(Clone, Copy, Debug)]
pub struct End<'a> {
    /// `seen`, `taken`, `snoozed` or `moot`.
    pub how: &'a str,
    /// When (ms UTC).
    pub at: i64,
    /// When it comes again (ms UTC).
    pub again_at: Option<i64>,
    /// Does the server know? On a server it does.
    pub told: bool,
}

/// The number of an agent's last change of alarms.
pub async fn head(tx: &mut Tx, agent: AgentId) -> Result<i64> {
    const SQL: &str = "select value from counter where name = $1";
    let found: Option<i64> = on!(tx, conn => sqlx::query_scalar(SQL).bind(counter(agent)).fetch_optional(conn).await)?;
    Ok(found.unwrap_or(0))
}

fn counter(agent: AgentId) -> String {
    format!("alarm {agent}")
}

/// Notes an alarm, once: false where the agent has it, whatever became of it.
pub async fn raise(tx: &mut Tx, alarm: &Alarm) -> Result<bool> {
    const SQL: &str = "
        insert into alarm (agent_id, id, ticket_id, event, due_at, raised_at, as_of, sound, again_at, ended, ended_at, told, seq)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (agent_id, id) do nothing";
    let seq = tx.count(&counter(AgentId(alarm.agent_id))).await?;
    let rows = on!(tx, conn => sqlx::query(SQL).bind(alarm.agent_id).bind(&alarm.id).bind(alarm.ticket_id).bind(&alarm.event)
        .bind(alarm.due_at).bind(alarm.raised_at).bind(alarm.as_of).bind(&alarm.sound).bind(alarm.again_at).bind(&alarm.ended)
        .bind(alarm.ended_at).bind(alarm.told).bind(seq).execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Ends an alarm that stands; false where there is none.
pub async fn end(tx: &mut Tx, agent: AgentId, id: &str, end: End<'_>) -> Result<bool> {
    const SQL: &str = "
        update alarm set ended = $3, ended_at = $4, again_at = $5, told = $6, seq = $7
        where agent_id = $1 and id = $2 and ended is null";
    let seq = tx.count(&counter(agent)).await?;
    let rows = on!(tx, conn => sqlx::query(SQL).bind(agent.0).bind(id).bind(end.how).bind(end.at).bind(end.again_at).bind(end.told)
        .bind(seq).execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// An alarm.
pub async fn find(tx: &mut Tx, agent: AgentId, id: &str) -> Result<Option<Alarm>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where agent_id = $1 and id = $2"));
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(agent.0).bind(id).fetch_optional(conn).await)?)
}

/// What stands for an agent, the earliest first, so many at most.
pub async fn standing(tx: &mut Tx, agent: AgentId, limit: i64) -> Result<Vec<Alarm>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where agent_id = $1 and ended is null order by due_at, id limit $2"));
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(agent.0).bind(limit).fetch_all(conn).await)?)
}

/// What became of an agent's alarms after that number.
pub async fn after(tx: &mut Tx, agent: AgentId, seq: i64, limit: i64) -> Result<Vec<Alarm>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where agent_id = $1 and seq > $2 order by seq limit $3"));
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(agent.0).bind(seq).bind(limit).fetch_all(conn).await)?)
}

/// What ended for an agent after that moment, the latest first.
pub async fn ended_after(tx: &mut Tx, agent: AgentId, at: i64, limit: i64) -> Result<Vec<Alarm>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where agent_id = $1 and ended_at > $2 order by ended_at desc, id limit $3"));
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(agent.0).bind(at).bind(limit).fetch_all(conn).await)?)
}

/// Ends that the server of this replica has not heard of.
pub async fn untold(tx: &mut Tx, agent: AgentId, limit: i64) -> Result<Vec<Alarm>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where agent_id = $1 and ended is not null and not told order by seq limit $2"));
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(agent.0).bind(limit).fetch_all(conn).await)?)
}

/// Notes that the server has heard how an alarm ended.
pub async fn mark_told(tx: &mut Tx, agent: AgentId, id: &str) -> Result<()> {
    const SQL: &str = "update alarm set told = $3 where agent_id = $1 and id = $2";
    on!(tx, conn => sqlx::query(SQL).bind(agent.0).bind(id).bind(true).execute(conn).await.map(drop))?;
    Ok(())
}

/// Alarms that were put off until now.
pub async fn again(tx: &mut Tx, now: i64, limit: i64) -> Result<Vec<Alarm>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where again_at <= $1 order by again_at, id limit $2"));
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(now).bind(limit).fetch_all(conn).await)?)
}

/// Notes that an alarm that was put off has come again.
pub async fn came_again(tx: &mut Tx, agent: AgentId, id: &str) -> Result<()> {
    const SQL: &str = "update alarm set again_at = null where agent_id = $1 and id = $2";
    on!(tx, conn => sqlx::query(SQL).bind(agent.0).bind(id).execute(conn).await.map(drop))?;
    Ok(())
}

/// What stands for an agent about a ticket.
pub async fn of_ticket(tx: &mut Tx, agent: AgentId, ticket: TicketId) -> Result<Vec<Alarm>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where agent_id = $1 and ticket_id = $2 and ended is null"));
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(agent.0).bind(ticket.0).fetch_all(conn).await)?)
}

/// What stands about tickets that changed after that feed number.
pub async fn on_changed(tx: &mut Tx, seq: i64) -> Result<Vec<Alarm>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{COLUMNS} where ended is null and ticket_id in (select id from ticket where seq > $1) order by ticket_id limit 500"
    ));
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(seq).fetch_all(conn).await)?)
}

/// Says which device makes the sounds that none makes yet.
pub async fn set_sound(tx: &mut Tx, agent: AgentId, device: &str) -> Result<()> {
    const SQL: &str = "update alarm set sound = $2 where agent_id = $1 and sound = '' and ended is null";
    on!(tx, conn => sqlx::query(SQL).bind(agent.0).bind(device).execute(conn).await.map(drop))?;
    Ok(())
}

/// What this computer has shown of what stands.
pub async fn shown(tx: &mut Tx, agent: AgentId) -> Result<Vec<String>> {
    const SQL: &str = "
        select shown.id from alarm_shown shown join alarm on alarm.agent_id = shown.agent_id and alarm.id = shown.id
        where shown.agent_id = $1 and alarm.ended is null";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(agent.0).fetch_all(conn).await)?)
}

/// Notes that this computer has shown an alarm.
pub async fn note_shown(tx: &mut Tx, agent: AgentId, id: &str, at: i64) -> Result<()> {
    const SQL: &str = "insert into alarm_shown (agent_id, id, at) values ($1, $2, $3) on conflict (agent_id, id) do nothing";
    on!(tx, conn => sqlx::query(SQL).bind(agent.0).bind(id).bind(at).execute(conn).await.map(drop))?;
    Ok(())
}

/// Forgets what ended before then.
pub async fn expire(tx: &mut Tx, before: i64) -> Result<()> {
    const ENDED: &str = "delete from alarm where ended_at < $1 and told and again_at is null";
    const SHOWN: &str = "
        delete from alarm_shown where at < $1
            and not exists (select 1 from alarm where alarm.agent_id = alarm_shown.agent_id and alarm.id = alarm_shown.id)";
    for sql in [ENDED, SHOWN] {
        on!(tx, conn => sqlx::query(sql).bind(before).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Up to which moment (ms UTC) and feed number was looked for what is due; none: never.
pub async fn mark(tx: &mut Tx) -> Result<Option<(i64, i64)>> {
    const SQL: &str = "select at, seq from alarm_mark where id = 1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_optional(conn).await)?)
}

/// Notes up to where was looked.
pub async fn set_mark(tx: &mut Tx, at: i64, seq: i64) -> Result<()> {
    const SQL: &str = "
        insert into alarm_mark (id, at, seq) values (1, $1, $2) on conflict (id) do update set at = excluded.at, seq = excluded.seq";
    on!(tx, conn => sqlx::query(SQL).bind(at).bind(seq).execute(conn).await.map(drop))?;
    Ok(())
}

/// Tickets whose reminder is due after the first moment and by the second, the earliest first.
pub async fn reminders(tx: &mut Tx, from: i64, to: i64, limit: i64) -> Result<Vec<Uuid>> {
    const SQL: &str = "
        select id from ticket where class = 1 and pending_until > $1 and pending_until <= $2 order by pending_until, id limit $3";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(from).bind(to).bind(limit).fetch_all(conn).await)?)
}

/// Tickets that changed after that feed number with a reminder that was due by then already.
pub async fn overdue_since(tx: &mut Tx, seq: i64, now: i64, limit: i64) -> Result<Vec<Uuid>> {
    const SQL: &str = "select id from ticket where seq > $1 and class = 1 and pending_until <= $2 order by seq limit $3";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(seq).bind(now).bind(limit).fetch_all(conn).await)?)
}

/// When the next reminder or alarm that was put off is due (ms UTC).
pub async fn next(tx: &mut Tx, after: i64) -> Result<Option<i64>> {
    const REMINDER: &str = "select min(pending_until) from ticket where class = 1 and pending_until > $1";
    const AGAIN: &str = "select min(again_at) from alarm where again_at > $1";
    let reminder: Option<i64> = on!(tx, conn => sqlx::query_scalar(REMINDER).bind(after).fetch_one(conn).await)?;
    let again: Option<i64> = on!(tx, conn => sqlx::query_scalar(AGAIN).bind(after).fetch_one(conn).await)?;
    Ok(reminder.into_iter().chain(again).min())
}

/// A deadline of an agent's own ticket.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Deadline {
    pub id: Uuid,
    pub number: String,
    pub title: String,
    pub due_at: i64,
}

/// The next deadlines and reminders of an agent's own tickets after that moment, of each ticket the earlier one.
pub async fn deadlines(tx: &mut Tx, agent: AgentId, after: i64, limit: i64) -> Result<Vec<Deadline>> {
    const SQL: &str = "
        select id, number, title,
            case when due_at > $2 and (pending_until is null or pending_until <= $2 or due_at < pending_until) then due_at
                else pending_until end as due_at
        from ticket where owner_id = $1 and class = 1 and (due_at > $2 or pending_until > $2) order by 4, id limit $3";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(agent.0).bind(after).bind(limit).fetch_all(conn).await)?)
}

/// How many tickets of an agent are open, and how many of these are late.
pub async fn burden(tx: &mut Tx, agent: AgentId, now: i64) -> Result<(i64, i64)> {
    const SQL: &str = "
        select cast(count(*) as bigint), cast(coalesce(sum(case when pending_until <= $2 or due_at <= $2 then 1 else 0 end), 0) as bigint)
        from ticket where owner_id = $1 and class = 1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(agent.0).bind(now).fetch_one(conn).await)?)
}
