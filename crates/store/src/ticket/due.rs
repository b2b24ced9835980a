//! The deadlines that stand beside tickets: written at every save, computed anew when settings change.

use docket_domain::{
    Ticket, TicketId,
    clock::Measure,
    deadline::{Due, Next},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{COLUMNS, Row};
use crate::{
    db::{Result, Tx},
    json,
};

/// The columns of a [`Next`].
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct DueColumns {
    pub due_at: Option<i64>,
    pub due_measure: Option<String>,
    pub due_warn_at: Option<i64>,
    pub due_paused: bool,
    pub due_level_id: Option<Uuid>,
    pub level_at: Option<i64>,
}

impl From<Next> for DueColumns {
    fn from(Next { due, level_at }: Next) -> Self {
        Self {
            due_at: due.and_then(|due| due.at),
            due_measure: due.map(|due| due.measure.as_str().to_owned()),
            due_warn_at: due.and_then(|due| due.warn_at),
            due_paused: due.is_some_and(|due| due.paused),
            due_level_id: due.and_then(|due| due.level).map(|level| level.0),
            level_at,
        }
    }
}

impl DueColumns {
    /// The deadline that they hold.
    pub fn due(&self) -> Option<Due> {
        let measure = Measure::parse(self.due_measure.as_deref()?)?;
        Some(Due { measure, at: self.due_at, warn_at: self.due_warn_at, paused: self.due_paused, level: self.due_level_id.map(Into::into) })
    }
}

/// An open ticket, its feed number, and the deadlines that stand beside it.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The ticket.
    pub ticket: Ticket,
    /// The feed number of its last change.
    pub seq: i64,
    /// What stands beside it.
    pub due: DueColumns,
}

#[derive(sqlx::FromRow)]
struct StoredRow {
    #[sqlx(flatten)]
    row: Row,
    seq: i64,
    #[sqlx(flatten)]
    due: DueColumns,
}

impl From<StoredRow> for Stored {
    fn from(StoredRow { row, seq, due }: StoredRow) -> Self {
        Self { ticket: row.into(), seq, due }
    }
}

/// Open tickets in the order in which they were opened, after the one that `after` names by its moment and id.
pub async fn open_after(tx: &mut Tx, after: (i64, Uuid), limit: i64) -> Result<Vec<Stored>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "select {COLUMNS}, seq, due_at, due_measure, due_warn_at, due_paused, due_level_id, level_at from ticket
         where class > 0 and (created_at, id) > ($1, $2) order by created_at, id limit $3"
    ));
    let rows: Vec<StoredRow> = on!(tx, conn => sqlx::query_as(sql).bind(after.0).bind(after.1).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Stored::from).collect())
}

/// How many open tickets there are.
pub async fn open_count(tx: &mut Tx) -> Result<i64> {
    const SQL: &str = "select cast(coalesce(sum(tickets), 0) as bigint) from tally where class > 0";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await)?)
}

/// Writes deadlines beside tickets that still have the feed number they were computed at; gives how many.
pub async fn set_due(tx: &mut Tx, rows: &[(TicketId, i64, DueColumns)]) -> Result<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    const START: &str = "with fresh (id, seq, due_at, due_measure, due_warn_at, due_paused, due_level_id, level_at) as (";
    const END: &str = ") update ticket set due_at = fresh.due_at, due_measure = fresh.due_measure, due_warn_at = fresh.due_warn_at,
            due_paused = fresh.due_paused, due_level_id = fresh.due_level_id, level_at = fresh.level_at
        from fresh where ticket.id = fresh.id and ticket.seq = fresh.seq";
    Ok(on!(tx, conn => {
        let mut query = QueryBuilder::new(START);
        query.push_values(rows, |mut row, (id, seq, due)| {
            row.push_bind(id.0).push_bind(*seq).push_bind(due.due_at).push_bind(&due.due_measure).push_bind(due.due_warn_at);
            row.push_bind(due.due_paused).push_bind(due.due_level_id).push_bind(due.level_at);
        });
        query.push(END);
        query.build().execute(conn).await.map(|done| done.rows_affected())
    })?)
}

/// The tickets on which a level is reached by that moment, earliest first.
pub async fn levels_due(tx: &mut Tx, now: i64, limit: i64) -> Result<Vec<TicketId>> {
    const SQL: &str = "select id from ticket where level_at <= $1 order by level_at, id limit $2";
    let ids: Vec<Uuid> = on!(tx, conn => sqlx::query_scalar(SQL).bind(now).bind(limit).fetch_all(conn).await)?;
    Ok(ids.into_iter().map(TicketId).collect())
}

/// When the next level of any ticket is reached (ms UTC).
pub async fn next_level(tx: &mut Tx) -> Result<Option<i64>> {
    const SQL: &str = "select level_at from ticket where level_at is not null order by level_at limit 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_optional(conn).await)?)
}

/// Has any ticket a deadline?
pub async fn any_due(tx: &mut Tx) -> Result<bool> {
    const SQL: &str = "select id from ticket where due_at is not null limit 1";
    let found: Option<Uuid> = on!(tx, conn => sqlx::query_scalar(SQL).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Tickets from before there were clocks, whose events are not folded yet, after the one of that id.
pub async fn unfolded(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<TicketId>> {
    const SQL: &str = "select id from ticket where clocks = '' and id > $1 order by id limit $2";
    let ids: Vec<Uuid> = on!(tx, conn => sqlx::query_scalar(SQL).bind(after).bind(limit).fetch_all(conn).await)?;
    Ok(ids.into_iter().map(TicketId).collect())
}

/// Writes what a ticket's clocks need to know beside it, and its deadlines, unless something has happened on it since or it has them
/// already. It is no change of the ticket.
pub async fn set_clocks(tx: &mut Tx, ticket: &Ticket, due: &DueColumns) -> Result<()> {
    const SQL: &str = "
        update ticket set clocks = $2, due_at = $3, due_measure = $4, due_warn_at = $5, due_paused = $6, due_level_id = $7, level_at = $8
        where id = $1 and clocks = '' and events = $9";
    let clocks = json::write("clocks", &ticket.clocks)?;
    tx.tickets.remove(&ticket.id);
    on!(tx, conn => sqlx::query(SQL).bind(ticket.id.0).bind(&clocks).bind(due.due_at).bind(&due.due_measure).bind(due.due_warn_at)
        .bind(due.due_paused).bind(due.due_level_id).bind(due.level_at).bind(ticket.events).execute(conn).await.map(drop))?;
    Ok(())
}

/// The clocks of a ticket as they are stored: empty while nothing is known.
pub(crate) fn written(ticket: &Ticket) -> Result<String> {
    if ticket.clocks.is_blank() { Ok(String::new()) } else { json::write("clocks", &ticket.clocks) }
}
