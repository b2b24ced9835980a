//! What an agent may read, as a condition that every list, count and search of tickets shares.

use uuid::Uuid;

use super::{Brief, QueueCount};
use crate::{
    db::{Conn, Result, Tx},
    key::{self, escaped, indexed},
};

/// What one agent may read: every ticket of some queues, and wherever they lie the tickets that they own, answer for or watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// Whose tickets; none: nobody's, as for an agent who is disabled.
    pub agent: Option<Uuid>,
    /// The queues that they may read.
    pub queues: Vec<Uuid>,
}

/// Builds a query piece by piece and fetches what it finds; a macro because the builder's type differs per database.
macro_rules! ask {
    ($tx:expr, $start:expr, $query:ident => $push:block, $fetch:ident) => {
        match &mut $tx.conn {
            Conn::Sqlite(tx) => {
                let mut $query = sqlx::QueryBuilder::<sqlx::Sqlite>::new($start);
                $push
                $query.build_query_as().$fetch(&mut **tx).await?
            }
            Conn::Postgres(tx) => {
                let mut $query = sqlx::QueryBuilder::<sqlx::Postgres>::new($start);
                $push
                $query.build_query_as().$fetch(&mut **tx).await?
            }
        }
    };
}

/// Pushes `column in (values)`, or what is never true where there are none.
macro_rules! among {
    ($query:expr, $column:expr, $values:expr) => {{
        if $values.is_empty() {
            $query.push("1 = 0");
        } else {
            $query.push(concat!($column, " in ("));
            let mut list = $query.separated(", ");
            for value in $values {
                list.push_bind(*value);
            }
            $query.push(")");
        }
    }};
}

/// Pushes the condition that a ticket is one of those that the agent sees although they may not read its queue. The rows of
/// the subquery are found once; `id` is in every index, so a walk tells without looking at the row.
macro_rules! outside {
    ($query:expr, $sight:expr) => {{
        let sight = $sight;
        match sight.agent {
            None => drop($query.push("1 = 0")),
            Some(agent) => {
                for (start, column) in
                    [("id in (select id from ticket where ", "owner_id"), (" union all select id from ticket where ", "responsible_id")]
                {
                    $query.push(start).push(column).push(" = ").push_bind(agent);
                    if !sight.queues.is_empty() {
                        $query.push(" and not ");
                        among!($query, "queue_id", &sight.queues);
                    }
                }
                $query.push(" union all select ticket_id from watcher where agent_id = ").push_bind(agent).push(")");
            }
        }
    }};
}

/// Pushes the condition that an agent sees a ticket. The two columns keep the planner from taking the queues for what it
/// should look up: most tickets are in them.
macro_rules! seen {
    ($query:expr, $sight:expr) => {
        if let Some(sight) = $sight {
            $query.push(" and (");
            among!($query, "coalesce(queue_id, id)", &sight.queues);
            $query.push(" or ");
            outside!($query, sight);
            $query.push(")");
        }
    };
}

pub(crate) use {among, ask, outside, seen};

/// The viewable tickets of all queues.
pub async fn queue_counts(tx: &mut Tx, sight: Option<&Sight>) -> Result<Vec<QueueCount>> {
    const INSIDE: &str = "select queue_id, locked, cast(sum(tickets) as bigint) as tickets from tally where class = 1 and tickets > 0";
    const OUTSIDE: &str = "select queue_id, locked, cast(count(*) as bigint) as tickets from ticket where class = 1";
    let mut counts: Vec<QueueCount> = ask!(tx, INSIDE, query => {
        if let Some(sight) = sight {
            query.push(" and ");
            among!(query, "queue_id", &sight.queues);
        }
        query.push(" group by queue_id, locked");
    }, fetch_all);
    if let Some(sight) = sight.filter(|sight| sight.agent.is_some()) {
        let more: Vec<QueueCount> = ask!(tx, OUTSIDE, query => {
            query.push(" and not ");
            among!(query, "queue_id", &sight.queues);
            query.push(" and ");
            outside!(query, sight);
            query.push(" group by queue_id, locked");
        }, fetch_all);
        counts.extend(more);
    }
    Ok(counts)
}

/// The tickets that changed after that feed number, at most `limit`, in feed order.
pub async fn changed_after(tx: &mut Tx, seq: i64, limit: i64, sight: Option<&Sight>) -> Result<Vec<(Uuid, i64)>> {
    Ok(ask!(tx, "select id, seq from ticket where seq > ", query => {
        query.push_bind(seq);
        seen!(query, sight);
        query.push(" order by seq limit ").push_bind(limit);
    }, fetch_all))
}

