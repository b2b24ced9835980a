//! Ticket rows, their lists and counts.

use docket_domain::{
    AgentId, Customer, PriorityId, QueueId, Sender, StateId, Ticket, TicketId, deadline::Next, ticket::Away, timers::Timers,
};
use uuid::Uuid;

use crate::{
    db::{Result, Tx},
    json,
    key::{self, indexed, storable},
};

pub(crate) mod due;
mod list;
pub(crate) mod sight;
pub(crate) mod tally;
pub mod waits;
pub use due::{DueColumns, Stored, any_due, levels_due, next_level, open_after, open_count, set_clocks, set_due, unfolded};
pub use list::{Class, Filter, ListRow, NEVER, Promises, QueueCount, Sort, ViewCounts, count, list, plan, view_counts};
pub use sight::{Sight, Trouble, changed_after, linked, mails_waiting, of_customer, queue_counts, scopes_moved, search, troubles};
pub use tally::recount;

/// What stands beside a ticket for lists: derived at every save, no part of its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// In which lists it appears.
    pub class: Class,
    /// The rank of its priority.
    pub rank: i64,
    /// The first words of an article that came with this change, and whether it brought files; none: no article came.
    pub article: Option<(String, bool)>,
    /// Its deadlines.
    pub next: Next,
}

/// A ticket, and where it counts.
pub(crate) type Placed = (Ticket, tally::Place);

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: Uuid,
    number: String,
    title: String,
    queue_id: Uuid,
    state_id: Uuid,
    priority_id: Uuid,
    owner_id: Option<Uuid>,
    locked: bool,
    customer_address: String,
    customer_name: String,
    created_at: i64,
    changed_at: i64,
    pending_until: Option<i64>,
    articles: i64,
    events: i64,
    last_customer_at: Option<i64>,
    last_agent_at: Option<i64>,
    first_response_at: Option<i64>,
    closed_at: Option<i64>,
    junk_queue_id: Option<Uuid>,
    junk_state_id: Option<Uuid>,
    suspicious: bool,
    responsible_id: Option<Uuid>,
    merged_into: Option<Uuid>,
    away_id: Option<Uuid>,
    away_since: Option<i64>,
    watchers: String,
    service_id: Option<Uuid>,
    type_id: Option<Uuid>,
    service_level_id: Option<Uuid>,
    clocks: String,
    lock_since: Option<i64>,
    last_writer: Option<String>,
    reminded_at: Option<i64>,
    silent_since: Option<i64>,
}

/// A ticket with what the feed and lists keep beside it.
#[derive(sqlx::FromRow)]
pub(crate) struct UnitRow {
    pub seq: i64,
    pub scope_seq: i64,
    pub preview: String,
    pub has_attachments: bool,
    pub trouble: Option<String>,
    #[sqlx(flatten)]
    pub ticket: Row,
}

/// The columns of a [`UnitRow`].
pub(crate) const UNIT_COLUMNS: &str =
    "seq, scope_seq, preview, has_attachments, trouble, id, number, title, queue_id, state_id, priority_id,
    owner_id, locked, customer_address, customer_name, created_at, changed_at, pending_until, articles, events, last_customer_at,
    last_agent_at, first_response_at, closed_at, junk_queue_id, junk_state_id, suspicious, responsible_id, merged_into, away_id,
    away_since, watchers, service_id, type_id, service_level_id, clocks, lock_since, last_writer, reminded_at, silent_since";

#[derive(sqlx::FromRow)]
struct PlacedRow {
    #[sqlx(flatten)]
    row: Row,
    class: i64,
}

impl From<PlacedRow> for Placed {
    fn from(PlacedRow { row, class }: PlacedRow) -> Self {
        let place = (class, row.queue_id, row.state_id, row.locked);
        (row.into(), place)
    }
}

