//! A replica's side: what the server sent replaces what stood there, guesses included.

use std::collections::HashMap;

use docket_domain::{
    Event, Sender, TicketId,
    article::Attachment,
    deadline::Next,
    unit::{ArticleUnit, TicketUnit},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    article::{self, Written},
    db::{Result, Tx},
    json,
    key::{self, indexed, storable, storable_option},
    ticket::{
        due::{self, DueColumns},
        mirrored,
        tally::{self, Place},
    },
};

/// Rows that one statement takes: SQLite binds 32,766 values at most, a ticket has 53.
const ROWS: usize = 400;

/// A unit and where lists show it.
#[derive(Clone, Copy, Debug)]
pub struct Placing<'a> {
    /// The unit.
    pub unit: &'a TicketUnit,
    /// In which lists it appears.
    pub class: i64,
    /// The rank of its priority.
    pub rank: i64,
    /// Its deadlines.
    pub next: Next,
}

/// Puts units as the server sent them, under the replica's own feed number `seq`. What it knew of a whole unit goes; of others its
/// guesses go. Tickets that are there already in a later state must be left out.
pub async fn put(tx: &mut Tx, placings: &[Placing<'_>], seq: i64) -> Result<()> {
    for some in placings.chunks(ROWS) {
        let ids: Vec<Uuid> = some.iter().map(|placing| placing.unit.ticket.id.0).collect();
        let whole: Vec<Uuid> = some.iter().filter(|placing| placing.unit.whole).map(|placing| placing.unit.ticket.id.0).collect();
        empty(tx, &whole).await?;
        guesses_gone(tx, &ids).await?;
        let before = places(tx, &ids).await?;
        tickets(tx, some, seq).await?;
        count(tx, before, some).await?;
        watchers(tx, some).await?;
        links(tx, some).await?;
        let all: Vec<&ArticleUnit> = some.iter().flat_map(|placing| &placing.unit.articles).collect();
        articles(tx, &all).await?;
        let history: Vec<(Uuid, &Event)> =
            some.iter().flat_map(|placing| placing.unit.events.iter().map(|event| (placing.unit.ticket.id.0, event))).collect();
        events(tx, &history).await?;
        for id in ids {
            tx.tickets.remove(&TicketId(id));
        }
    }
    Ok(())
}

/// Puts the row of one ticket back as the server last sent it, and those of its articles that the unit names.
pub async fn restore(tx: &mut Tx, placing: Placing<'_>, seq: i64) -> Result<()> {
    let id = placing.unit.ticket.id.0;
    let before = places(tx, &[id]).await?;
    tickets(tx, &[placing], seq).await?;
    count(tx, before, &[placing]).await?;
    watchers(tx, &[placing]).await?;
    links(tx, &[placing]).await?;
    let changed: Vec<&ArticleUnit> = placing.unit.articles.iter().collect();
    articles(tx, &changed).await?;
    tx.tickets.remove(&TicketId(id));
    Ok(())
}

/// Runs `$sql` with the ids as its only values, where it says `(ids)`.
macro_rules! with_ids {
    ($tx:expr, $ids:expr, $before:expr, $after:expr) => {
        on!($tx, conn => {
            let mut query = QueryBuilder::new($before);
            let mut list = query.separated(", ");
            for id in $ids {
                list.push_bind(*id);
            }
            query.push($after);
            query.build().execute(conn).await.map(drop)
        })?
    };
}

/// Takes the articles and the history of tickets away.
async fn empty(tx: &mut Tx, ids: &[Uuid]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    with_ids!(tx, ids, "delete from attachment where article_id in (select id from article where ticket_id in (", "))");
    with_ids!(tx, ids, "delete from article where ticket_id in (", ")");
    with_ids!(tx, ids, "delete from event where ticket_id in (", ")");
    Ok(())
}

/// Takes away what was only guessed about tickets: it has the feed number 0.
pub async fn guesses_gone(tx: &mut Tx, ids: &[Uuid]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    with_ids!(tx, ids, "delete from attachment where article_id in (select id from article where seq = 0 and ticket_id in (", "))");
    with_ids!(tx, ids, "delete from article where seq = 0 and ticket_id in (", ")");
    with_ids!(tx, ids, "delete from event where seq = 0 and ticket_id in (", ")");
    Ok(())
}

/// Wipes tickets from a replica with everything on them.
pub async fn forget(tx: &mut Tx, ids: &[Uuid]) -> Result<()> {
    for ids in ids.chunks(10_000) {
        let before = places(tx, ids).await?;
        empty(tx, ids).await?;
        with_ids!(tx, ids, "delete from ticket where id in (", ")");
        with_ids!(tx, ids, "delete from watcher where ticket_id in (", ")");
        with_ids!(tx, ids, "delete from outcome where ticket_id in (", ")");
        with_ids!(tx, ids, "delete from link where ticket_id in (", ")");
        with_ids!(tx, ids, "delete from link where other_id in (", ")");
        with_ids!(tx, ids, "delete from read_mark where ticket_id in (", ")");
        with_ids!(tx, ids, "delete from confirmed where ticket_id in (", ")");
        count(tx, before, &[]).await?;
        for id in ids {
            tx.tickets.remove(&TicketId(*id));
        }
    }
    Ok(())
}

/// The tickets of these queues that the agent sees for no other reason.
pub async fn in_queues(tx: &mut Tx, queues: &[Uuid], agent: Uuid) -> Result<Vec<Uuid>> {
    if queues.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on!(tx, conn => {
        let mut query = QueryBuilder::new("select id from ticket where queue_id in (");
        let mut list = query.separated(", ");
        for queue in queues {
            list.push_bind(*queue);
        }
        query.push(") and (owner_id is null or owner_id <> ").push_bind(agent);
        query.push(") and (responsible_id is null or responsible_id <> ").push_bind(agent);
        query.push(") and id not in (select ticket_id from watcher where agent_id = ").push_bind(agent).push(")");
        query.build_query_scalar::<Uuid>().fetch_all(conn).await
    })?)
}