/// Did any ticket come into somebody's sight or leave it after that feed number?
pub async fn scopes_moved(tx: &mut Tx, seq: i64) -> Result<bool> {
    const SQL: &str = "select cast(count(*) as bigint) from (select 1 from ticket where scope_seq > $1 limit 1) as moved";
    let found: i64 = on!(tx, conn => sqlx::query_scalar(SQL).bind(seq).fetch_one(conn).await)?;
    Ok(found > 0)
}

/// The latest tickets of a customer (lower-case address), and how many are open and there are in all.
pub async fn of_customer(tx: &mut Tx, key: &str, limit: i64, sight: Option<&Sight>) -> Result<(Vec<Brief>, i64, i64)> {
    const LATEST: &str = "select id, number, title, state_id, changed_at from ticket where customer_key = ";
    const COUNTS: &str = "
        select cast(coalesce(sum(case when class > 0 then 1 else 0 end), 0) as bigint), cast(count(*) as bigint)
        from ticket where customer_key = ";
    let key = indexed(key).into_owned();
    let latest = ask!(tx, LATEST, query => {
        query.push_bind(&key);
        seen!(query, sight);
        query.push(" order by changed_at desc, id desc limit ").push_bind(limit);
    }, fetch_all);
    let (open, total): (i64, i64) = ask!(tx, COUNTS, query => {
        query.push_bind(&key);
        seen!(query, sight);
    }, fetch_one);
    Ok((latest, open, total))
}

/// The tickets linked with this one, and how.
pub async fn linked(tx: &mut Tx, id: docket_domain::TicketId, sight: Option<&Sight>) -> Result<Vec<(Brief, String)>> {
    const SQL: &str = "
        select id, number, title, state_id, changed_at, l.kind from link l join ticket on id = l.other_id where l.ticket_id = ";
    let rows: Vec<(Uuid, String, String, Uuid, i64, String)> = ask!(tx, SQL, query => {
        query.push_bind(id.0);
        seen!(query, sight);
        query.push(" order by changed_at desc, id desc");
    }, fetch_all);
    Ok(rows
        .into_iter()
        .map(|(id, number, title, state_id, changed_at, kind)| (Brief { id, number, title, state_id, changed_at }, kind))
        .collect())
}

/// Tickets whose number, title or customer holds `text`, whatever its case: open ones first, then the latest. A stopgap until
/// the full-text index comes.
pub async fn search(tx: &mut Tx, text: &str, limit: i64, sight: Option<&Sight>) -> Result<Vec<Brief>> {
    let pattern = format!("%{}%", escaped(&key::fold(text)));
    Ok(ask!(tx, "select id, number, title, state_id, changed_at from ticket where search_key like ", query => {
        query.push_bind(&pattern).push(" escape '\\'");
        seen!(query, sight);
        query.push(" order by class + 0 desc, changed_at desc limit ").push_bind(limit);
    }, fetch_all))
}

/// How many mails are on their way out.
pub async fn mails_waiting(tx: &mut Tx, sight: Option<&Sight>) -> Result<i64> {
    const SQL: &str = "select cast(count(*) as bigint) from job where state in ('waiting', 'claimed', 'started')";
    let (waiting,): (i64,) = ask!(tx, SQL, query => {
        if sight.is_some() {
            query.push(" and exists (select 1 from ticket where ticket.id = job.ticket_id");
            seen!(query, sight);
            query.push(")");
        }
    }, fetch_one);
    Ok(waiting)
}

/// Whose mails are in trouble, on whose tickets, and how many.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "named like the columns")]
pub struct Trouble {
    pub author_id: Option<Uuid>,
    pub queue_id: Uuid,
    pub owner_id: Option<Uuid>,
    pub responsible_id: Option<Uuid>,
    pub mails: i64,
}

/// The mails that wait for a decision, by whom they concern; an automatic one that failed waits for none.
pub async fn troubles(tx: &mut Tx) -> Result<Vec<Trouble>> {
    const SQL: &str = "
        select a.author_id, t.queue_id, t.owner_id, t.responsible_id, cast(count(*) as bigint) as mails
        from article a join ticket t on t.id = a.ticket_id
        where a.delivery in ('failed', 'held', 'perhaps_sent') and (a.author_id is not null or a.delivery <> 'failed')
        group by a.author_id, t.queue_id, t.owner_id, t.responsible_id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}