impl From<Row> for Ticket {
    fn from(row: Row) -> Self {
        Self {
            id: TicketId(row.id),
            number: row.number,
            title: row.title,
            queue: QueueId(row.queue_id),
            state: StateId(row.state_id),
            priority: PriorityId(row.priority_id),
            owner: row.owner_id.map(AgentId),
            locked: row.locked || row.away_id.is_some(),
            customer: Customer { address: row.customer_address, name: row.customer_name },
            created_at: row.created_at,
            changed_at: row.changed_at,
            pending_until: row.pending_until,
            articles: row.articles,
            events: row.events,
            last_customer_at: row.last_customer_at,
            last_agent_at: row.last_agent_at,
            first_response_at: row.first_response_at,
            closed_at: row.closed_at,
            junk_from: row.junk_queue_id.zip(row.junk_state_id).map(|(queue, state)| (QueueId(queue), StateId(state))),
            suspicious: row.suspicious,
            responsible: row.responsible_id.map(AgentId),
            watchers: serde_json::from_str(&row.watchers).unwrap_or_default(),
            merged_into: row.merged_into.map(TicketId),
            away: row.away_id.zip(row.away_since).map(|(agent, since)| Away { agent: AgentId(agent), since }),
            service: row.service_id.map(Into::into),
            ticket_type: row.type_id.map(Into::into),
            service_level: row.service_level_id.map(Into::into),
            // Empty, or not to be read: then its events are folded anew.
            clocks: serde_json::from_str(&row.clocks).unwrap_or_default(),
            timers: Timers {
                lock_since: row.lock_since,
                last_writer: row.last_writer.and_then(|writer| Sender::parse(&writer)),
                reminded_at: row.reminded_at,
                silent_since: row.silent_since,
            },
        }
    }
}

/// Writes the ticket as it now stands, under the sequence number that puts it in the feed. `scope_moved`: who may see it, or where
/// its articles are, has changed. The column `locked` holds what lists ask for, gone from the list of new work: what was taken
/// along is locked, but not there.
pub async fn save(tx: &mut Tx, ticket: &Ticket, index: &Index, seq: i64, scope_moved: bool) -> Result<()> {
    const SQL: &str = "
        insert into ticket (id, number, title, queue_id, state_id, priority_id, owner_id, locked, customer_address, customer_name,
            created_at, changed_at, pending_until, articles, events, last_customer_at, last_agent_at, first_response_at, closed_at,
            junk_queue_id, junk_state_id, suspicious, seq, scope_seq, class, rank, customer_key, customer_sort, title_sort, search_key,
            preview, has_attachments, trouble, responsible_id, merged_into, away_id, away_since, watchers, service_id, type_id,
            service_level_id, clocks, due_at, due_measure, due_warn_at, due_paused, due_level_id, level_at, lock_since,
            last_writer, reminded_at, silent_since)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $23, $24, $25,
            $26, $28, $29, $30, $31, $32, null, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50,
            $51, $52)
        on conflict (id) do update set
            number = excluded.number, title = excluded.title, queue_id = excluded.queue_id, state_id = excluded.state_id,
            priority_id = excluded.priority_id, owner_id = excluded.owner_id, locked = excluded.locked,
            customer_address = excluded.customer_address, customer_name = excluded.customer_name,
            created_at = excluded.created_at, changed_at = excluded.changed_at, pending_until = excluded.pending_until,
            articles = excluded.articles, events = excluded.events, last_customer_at = excluded.last_customer_at,
            last_agent_at = excluded.last_agent_at, first_response_at = excluded.first_response_at, closed_at = excluded.closed_at,
            junk_queue_id = excluded.junk_queue_id, junk_state_id = excluded.junk_state_id, suspicious = excluded.suspicious,
            seq = excluded.seq, scope_seq = case when $27 then excluded.seq else ticket.scope_seq end,
            class = excluded.class, rank = excluded.rank, customer_key = excluded.customer_key,
            customer_sort = excluded.customer_sort, title_sort = excluded.title_sort, search_key = excluded.search_key,
            preview = case when $33 then excluded.preview else ticket.preview end,
            has_attachments = ticket.has_attachments or excluded.has_attachments,
            responsible_id = excluded.responsible_id, merged_into = excluded.merged_into, away_id = excluded.away_id,
            away_since = excluded.away_since, watchers = excluded.watchers, service_id = excluded.service_id,
            type_id = excluded.type_id, service_level_id = excluded.service_level_id, clocks = excluded.clocks,
            due_at = excluded.due_at, due_measure = excluded.due_measure, due_warn_at = excluded.due_warn_at,
            due_paused = excluded.due_paused, due_level_id = excluded.due_level_id, level_at = excluded.level_at,
            lock_since = excluded.lock_since, last_writer = excluded.last_writer, reminded_at = excluded.reminded_at,
            silent_since = excluded.silent_since";
    let (clocks, due) = (due::written(ticket)?, DueColumns::from(index.next));
    let watchers = json::write("watchers", &ticket.watchers)?;
    watched(tx, ticket).await?;
    let before = match tx.tickets.get(&ticket.id) {
        Some(known) => known.as_ref().map(|(_, place)| *place),
        None => tally::place(tx, ticket.id).await?,
    };
    let (preview, files) = index.article.clone().unwrap_or_default();
    let (address, name) = (storable(&ticket.customer.address), storable(&ticket.customer.name));
    let (title, customer_key) = (storable(&ticket.title), ticket.customer.address.to_lowercase());
    let (title_sort, customer_sort) = (key::sort(&title), key::sort(if name.is_empty() { &address } else { &name }));
    let search = key::search(&[&ticket.number, &title, &name, &address]);
    let (junk_queue, junk_state) = (ticket.junk_from.map(|(queue, _)| queue.0), ticket.junk_from.map(|(_, state)| state.0));
    on!(tx, conn => sqlx::query(SQL)
        .bind(ticket.id.0).bind(&ticket.number).bind(&title).bind(ticket.queue.0).bind(ticket.state.0).bind(ticket.priority.0)
        .bind(ticket.owner.map(|owner| owner.0)).bind(ticket.is_held()).bind(&address).bind(&name)
        .bind(ticket.created_at).bind(ticket.changed_at).bind(ticket.pending_until).bind(ticket.articles).bind(ticket.events)
        .bind(ticket.last_customer_at).bind(ticket.last_agent_at).bind(ticket.first_response_at).bind(ticket.closed_at)
        .bind(junk_queue).bind(junk_state).bind(ticket.suspicious).bind(seq).bind(index.class as i64).bind(index.rank)
        .bind(indexed(&customer_key)).bind(scope_moved).bind(customer_sort.as_bytes()).bind(title_sort.as_bytes()).bind(&search)
        .bind(storable(&preview)).bind(files).bind(index.article.is_some())
        .bind(ticket.responsible.map(|agent| agent.0)).bind(ticket.merged_into.map(|into| into.0))
        .bind(ticket.away.map(|away| away.agent.0)).bind(ticket.away.map(|away| away.since)).bind(&watchers)
        .bind(ticket.service.map(|id| id.0)).bind(ticket.ticket_type.map(|id| id.0)).bind(ticket.service_level.map(|id| id.0))
        .bind(&clocks).bind(due.due_at).bind(&due.due_measure).bind(due.due_warn_at).bind(due.due_paused).bind(due.due_level_id)
        .bind(due.level_at)
        .bind(ticket.timers.lock_since).bind(ticket.timers.last_writer.map(Sender::as_str)).bind(ticket.timers.reminded_at)
        .bind(ticket.timers.silent_since)
        .execute(conn).await.map(drop))?;
    let place = (index.class as i64, ticket.queue.0, ticket.state.0, ticket.is_held());
    tx.remember(ticket.id, Some((ticket.clone(), place)));
    tally::step(tx, before, place).await
}

