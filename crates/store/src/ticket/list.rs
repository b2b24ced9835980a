//! Lists of tickets: filtered, sorted, counted, a page at a time.

use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    due::DueColumns,
    sight::{Sight, among, outside, seen},
};
use crate::{
    db::{Conn, Result, Tx},
    key,
};

/// In which lists a ticket appears, by the type of its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Closed, removed or merged.
    Done = 0,
    /// New, open or pending reminder: OTRS's viewable types.
    Viewable = 1,
    /// Pending auto: open, but in no queue's list.
    Auto = 2,
}

/// Which tickets.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of these classes; empty: all.
    pub classes: Vec<i64>,
    /// In one of these queues; empty: any.
    pub queues: Vec<Uuid>,
    /// Owned by.
    pub owner: Option<Uuid>,
    /// Locked and gone from the list of new work, or not: what was taken along is still there.
    pub locked: Option<bool>,
    /// Locked, here or taken along.
    pub locked_by_owner: bool,
    /// In one of these states; empty: any.
    pub states: Vec<Uuid>,
    /// With a pending time.
    pub pending: bool,
    /// Not in this queue.
    pub not_queue: Option<Uuid>,
    /// One of these; empty: any.
    pub ids: Vec<Uuid>,
    /// What the agent who asks may read; none: everything.
    pub sight: Option<Sight>,
    /// Watched by.
    pub watched_by: Option<Uuid>,
    /// Answered for by.
    pub responsible: Option<Uuid>,
    /// With a deadline before that moment (ms UTC).
    pub due_before: Option<i64>,
    /// Whose promises ended so.
    pub promises: Option<Promises>,
    /// None of these.
    pub without: Vec<Uuid>,
    /// The customer has not answered, and that was told.
    pub silent: bool,
}

/// Tickets by how their promises ended.
#[derive(Clone, Debug)]
pub struct Promises {
    /// Fulfilled since then, or due since then (ms UTC).
    pub from: i64,
    /// Fulfilled before then.
    pub to: i64,
    /// Now: what was due before is broken.
    pub now: i64,
    /// In this queue.
    pub queue: Option<Uuid>,
    /// Of this measure.
    pub measure: Option<&'static str>,
    /// Fulfilled in time.
    pub kept: bool,
    /// Fulfilled too late, or late.
    pub broken: bool,
    /// Not fulfilled, and not late.
    pub running: bool,
}

/// What stands for the deadline of a ticket that has none.
pub const NEVER: i64 = 9_000_000_000_000_000;

/// By what they are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named like the columns")]
pub enum Sort {
    Changed,
    Created,
    Number,
    Priority,
    Customer,
    Title,
    Pending,
    Due,
}

impl Sort {
    fn column(self) -> &'static str {
        match self {
            Self::Changed => "changed_at",
            Self::Created => "created_at",
            Self::Number => "number",
            Self::Priority => "rank",
            Self::Customer => "customer_sort",
            Self::Title => "title_sort",
            Self::Pending => "coalesce(pending_until, 9000000000000000)",
            Self::Due => "coalesce(due_at, pending_until, 9000000000000000)",
        }
    }

    /// Is its column of bytes, so that order is the same on both databases?
    fn is_bytes(self) -> bool {
        matches!(self, Self::Customer | Self::Title)
    }

    /// Is its key a text (else a number)?
    pub fn is_text(self) -> bool {
        matches!(self, Self::Number | Self::Customer | Self::Title)
    }
}

/// A row of a list.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct ListRow {
    pub id: Uuid,
    pub number: String,
    pub title: String,
    pub queue_id: Uuid,
    pub state_id: Uuid,
    pub priority_id: Uuid,
    pub owner_id: Option<Uuid>,
    pub locked: bool,
    pub customer_address: String,
    pub customer_name: String,
    pub created_at: i64,
    pub changed_at: i64,
    pub pending_until: Option<i64>,
    pub last_customer_at: Option<i64>,
    pub last_agent_at: Option<i64>,
    pub suspicious: bool,
    pub seq: i64,
    pub rank: i64,
    pub customer_key: String,
    pub preview: String,
    pub has_attachments: bool,
    pub trouble: Option<String>,
    pub away_id: Option<Uuid>,
    pub away_since: Option<i64>,
    #[sqlx(flatten)]
    pub due: DueColumns,
    pub silent_since: Option<i64>,
}

