//! The feed's units as tables hold them: read on a server, put on a replica.

use std::collections::HashMap;

use docket_domain::{
    ArticleId, Event, TicketId,
    unit::{ArticleUnit, TicketUnit},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    article, attachment_row,
    db::{Result, Tx},
    event,
    ticket::{self, UnitRow},
};

mod put;
pub use put::{Placing, forget, guesses_gone, in_queues, put, restore};

/// A ticket of the feed before its articles are looked up.
#[derive(Clone, Debug)]
pub struct Head {
    /// The unit without articles and history.
    pub unit: TicketUnit,
    /// The feed number of the last change of who may see it.
    pub scope_seq: i64,
}

impl From<UnitRow> for Head {
    fn from(row: UnitRow) -> Self {
        let UnitRow { seq, scope_seq, preview, has_attachments, trouble, ticket } = row;
        let unit = TicketUnit {
            seq,
            whole: false,
            ticket: ticket.into(),
            preview,
            has_attachments,
            trouble,
            articles: Vec::new(),
            events: Vec::new(),
            links: Vec::new(),
        };
        Self { unit, scope_seq }
    }
}

/// The tickets that changed after that feed number, in feed order.
pub async fn after(tx: &mut Tx, seq: i64, limit: i64) -> Result<Vec<Head>> {
    let sql = sqlx::AssertSqlSafe(format!("select {} from ticket where seq > $1 order by seq limit $2", ticket::UNIT_COLUMNS));
    let rows: Vec<UnitRow> = on!(tx, conn => sqlx::query_as(sql).bind(seq).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Head::from).collect())
}

/// Whose first sync it is, and of which queues.
#[derive(Clone, Debug)]
pub struct Sight {
    /// The agent: tickets that are theirs, that they answer for or watch are seen wherever they lie.
    pub agent: Uuid,
    /// The queues.
    pub queues: Vec<Uuid>,
}

/// Where a first sync stands: open tickets come first, the latest change before the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Is it among the open ones?
    pub open: bool,
    /// The last change of the last ticket.
    pub changed_at: i64,
    /// Its id.
    pub id: Uuid,
}

macro_rules! seen {
    ($query:expr, $sight:expr) => {{
        let (query, sight) = (&mut $query, $sight);
        query.push(" and (owner_id = ").push_bind(sight.agent).push(" or responsible_id = ").push_bind(sight.agent);
        query.push(" or id in (select ticket_id from watcher where agent_id = ").push_bind(sight.agent).push(")");
        if !sight.queues.is_empty() {
            query.push(" or queue_id in (");
            let mut list = query.separated(", ");
            for queue in &sight.queues {
                list.push_bind(*queue);
            }
            query.push(")");
        }
        query.push(")");
    }};
}