/// Keeps the rows that say who watches a ticket in step with it.
async fn watched(tx: &mut Tx, ticket: &Ticket) -> Result<()> {
    const FORGET: &str = "delete from watcher where ticket_id = $1";
    const SQL: &str = "insert into watcher (agent_id, ticket_id) values ($1, $2) on conflict (agent_id, ticket_id) do nothing";
    let before = match tx.tickets.get(&ticket.id) {
        Some(known) => known.as_ref().map(|(known, _)| known.watchers.clone()),
        None => find(tx, ticket.id).await?.map(|known| known.watchers),
    };
    if before.unwrap_or_default() == ticket.watchers {
        return Ok(());
    }
    on!(tx, conn => sqlx::query(FORGET).bind(ticket.id.0).execute(conn).await.map(drop))?;
    for agent in &ticket.watchers {
        on!(tx, conn => sqlx::query(SQL).bind(agent.0).bind(ticket.id.0).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Puts a ticket into the feed again, because of something that stands beside its row.
pub async fn touch(tx: &mut Tx, id: TicketId, seq: i64) -> Result<()> {
    const SQL: &str = "update ticket set seq = $2 where id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id.0).bind(seq).execute(conn).await.map(drop))?;
    Ok(())
}

/// Keeps the worst trouble of the ticket's mails (`perhaps_sent`, `failed`, `held`) beside it, for lists.
pub async fn refresh_trouble(tx: &mut Tx, id: TicketId) -> Result<()> {
    const SQL: &str = "
        update ticket set trouble = (
            select min(delivery) from article where ticket_id = $1 and delivery in ('failed', 'held', 'perhaps_sent')
        ) where id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id.0).execute(conn).await.map(drop))?;
    Ok(())
}

/// Recomputes the index columns of all tickets in a state or of a priority whose record changed.
pub async fn reindex_state(tx: &mut Tx, state: StateId, class: Class) -> Result<()> {
    const SQL: &str = "update ticket set class = $2 where state_id = $1 and class <> $2";
    tx.tickets.clear();
    let moved = on!(tx, conn => sqlx::query(SQL).bind(state.0).bind(class as i64).execute(conn).await.map(|done| done.rows_affected()))?;
    if moved > 0 { recount(tx).await } else { Ok(()) }
}

/// Recomputes the rank of all tickets of a priority.
pub async fn reindex_priority(tx: &mut Tx, priority: PriorityId, rank: i64) -> Result<()> {
    const SQL: &str = "update ticket set rank = $2 where priority_id = $1 and rank <> $2";
    on!(tx, conn => sqlx::query(SQL).bind(priority.0).bind(rank).execute(conn).await.map(drop))?;
    Ok(())
}

const COLUMNS: &str = "id, number, title, queue_id, state_id, priority_id, owner_id, locked, customer_address, customer_name,
    created_at, changed_at, pending_until, articles, events, last_customer_at, last_agent_at, first_response_at, closed_at,
    junk_queue_id, junk_state_id, suspicious, responsible_id, merged_into, away_id, away_since, watchers, service_id, type_id,
    service_level_id, clocks, lock_since, last_writer, reminded_at, silent_since";

/// A ticket.
pub async fn find(tx: &mut Tx, id: TicketId) -> Result<Option<Ticket>> {
    if let Some(known) = tx.tickets.get(&id) {
        return Ok(known.as_ref().map(|(ticket, _)| ticket.clone()));
    }
    let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS}, class from ticket where id = $1"));
    let row: Option<PlacedRow> = on!(tx, conn => sqlx::query_as(sql).bind(id.0).fetch_optional(conn).await)?;
    let placed = row.map(Placed::from);
    let ticket = placed.as_ref().map(|(ticket, _)| ticket.clone());
    tx.remember(id, placed);
    Ok(ticket)
}