impl ListRow {
    /// What the row is sorted by, as a cursor keeps it.
    pub fn key(&self, sort: Sort) -> String {
        match sort {
            Sort::Changed => self.changed_at.to_string(),
            Sort::Created => self.created_at.to_string(),
            Sort::Number => self.number.clone(),
            Sort::Priority => self.rank.to_string(),
            Sort::Customer if self.customer_name.is_empty() => key::sort(&self.customer_address),
            Sort::Customer => key::sort(&self.customer_name),
            Sort::Title => key::sort(&self.title),
            Sort::Pending => self.pending_until.unwrap_or(NEVER).to_string(),
            Sort::Due => self.due.due_at.or(self.pending_until).unwrap_or(NEVER).to_string(),
        }
    }
}

/// Pushes the conditions of `$filter` onto `$query`; a macro because the builder's type differs per database.
macro_rules! conditions {
    ($query:expr, $filter:expr, $open_only:expr) => {{
        let (query, filter) = (&mut $query, $filter);
        query.push(" where ").push(classes(&filter.classes, $open_only));
        any_of!(query, "queue_id", &filter.queues);
        any_of!(query, "state_id", &filter.states);
        any_of!(query, "id", &filter.ids);
        if let Some(owner) = filter.owner {
            query.push(" and owner_id = ").push_bind(owner);
        }
        if let Some(locked) = filter.locked {
            query.push(" and locked = ").push_bind(locked);
        }
        if filter.locked_by_owner {
            query.push(" and (locked or away_id is not null)");
        }
        if let Some(agent) = filter.watched_by {
            query.push(" and id in (select ticket_id from watcher where agent_id = ").push_bind(agent).push(")");
        }
        if let Some(agent) = filter.responsible {
            query.push(" and responsible_id = ").push_bind(agent);
        }
        if let Some(queue) = filter.not_queue {
            query.push(" and queue_id <> ").push_bind(queue);
        }
        if filter.pending {
            query.push(" and pending_until is not null");
        }
        if filter.silent {
            query.push(" and silent_since >= last_agent_at and (last_customer_at is null or last_customer_at < last_agent_at)");
        }
        if !filter.without.is_empty() {
            query.push(" and id not in (");
            let mut list = query.separated(", ");
            for id in &filter.without {
                list.push_bind(*id);
            }
            query.push(")");
        }
        if let Some(wanted) = &filter.promises {
            promised!(*query, wanted);
        }
        if let Some(before) = filter.due_before {
            query.push(" and due_at is not null and due_at < ").push_bind(before);
        }
    }};
}

/// Pushes the condition that a ticket has a promise that ended as asked for.
macro_rules! promised {
    ($query:expr, $wanted:expr) => {{
        let (query, wanted) = (&mut $query, $wanted);
        query.push(" and (id in (select ticket_id from outcome where stop >= ").push_bind(wanted.from);
        query.push(" and stop < ").push_bind(wanted.to);
        query.push(match (wanted.kept, wanted.broken) {
            (true, true) => "",
            (true, false) => " and elapsed <= promised",
            (false, true) => " and elapsed > promised",
            (false, false) => " and 1 = 0",
        });
        if let Some(queue) = wanted.queue {
            query.push(" and queue_id = ").push_bind(queue);
        }
        if let Some(measure) = wanted.measure {
            query.push(" and measure = ").push_bind(measure);
        }
        query.push(") or (due_measure is not null and due_at >= ").push_bind(wanted.from);
        match (wanted.broken, wanted.running) {
            (true, true) => {}
            (true, false) => drop(query.push(" and due_at < ").push_bind(wanted.now)),
            (false, true) => drop(query.push(" and due_at >= ").push_bind(wanted.now)),
            (false, false) => drop(query.push(" and 1 = 0")),
        }
        if let Some(queue) = wanted.queue {
            query.push(" and queue_id = ").push_bind(queue);
        }
        if let Some(measure) = wanted.measure {
            query.push(" and due_measure = ").push_bind(measure);
        }
        query.push("))");
    }};
}

