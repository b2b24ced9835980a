//! Jobs: what shall happen outside once the transaction is done.

use uuid::Uuid;

use crate::{
    db::{Conn, Result, Tx},
    key::{indexed, storable},
};

/// A job. Its states: `waiting` → `claimed` (by `holder`) → `started` (the text may be leaving) → `done`; or `perhaps`,
/// `failed`, `held`, `cancelled`, `given_up`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Job {
    pub id: Uuid,
    pub kind: String,
    pub ticket_id: Uuid,
    pub article_id: Uuid,
    pub state: String,
    pub due_at: i64,
    pub attempts: i64,
    pub body: String,
    pub error: Option<String>,
    pub holder: Option<String>,
    pub changed_at: i64,
}

const COLUMNS: &str = "select id, kind, ticket_id, article_id, state, due_at, attempts, body, error, holder, changed_at from job";

/// Adds a job.
pub async fn insert(tx: &mut Tx, job: &Job) -> Result<()> {
    const SQL: &str = "
        insert into job (id, kind, ticket_id, article_id, state, due_at, attempts, body, error, holder, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    on!(tx, conn => sqlx::query(SQL).bind(job.id).bind(&job.kind).bind(job.ticket_id).bind(job.article_id).bind(&job.state)
        .bind(job.due_at).bind(job.attempts).bind(&job.body).bind(&job.error).bind(&job.holder).bind(job.changed_at)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// Claims waiting jobs whose time has come, oldest first, with one statement; servers that claim at the same moment get
/// different ones. `holder` names the server and this claim: what [`own_step`] and [`keep`] go by.
pub async fn claim(tx: &mut Tx, holder: &str, now: i64, limit: i64) -> Result<Vec<Job>> {
    // SQLite has one writer, and no row locks to skip.
    let skip = if matches!(tx.conn, Conn::Postgres(_)) { "for update skip locked" } else { "" };
    let sql = sqlx::AssertSqlSafe(format!(
        "update job set state = 'claimed', holder = $1, changed_at = $2
         where id in (select id from job where state = 'waiting' and due_at <= $2 order by due_at, id limit $3 {skip})
         returning id, kind, ticket_id, article_id, state, due_at, attempts, body, error, holder, changed_at"
    ));
    let mut jobs: Vec<Job> = on!(tx, conn => sqlx::query_as(sql).bind(holder).bind(now).bind(limit).fetch_all(conn).await)?;
    jobs.sort_by_key(|job| (job.due_at, job.id));
    Ok(jobs)
}

/// When the next waiting job is due (ms UTC).
pub async fn next_due(tx: &mut Tx) -> Result<Option<i64>> {
    const SQL: &str = "select min(due_at) from job where state = 'waiting'";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await)?)
}

/// The job of an article.
pub async fn of_article(tx: &mut Tx, article: Uuid) -> Result<Option<Job>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where article_id = $1 order by changed_at desc, id desc limit 1"));
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(article).fetch_optional(conn).await)?)
}

/// Jobs in these states.
pub async fn in_state(tx: &mut Tx, state: &str) -> Result<Vec<Job>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where state = $1 order by due_at, id limit 500"));
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(state).fetch_all(conn).await)?)
}

/// What changes about a job.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Change<'a> {
    pub due_at: Option<i64>,
    pub attempts: Option<i64>,
    pub error: Option<&'a str>,
    pub holder: Option<&'a str>,
}

/// Moves a job from one state to another; `false` when it is not in that state any more: somebody else was quicker.
pub async fn step(tx: &mut Tx, id: Uuid, from: &str, to: &str, change: Change<'_>, now: i64) -> Result<bool> {
    const SQL: &str = "
        update job set state = $3, due_at = coalesce($4, due_at), attempts = coalesce($5, attempts), error = $6, holder = $7, changed_at = $8
        where id = $1 and state = $2";
    let rows = on!(tx, conn => sqlx::query(SQL).bind(id).bind(from).bind(to).bind(change.due_at).bind(change.attempts)
        .bind(change.error.map(storable)).bind(change.holder).bind(now).execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// [`step`] for the one who claimed the job: `false` also when it was taken away meanwhile.
pub async fn own_step(tx: &mut Tx, job: &Job, from: &str, to: &str, change: Change<'_>, now: i64) -> Result<bool> {
    Ok(keep(tx, job).await? && step(tx, job.id, from, to, change, now).await?)
}

/// Is the job still with the one who claimed it? Then nobody takes it away before this transaction ends.
pub async fn keep(tx: &mut Tx, job: &Job) -> Result<bool> {
    const SQL: &str = "update job set holder = holder where id = $1 and holder = $2 and state in ('claimed', 'started')";
    let rows = on!(tx, conn => sqlx::query(SQL).bind(job.id).bind(&job.holder).execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// How many jobs there are of each state that is not over; an automatic mail that failed is.
pub async fn counts(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    const SQL: &str = "
        select state, cast(count(*) as bigint) from job
        where state in ('waiting', 'claimed', 'started', 'perhaps', 'failed', 'held')
          and (kind = 'mail' or state <> 'failed') group by state";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// The automatic mails to an address on a day, counting this one.
pub async fn count_auto(tx: &mut Tx, address: &str, day: &str) -> Result<i64> {
    const SQL: &str = "
        insert into auto_sent (address, day, count) values ($1, $2, 1)
        on conflict (address, day) do update set count = auto_sent.count + 1 returning count";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(indexed(address)).bind(day).fetch_one(conn).await)?)
}

/// Replaces the body of a job.
pub async fn set_body(tx: &mut Tx, id: Uuid, body: &str) -> Result<()> {
    const SQL: &str = "update job set body = $2 where id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id).bind(body).execute(conn).await.map(drop))?;
    Ok(())
}