/// The ticket with that number.
pub async fn by_number(tx: &mut Tx, number: &str) -> Result<Option<Ticket>> {
    let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from ticket where number = $1"));
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(sql).bind(number).fetch_optional(conn).await)?;
    Ok(row.map(Ticket::from))
}

/// The feed number of a ticket's last change.
pub async fn seq(tx: &mut Tx, id: TicketId) -> Result<Option<i64>> {
    const SQL: &str = "select seq from ticket where id = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(id.0).fetch_optional(conn).await)?)
}

/// A ticket in a few words, for links and histories of customers.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Brief {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state_id: Uuid,
    /// The last change (ms UTC).
    pub changed_at: i64,
}

/// What a link is called from its other end.
pub(crate) fn mirrored(kind: &str) -> &str {
    match kind {
        "parent" => "child",
        "child" => "parent",
        same => same,
    }
}

/// Links two tickets, both ways; `kind` is what the other one is. What they were to each other before is forgotten.
pub async fn link(tx: &mut Tx, one: TicketId, other: TicketId, kind: &str) -> Result<()> {
    unlink(tx, one, other).await?;
    link_once(tx, one, other, kind).await
}

/// Links two tickets unless they are linked already.
pub async fn link_once(tx: &mut Tx, one: TicketId, other: TicketId, kind: &str) -> Result<()> {
    const SQL: &str =
        "insert into link (ticket_id, other_id, kind) values ($1, $2, $3), ($2, $1, $4) on conflict (ticket_id, other_id) do nothing";
    on!(tx, conn => sqlx::query(SQL).bind(one.0).bind(other.0).bind(kind).bind(mirrored(kind)).execute(conn).await.map(drop))?;
    Ok(())
}

/// Takes a link away, both ways.
pub async fn unlink(tx: &mut Tx, one: TicketId, other: TicketId) -> Result<()> {
    const SQL: &str = "delete from link where (ticket_id = $1 and other_id = $2) or (ticket_id = $2 and other_id = $1)";
    on!(tx, conn => sqlx::query(SQL).bind(one.0).bind(other.0).execute(conn).await.map(drop))?;
    Ok(())
}