/// The classes as part of the text, so that the planner sees which indexes fit. With `open_only` a filter for open tickets
/// is written such that the indexes of open tickets alone may serve it; without, one that has the order wanted is found.
fn classes(classes: &[i64], open_only: bool) -> String {
    let has = |class| classes.contains(&class);
    let open = if open_only && !classes.is_empty() && !has(0) { "class > 0 and " } else { "" };
    match classes {
        [] => "1 = 1".into(),
        [one] => format!("{open}class = {one}"),
        many => format!("{open}class in ({})", many.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")),
    }
}

impl Filter {
    /// Does it ask for what one agent has to do with?
    fn by_agent(&self) -> bool {
        self.owner.is_some() || self.watched_by.is_some() || self.responsible.is_some()
    }

    /// Do the indexes of open tickets help with this order? A queue or an owner has few enough of them to sort.
    fn wants_open_index(&self, sort: Sort) -> bool {
        matches!(sort, Sort::Changed | Sort::Created) || !self.queues.is_empty() || self.by_agent()
    }

    /// What the agent may read, where the rest of the filter lets through more than that: one's own tickets are seen anyway.
    fn narrows(&self) -> Option<&Sight> {
        let sight = self.sight.as_ref()?;
        let own = self.owner.is_some() && self.owner == sight.agent;
        let readable = !self.queues.is_empty() && self.queues.iter().all(|queue| sight.queues.contains(queue));
        (!own && !readable).then_some(sight)
    }
}

macro_rules! any_of {
    ($query:expr, $column:literal, $values:expr) => {
        match $values.as_slice() {
            [] => {}
            [one] => {
                $query.push(concat!(" and ", $column, " = ")).push_bind(*one);
            }
            many => {
                $query.push(concat!(" and ", $column, " in ("));
                let mut list = $query.separated(", ");
                for value in many {
                    list.push_bind(*value);
                }
                $query.push(")");
            }
        }
    };
}

const COLUMNS: &str = "select id, number, title, queue_id, state_id, priority_id, owner_id, locked, customer_address, customer_name,
    created_at, changed_at, pending_until, last_customer_at, last_agent_at, suspicious, seq, rank, customer_key, preview,
    has_attachments, trouble, away_id, away_since, silent_since, due_at, due_measure, due_warn_at, due_paused, due_level_id, level_at
    from ticket";

/// Begins a query for a page of a list; a macro because the builder's type differs per database.
macro_rules! page {
    ($db:ty, $start:expr, $page:expr) => {{
        let Page { filter, sort, descending, after, limit } = $page;
        let mut query = QueryBuilder::<$db>::new($start);
        conditions!(query, filter, filter.wants_open_index(sort));
        seen!(query, filter.narrows());
        let (column, compare, order) = (sort.column(), if descending { "<" } else { ">" }, if descending { "desc" } else { "asc" });
        if let Some((key, id)) = after {
            query.push(format!(" and ({column}, id) {compare} ("));
            match key.parse::<i64>() {
                Ok(number) if !sort.is_text() => query.push_bind(number),
                _ if sort.is_bytes() => query.push_bind(key.as_bytes()),
                _ => query.push_bind(key),
            };
            query.push(", ").push_bind(id).push(")");
        }
        query.push(format!(" order by {column} {order}, id {order} limit ")).push_bind(limit);
        query
    }};
}

/// Which part of which list.
#[derive(Clone, Copy)]
struct Page<'a> {
    filter: &'a Filter,
    sort: Sort,
    descending: bool,
    after: Option<(&'a str, Uuid)>,
    limit: i64,
}

/// A page of tickets after the row that `after` names by its key and id.
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    sort: Sort,
    descending: bool,
    after: Option<(&str, Uuid)>,
    limit: i64,
) -> Result<Vec<ListRow>> {
    let page = Page { filter, sort, descending, after, limit };
    Ok(match &mut tx.conn {
        Conn::Sqlite(tx) => page!(sqlx::Sqlite, COLUMNS, page).build_query_as::<ListRow>().fetch_all(&mut **tx).await?,
        Conn::Postgres(tx) => page!(sqlx::Postgres, COLUMNS, page).build_query_as::<ListRow>().fetch_all(&mut **tx).await?,
    })
}

/// How the database goes about the first page of a list, in its own words; for tests, and for looking into a slow one.
pub async fn plan(tx: &mut Tx, filter: &Filter, sort: Sort, descending: bool) -> Result<Vec<String>> {
    let page = Page { filter, sort, descending, after: None, limit: 50 };
    Ok(match &mut tx.conn {
        Conn::Sqlite(tx) => {
            let mut query = page!(sqlx::Sqlite, format!("explain query plan {COLUMNS}"), page);
            let rows = query.build_query_as::<(i64, i64, i64, String)>().fetch_all(&mut **tx).await?;
            rows.into_iter().map(|(_, _, _, detail)| detail).collect()
        }
        Conn::Postgres(tx) => page!(sqlx::Postgres, format!("explain {COLUMNS}"), page).build_query_scalar().fetch_all(&mut **tx).await?,
    })
}