async fn places(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Place>> {
    Ok(on!(tx, conn => {
        let mut query = QueryBuilder::new("select class, queue_id, state_id, locked from ticket where id in (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_as::<Place>().fetch_all(conn).await
    })?)
}

/// Counts tickets where they now stand and no longer where they stood.
async fn count(tx: &mut Tx, before: Vec<Place>, now: &[Placing<'_>]) -> Result<()> {
    let mut steps: HashMap<Place, i64> = HashMap::new();
    for place in before {
        *steps.entry(place).or_default() -= 1;
    }
    for Placing { unit, class, .. } in now {
        let ticket = &unit.ticket;
        *steps.entry((*class, ticket.queue.0, ticket.state.0, ticket.is_held())).or_default() += 1;
    }
    for (place, step) in steps.into_iter().filter(|(_, step)| *step != 0) {
        tally::add(tx, place, step).await?;
    }
    Ok(())
}

async fn tickets(tx: &mut Tx, placings: &[Placing<'_>], seq: i64) -> Result<()> {
    const START: &str = "
        insert into ticket (id, number, title, queue_id, state_id, priority_id, owner_id, locked, customer_address, customer_name,
            created_at, changed_at, pending_until, articles, events, last_customer_at, last_agent_at, first_response_at, closed_at,
            junk_queue_id, junk_state_id, suspicious, seq, scope_seq, class, rank, customer_key, customer_sort, title_sort, search_key,
            preview, has_attachments, trouble, responsible_id, merged_into, away_id, away_since, watchers, unit_seq, service_id, type_id,
            service_level_id, clocks, due_at, due_measure, due_warn_at, due_paused, due_level_id, level_at, lock_since,
            last_writer, reminded_at, silent_since) ";
    const END: &str = " on conflict (id) do update set
            number = excluded.number, title = excluded.title, queue_id = excluded.queue_id, state_id = excluded.state_id,
            priority_id = excluded.priority_id, owner_id = excluded.owner_id, locked = excluded.locked,
            customer_address = excluded.customer_address, customer_name = excluded.customer_name, created_at = excluded.created_at,
            changed_at = excluded.changed_at, pending_until = excluded.pending_until, articles = excluded.articles,
            events = excluded.events, last_customer_at = excluded.last_customer_at, last_agent_at = excluded.last_agent_at,
            first_response_at = excluded.first_response_at, closed_at = excluded.closed_at, junk_queue_id = excluded.junk_queue_id,
            junk_state_id = excluded.junk_state_id, suspicious = excluded.suspicious, seq = excluded.seq,
            scope_seq = excluded.scope_seq, class = excluded.class, rank = excluded.rank, customer_key = excluded.customer_key,
            customer_sort = excluded.customer_sort, title_sort = excluded.title_sort, search_key = excluded.search_key,
            preview = excluded.preview, has_attachments = excluded.has_attachments, trouble = excluded.trouble,
            responsible_id = excluded.responsible_id, merged_into = excluded.merged_into, away_id = excluded.away_id,
            away_since = excluded.away_since, watchers = excluded.watchers, unit_seq = excluded.unit_seq,
            service_id = excluded.service_id, type_id = excluded.type_id, service_level_id = excluded.service_level_id,
            clocks = excluded.clocks, due_at = excluded.due_at, due_measure = excluded.due_measure,
            due_warn_at = excluded.due_warn_at, due_paused = excluded.due_paused, due_level_id = excluded.due_level_id,
            level_at = excluded.level_at, lock_since = excluded.lock_since, last_writer = excluded.last_writer,
            reminded_at = excluded.reminded_at, silent_since = excluded.silent_since";
    let texts = placings.iter().map(|placing| {
        let ticket = &placing.unit.ticket;
        Ok((json::write("watchers", &ticket.watchers)?, due::written(ticket)?))
    });
    let texts = texts.collect::<Result<Vec<_>>>()?;
    let rows: Vec<_> = placings.iter().zip(texts).collect();
    on!(tx, conn => {
        let mut query = QueryBuilder::new(START);
        query.push_values(rows, |mut row, (Placing { unit, class, rank, next }, (watchers, clocks))| {
            let ticket = &unit.ticket;
            let (address, name) = (storable(&ticket.customer.address), storable(&ticket.customer.name));
            let shown = if name.is_empty() { &address } else { &name };
            let search = key::search(&[&ticket.number, &ticket.title, &name, &address]);
            row.push_bind(ticket.id.0).push_bind(&ticket.number).push_bind(storable(&ticket.title)).push_bind(ticket.queue.0);
            row.push_bind(ticket.state.0).push_bind(ticket.priority.0).push_bind(ticket.owner.map(|owner| owner.0));
            row.push_bind(ticket.is_held()).push_bind(address.clone()).push_bind(name.clone()).push_bind(ticket.created_at);
            row.push_bind(ticket.changed_at).push_bind(ticket.pending_until).push_bind(ticket.articles).push_bind(ticket.events);
            row.push_bind(ticket.last_customer_at).push_bind(ticket.last_agent_at).push_bind(ticket.first_response_at);
            row.push_bind(ticket.closed_at).push_bind(ticket.junk_from.map(|(queue, _)| queue.0));
            row.push_bind(ticket.junk_from.map(|(_, state)| state.0)).push_bind(ticket.suspicious).push_bind(seq).push_bind(seq);
            row.push_bind(*class).push_bind(*rank).push_bind(indexed(&ticket.customer.address.to_lowercase()).into_owned());
            row.push_bind(key::sort(shown).into_bytes()).push_bind(key::sort(&ticket.title).into_bytes()).push_bind(search);
            row.push_bind(storable(&unit.preview)).push_bind(unit.has_attachments).push_bind(&unit.trouble);
            row.push_bind(ticket.responsible.map(|agent| agent.0)).push_bind(ticket.merged_into.map(|into| into.0));
            row.push_bind(ticket.away.map(|away| away.agent.0)).push_bind(ticket.away.map(|away| away.since)).push_bind(watchers);
            row.push_bind(unit.seq).push_bind(ticket.service.map(|id| id.0)).push_bind(ticket.ticket_type.map(|id| id.0));
            let due = DueColumns::from(*next);
            row.push_bind(ticket.service_level.map(|id| id.0)).push_bind(clocks).push_bind(due.due_at).push_bind(due.due_measure);
            row.push_bind(due.due_warn_at).push_bind(due.due_paused).push_bind(due.due_level_id).push_bind(due.level_at);
            row.push_bind(ticket.timers.lock_since).push_bind(ticket.timers.last_writer.map(Sender::as_str));
            row.push_bind(ticket.timers.reminded_at).push_bind(ticket.timers.silent_since);
        });
        query.push(END);
        query.build().execute(conn).await.map(drop)
    })?;
    Ok(())
}

async fn watchers(tx: &mut Tx, placings: &[Placing<'_>]) -> Result<()> {
    let ids: Vec<Uuid> = placings.iter().map(|placing| placing.unit.ticket.id.0).collect();
    with_ids!(tx, &ids, "delete from watcher where ticket_id in (", ")");
    let rows: Vec<(Uuid, Uuid)> =
        placings.iter().flat_map(|placing| placing.unit.ticket.watchers.iter().map(|agent| (agent.0, placing.unit.ticket.id.0))).collect();
    if rows.is_empty() {
        return Ok(());
    }
    on!(tx, conn => {
        let mut query = QueryBuilder::new("insert into watcher (agent_id, ticket_id) ");
        query.push_values(rows, |mut row, (agent, ticket)| {
            row.push_bind(agent).push_bind(ticket);
        });
        query.build().execute(conn).await.map(drop)
    })?;
    Ok(())
}

/// Links stand both ways; the kind from the other side is the opposite one.
async fn links(tx: &mut Tx, placings: &[Placing<'_>]) -> Result<()> {
    let ids: Vec<Uuid> = placings.iter().map(|placing| placing.unit.ticket.id.0).collect();
    with_ids!(tx, &ids, "delete from link where ticket_id in (", ")");
    with_ids!(tx, &ids, "delete from link where other_id in (", ")");
    let mut rows: HashMap<(Uuid, Uuid), String> = HashMap::new();
    for unit in placings.iter().map(|placing| placing.unit) {
        for (other, kind) in &unit.links {
            rows.insert((unit.ticket.id.0, other.0), kind.clone());
            rows.insert((other.0, unit.ticket.id.0), mirrored(kind).to_owned());
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    on!(tx, conn => {
        let mut query = QueryBuilder::new("insert into link (ticket_id, other_id, kind) ");
        query.push_values(rows, |mut row, ((one, other), kind)| {
            row.push_bind(one).push_bind(other).push_bind(kind);
        });
        query.build().execute(conn).await.map(drop)
    })?;
    Ok(())
}

async fn articles(tx: &mut Tx, units: &[&ArticleUnit]) -> Result<()> {
    const START: &str = "
        insert into article (id, ticket_id, ordinal, sender, channel, direction, visible, author_id, mail_from, mail_to, mail_cc, mail_bcc,
            mail_reply_to, subject, body, html, message_id, mail_references, created_at, raw, delivery, sent_at, delivery_error, warnings,
            seq) ";
    const END: &str = " on conflict (id) do update set ticket_id = excluded.ticket_id, ordinal = excluded.ordinal,
            sender = excluded.sender, channel = excluded.channel, direction = excluded.direction, visible = excluded.visible,
            author_id = excluded.author_id, mail_from = excluded.mail_from, mail_to = excluded.mail_to, mail_cc = excluded.mail_cc,
            mail_bcc = excluded.mail_bcc, mail_reply_to = excluded.mail_reply_to, subject = excluded.subject, body = excluded.body,
            html = excluded.html, message_id = excluded.message_id, mail_references = excluded.mail_references,
            created_at = excluded.created_at, raw = excluded.raw, delivery = excluded.delivery, sent_at = excluded.sent_at,
            delivery_error = excluded.delivery_error, warnings = excluded.warnings, seq = excluded.seq";
    for some in units.chunks(ROWS) {
        let rows = some.iter().map(|unit| Ok((*unit, article::written(&unit.article)?))).collect::<Result<Vec<_>>>()?;
        on!(tx, conn => {
            let mut query = QueryBuilder::new(START);
            query.push_values(rows, |mut row, (unit, words)| {
                let article = &unit.article;
                let Written { sender, channel, direction, from, to, cc, bcc, reply_to, references, warnings } = words;
                row.push_bind(article.id.0).push_bind(article.ticket.0).push_bind(article.ordinal).push_bind(sender).push_bind(channel);
                row.push_bind(direction).push_bind(article.visible_to_customer).push_bind(article.author.map(|author| author.0));
                row.push_bind(from).push_bind(to).push_bind(cc).push_bind(bcc).push_bind(reply_to);
                row.push_bind(storable(&article.subject)).push_bind(storable(&article.text));
                row.push_bind(storable_option(article.html.as_ref())).push_bind(storable_option(article.message_id.as_ref()));
                row.push_bind(references).push_bind(article.created_at).push_bind(&article.raw);
                row.push_bind(article.delivery.map(docket_domain::Delivery::as_str)).push_bind(unit.sent_at);
                row.push_bind(storable_option(unit.delivery_error.as_ref())).push_bind(warnings).push_bind(1_i64);
            });
            query.push(END);
            query.build().execute(conn).await.map(drop)
        })?;
    }
    let files: Vec<&Attachment> = units.iter().flat_map(|unit| &unit.attachments).collect();
    for some in files.chunks(ROWS) {
        attachments(tx, some).await?;
    }
    Ok(())
}

async fn attachments(tx: &mut Tx, files: &[&Attachment]) -> Result<()> {
    const START: &str = "insert into attachment (id, article_id, ordinal, name, content_type, size, sha256, inline, content_id) ";
    const END: &str = " on conflict (id) do update set article_id = excluded.article_id, ordinal = excluded.ordinal, name = excluded.name,
            content_type = excluded.content_type, size = excluded.size, sha256 = excluded.sha256, inline = excluded.inline,
            content_id = excluded.content_id";
    on!(tx, conn => {
        let mut query = QueryBuilder::new(START);
        query.push_values(files, |mut row, file| {
            row.push_bind(file.id.0).push_bind(file.article.0).push_bind(file.ordinal).push_bind(storable(&file.name));
            row.push_bind(storable(&file.content_type)).push_bind(file.size).push_bind(&file.sha256).push_bind(file.inline);
            row.push_bind(storable_option(file.content_id.as_ref()));
        });
        query.push(END);
        query.build().execute(conn).await.map(drop)
    })?;
    Ok(())
}

async fn events(tx: &mut Tx, history: &[(Uuid, &Event)]) -> Result<()> {
    const START: &str = "insert into event (ticket_id, ordinal, seq, at, device_at, actor, body, device) ";
    const END: &str = " on conflict (ticket_id, ordinal) do update set seq = excluded.seq, at = excluded.at,
            device_at = excluded.device_at, actor = excluded.actor, body = excluded.body, device = excluded.device";
    for some in history.chunks(ROWS) {
        let texts = some.iter().map(|(_, event)| Ok((json::write("actor", &event.actor)?, json::write("event", &event.body)?)));
        let rows: Vec<_> = some.iter().zip(texts.collect::<Result<Vec<_>>>()?).collect();
        on!(tx, conn => {
            let mut query = QueryBuilder::new(START);
            query.push_values(rows, |mut row, ((ticket, event), (actor, body))| {
                row.push_bind(*ticket).push_bind(event.ordinal).push_bind(1_i64).push_bind(event.at).push_bind(event.device_at);
                row.push_bind(actor).push_bind(body).push_bind(event.device.map(|device| device.0));
            });
            query.push(END);
            query.build().execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}