/// A page of a first sync: open tickets only, or closed ones only, as `open` says.
pub async fn first(tx: &mut Tx, sight: &Sight, open: bool, before: Option<Place>, limit: i64) -> Result<Vec<Head>> {
    let class = if open { "class > 0" } else { "class = 0" };
    let start = format!("select {} from ticket where {class}", ticket::UNIT_COLUMNS);
    let rows: Vec<UnitRow> = on!(tx, conn => {
        let mut query = QueryBuilder::new(&start);
        if let Some(before) = before {
            query.push(" and (changed_at, id) < (").push_bind(before.changed_at).push(", ").push_bind(before.id).push(")");
        }
        seen!(query, sight);
        query.push(" order by changed_at desc, id desc limit ").push_bind(limit);
        query.build_query_as::<UnitRow>().fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(Head::from).collect())
}

/// How many tickets a first sync will bring.
pub async fn count(tx: &mut Tx, sight: &Sight) -> Result<i64> {
    Ok(on!(tx, conn => {
        let mut query = QueryBuilder::new("select cast(count(*) as bigint) from ticket where 1 = 1");
        seen!(query, sight);
        query.build_query_scalar::<i64>().fetch_one(conn).await
    })?)
}

/// Looks up articles, history and links: all of them for units that are whole, else what has a feed number above `floor`.
pub async fn complete(tx: &mut Tx, units: &mut [TicketUnit], floor: i64) -> Result<()> {
    for (whole, floor) in [(true, -1), (false, floor)] {
        let ids: Vec<Uuid> = units.iter().filter(|unit| unit.whole == whole).map(|unit| unit.ticket.id.0).collect();
        if ids.is_empty() {
            continue;
        }
        let mut articles = articles(tx, &ids, floor).await?;
        let mut events = event::of_tickets(tx, &ids, floor).await?;
        for unit in units.iter_mut().filter(|unit| unit.whole == whole) {
            unit.articles = articles.remove(&unit.ticket.id.0).unwrap_or_default();
            unit.events = events.remove(&unit.ticket.id.0).unwrap_or_default();
        }
    }
    let ids: Vec<Uuid> = units.iter().map(|unit| unit.ticket.id.0).collect();
    let mut links = links(tx, &ids).await?;
    for unit in units {
        unit.links = links.remove(&unit.ticket.id.0).unwrap_or_default();
    }
    Ok(())
}

async fn articles(tx: &mut Tx, tickets: &[Uuid], floor: i64) -> Result<HashMap<Uuid, Vec<ArticleUnit>>> {
    let stored = article::of_tickets(tx, tickets, floor).await?;
    let mut files = attachment_row::of_articles(tx, &stored.iter().map(|stored| stored.article.id.0).collect::<Vec<_>>()).await?;
    let mut by_ticket: HashMap<Uuid, Vec<ArticleUnit>> = HashMap::new();
    for article::Stored { article, sent_at, delivery_error } in stored {
        let attachments = files.remove(&article.id.0).unwrap_or_default();
        by_ticket.entry(article.ticket.0).or_default().push(ArticleUnit { article, sent_at, delivery_error, attachments });
    }
    Ok(by_ticket)
}

async fn links(tx: &mut Tx, tickets: &[Uuid]) -> Result<HashMap<Uuid, Vec<(TicketId, String)>>> {
    // PostgreSQL knows no empty list.
    if tickets.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, Uuid, String)> = on!(tx, conn => {
        let mut query = QueryBuilder::new("select ticket_id, other_id, kind from link where ticket_id in (");
        let mut list = query.separated(", ");
        for ticket in tickets {
            list.push_bind(*ticket);
        }
        query.push(") order by ticket_id, other_id");
        query.build_query_as().fetch_all(conn).await
    })?;
    let mut by_ticket: HashMap<Uuid, Vec<(TicketId, String)>> = HashMap::new();
    for (ticket, other, kind) in rows {
        by_ticket.entry(ticket).or_default().push((TicketId(other), kind));
    }
    Ok(by_ticket)
}

/// The row of a replica's ticket as the server sent it, with its links and without articles and history; `seq` is the server's.
pub async fn row(tx: &mut Tx, id: TicketId) -> Result<Option<TicketUnit>> {
    let columns = ticket::UNIT_COLUMNS.replacen("seq,", "unit_seq as seq,", 1);
    let sql = sqlx::AssertSqlSafe(format!("select {columns} from ticket where id = $1"));
    let row: Option<UnitRow> = on!(tx, conn => sqlx::query_as(sql).bind(id.0).fetch_optional(conn).await)?;
    let Some(mut unit) = row.map(|row| Head::from(row).unit) else { return Ok(None) };
    unit.links = links(tx, &[id.0]).await?.remove(&id.0).unwrap_or_default();
    Ok(Some(unit))
}

/// One article as the feed has it.
pub async fn article(tx: &mut Tx, id: ArticleId) -> Result<Option<ArticleUnit>> {
    let Some(article::Stored { article, sent_at, delivery_error }) = article::find(tx, id).await? else { return Ok(None) };
    let attachments = attachment_row::of_articles(tx, &[id.0]).await?.remove(&id.0).unwrap_or_default();
    Ok(Some(ArticleUnit { article, sent_at, delivery_error, attachments }))
}

/// The events of these tickets with a feed number above `floor`, by ticket, oldest first: what a ticket was at that number is told
/// from them.
pub async fn events_after(tx: &mut Tx, tickets: &[Uuid], floor: i64) -> Result<HashMap<Uuid, Vec<Event>>> {
    event::of_tickets(tx, tickets, floor).await
}