/// How many tickets there are.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    const BY_HAND: &str = "select cast(count(*) as bigint) from ticket";
    const TALLY: &str = "select cast(coalesce(sum(tickets), 0) as bigint) from tally";
    macro_rules! run {
        ($start:expr, $by_hand:expr, $query:ident => $narrow:block) => {
            match &mut tx.conn {
                Conn::Sqlite(tx) => {
                    let mut $query = QueryBuilder::<sqlx::Sqlite>::new($start);
                    conditions!($query, filter, $by_hand);
                    $narrow
                    $query.build_query_scalar::<i64>().fetch_one(&mut **tx).await?
                }
                Conn::Postgres(tx) => {
                    let mut $query = QueryBuilder::<sqlx::Postgres>::new($start);
                    conditions!($query, filter, $by_hand);
                    $narrow
                    $query.build_query_scalar::<i64>().fetch_one(&mut **tx).await?
                }
            }
        };
    }
    let by_row = filter.pending
        || filter.silent
        || filter.due_before.is_some()
        || filter.promises.is_some()
        || !filter.ids.is_empty()
        || !filter.without.is_empty();
    if filter.by_agent() || filter.locked_by_owner || by_row {
        return Ok(run!(BY_HAND, true, query => { seen!(query, filter.narrows()); }));
    }
    let inside = run!(TALLY, false, query => {
        if let Some(sight) = filter.narrows() {
            query.push(" and ");
            among!(query, "queue_id", &sight.queues);
        }
    });
    let Some(sight) = filter.narrows().filter(|sight| sight.agent.is_some()) else { return Ok(inside) };
    let outside = run!(BY_HAND, false, query => {
        query.push(" and not ");
        among!(query, "queue_id", &sight.queues);
        query.push(" and ");
        outside!(query, sight);
    });
    Ok(inside + outside)
}

/// How many viewable tickets a queue has, locked or not.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct QueueCount {
    /// The queue.
    pub queue_id: Uuid,
    /// Locked ones, or those that are not.
    pub locked: bool,
    /// How many.
    pub tickets: i64,
}

/// The counts of the views of one agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct ViewCounts {
    /// Mine and open.
    pub mine: i64,
    /// Locked by me.
    pub locked: i64,
    /// Mine and waiting for a moment.
    pub reminders: i64,
    /// Open and watched by me.
    pub watched: i64,
    /// Mine, and the customer has not answered, which was told.
    pub silent: i64,
}

/// Counts the views of one agent; of those that they have snoozed none.
pub async fn view_counts(tx: &mut Tx, agent: Uuid, snoozed: &[Uuid]) -> Result<ViewCounts> {
    const START: &str = "
        select cast(count(*) as bigint) as mine,
            cast(coalesce(sum(case when locked or away_id is not null then 1 else 0 end), 0) as bigint) as locked,
            cast(coalesce(sum(case when pending_until is not null then 1 else 0 end), 0) as bigint) as reminders,
            cast(coalesce(sum(case when silent_since >= last_agent_at and (last_customer_at is null or last_customer_at < last_agent_at)
                then 1 else 0 end), 0) as bigint) as silent,
            (select cast(count(*) as bigint) from watcher w join ticket t on t.id = w.ticket_id where t.class > 0 and w.agent_id = ";
    macro_rules! but_for {
        ($query:expr, $column:literal) => {
            if !snoozed.is_empty() {
                $query.push(concat!(" and ", $column, " not in ("));
                let mut list = $query.separated(", ");
                for id in snoozed {
                    list.push_bind(*id);
                }
                $query.push(")");
            }
        };
    }
    Ok(on!(tx, conn => {
        let mut query = QueryBuilder::new(START);
        query.push_bind(agent);
        but_for!(query, "t.id");
        query.push(") as watched from ticket where class > 0 and owner_id = ").push_bind(agent);
        but_for!(query, "id");
        query.build_query_as().fetch_one(conn).await
    })?)
}
