//! Lists and counts.

use docket_domain::{AgentId, QueueId, Settings, StateId, clock::Measure, master, settings::StateType};
use docket_store::{
    article, customer, mailbox,
    ticket::{self, Filter, ListRow, Promises, Sort},
};
use uuid::Uuid;

use crate::{
    access::sight,
    app::App,
    error::{Error, Result},
    outbox::{Mail, concern},
    promises::promised,
    snooze::Snoozes,
    wire::{AwayView, Counts, CustomerInput, Hit, ListQuery, OutboxCount, QueueCount, TicketPage, TicketRow, ViewCounts},
};

const LONGEST_PAGE: i64 = 200;
/// The agent's own lists: what they have snoozed is in none of them.
const OWN: [&str; 5] = ["mine", "locked", "reminders", "watched", "silent"];

impl App {
    /// A page of a view or a queue.
    pub async fn list(&self, me: AgentId, query: ListQuery) -> Result<TicketPage> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let sight = sight(&settings, me);
        let mut filter = Filter { sight: sight.clone(), ..filter(&settings, me, &query, self.now())? };
        let wanted = query.q.as_deref().map(|q| q.trim().trim_start_matches('#')).filter(|q| !q.is_empty());
        if let Some(wanted) = wanted {
            let found = ticket::search(&mut tx, wanted, LONGEST_PAGE, sight.as_ref()).await?;
            if found.is_empty() {
                return Ok(TicketPage { rows: Vec::new(), total: 0, next: None, seq: tx.head });
            }
            filter.ids = found.into_iter().map(|brief| brief.id).collect();
        }
        let snoozes = Snoozes::of(&mut tx, me, self.now()).await?;
        let view_name = query.view.as_deref().unwrap_or("open");
        if view_name == "snoozed" {
            filter.ids = match filter.ids.as_slice() {
                [] => snoozes.asleep(),
                found => snoozes.asleep().into_iter().filter(|id| found.contains(id)).collect(),
            };
            if filter.ids.is_empty() {
                return Ok(TicketPage { rows: Vec::new(), total: 0, next: None, seq: tx.head });
            }
        }
        let own = OWN.contains(&view_name);
        if own {
            filter.without = snoozes.asleep();
        }
        let (sort, descending) = sorting(&query)?;
        let limit = query.limit.unwrap_or(50).clamp(1, LONGEST_PAGE);
        let after = query.after.as_deref().map(cursor).transpose()?;
        let after = after.as_ref().map(|(key, id)| (key.as_str(), *id));
        let total = ticket::count(&mut tx, &filter).await?;
        // What came back stands on top of the first page, and nowhere else.
        let mut back = Vec::new();
        if own && !snoozes.back().is_empty() {
            if after.is_none() && filter.ids.is_empty() {
                let filter = Filter { ids: snoozes.back(), ..filter.clone() };
                back = ticket::list(&mut tx, &filter, sort, descending, None, LONGEST_PAGE).await?;
            }
            if filter.ids.is_empty() {
                filter.without.extend(snoozes.back());
            }
        }
        let mut rows = ticket::list(&mut tx, &filter, sort, descending, after, limit + 1).await?;
        let more = i64::try_from(rows.len()).unwrap_or(0) > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(50));
        let next = rows.last().filter(|_| more).map(|row| format!("{}|{}", row.id, row.key(sort)));
        rows.splice(0..0, back);
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let read_before = settings.agents.get(&me).map_or(0, |agent| agent.read_before);
        let unread = article::unread(&mut tx, me, read_before, &ids).await?;
        let now = self.now();
        let rows = rows
            .into_iter()
            .map(|row| {
                let count = unread.iter().find(|(id, _)| *id == row.id).map_or(0, |(_, count)| *count);
                view(&settings, row, count, now, &snoozes)
            })
            .collect();
        Ok(TicketPage { rows, total, next, seq: tx.head })
    }

    /// The counts of the rail.
    pub async fn counts(&self, me: AgentId) -> Result<Counts> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let sight = sight(&settings, me);
        let mut counts = Counts { seq: tx.head, ..Counts::default() };
        if sight.as_ref().is_none_or(|sight| sight.agent.is_some()) {
            let asleep = Snoozes::of(&mut tx, me, self.now()).await?.asleep();
            let mine = ticket::view_counts(&mut tx, me.0, &asleep).await?;
            let ticket::ViewCounts { mine, locked, reminders, watched, silent } = mine;
            let snoozed = match asleep.as_slice() {
                [] => 0,
                _ => {
                    let filter = Filter { classes: vec![1, 2], ids: asleep, sight: sight.clone(), ..Filter::default() };
                    ticket::count(&mut tx, &filter).await?
                }
            };
            counts.views = ViewCounts { mine, reminders, locked, watched, snoozed, silent, ..ViewCounts::default() };
        }
        let due_before =
            |due_before| Filter { classes: vec![1, 2], due_before: Some(due_before), sight: sight.clone(), ..Filter::default() };
        counts.views.escalating = ticket::count(&mut tx, &due_before(ticket::NEVER)).await?;
        counts.views.late = ticket::count(&mut tx, &due_before(self.now())).await?;
        for row in ticket::queue_counts(&mut tx, sight.as_ref()).await? {
            let queue: &mut QueueCount = counts.queues.entry(row.queue_id.to_string()).or_default();
            queue.open += row.tickets;
            counts.views.all_open += row.tickets;
            if !row.locked {
                queue.unassigned += row.tickets;
                counts.views.unassigned += row.tickets;
            }
        }
        let troubles = ticket::troubles(&mut tx).await?;
        let needs_me = troubles.iter().filter(|trouble| concern(&settings, me, &Mail::from(*trouble)));
        counts.outbox = OutboxCount {
            waiting: ticket::mails_waiting(&mut tx, sight.as_ref()).await?,
            needs_you: needs_me.map(|trouble| trouble.mails).sum(),
        };
        if self.is_admin(me) {
            counts.quarantine = i64::try_from(mailbox::quarantined(&mut tx).await?.len()).unwrap_or(0);
        }
        Ok(counts)
    }

    /// Contacts that begin with what is being typed.
    pub async fn customers(&self, me: AgentId, text: &str) -> Result<Vec<CustomerInput>> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let found = customer::suggest(&mut tx, &text.trim().to_lowercase(), 10, sight(&settings, me).as_ref()).await?;
        Ok(found
            .into_iter()
            .map(|contact| CustomerInput { address: contact.address, name: contact.name, company: contact.company, phone: contact.phone })
            .collect())
    }

    /// Tickets by number, title or customer.
    pub async fn search(&self, me: AgentId, text: &str, limit: i64) -> Result<Vec<Hit>> {
        let text = text.trim().trim_start_matches(['#']);
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let found = ticket::search(&mut tx, text, limit.clamp(1, 100), sight(&settings, me).as_ref()).await?;
        Ok(found
            .into_iter()
            .map(|brief| Hit {
                kind: "ticket".into(),
                score: if brief.number == text { 1.0 } else { 0.5 },
                number: brief.number,
                title: brief.title,
                id: brief.id.into(),
            })
            .collect())
    }
}

/// *Unassigned* is what nobody has locked; a ticket locked by me is in *My tickets*.
fn filter(settings: &Settings, me: AgentId, query: &ListQuery, now: i64) -> Result<Filter> {
    let queues = query.queue.map(|queue| vec![queue.0]).unwrap_or_default();
    let base = Filter { queues, ..Filter::default() };
    Ok(match query.view.as_deref().unwrap_or("open") {
        "open" => Filter { classes: vec![1], ..base },
        "unassigned" => Filter { classes: vec![1], locked: Some(false), ..base },
        "mine" => Filter { classes: vec![1, 2], owner: Some(me.0), ..base },
        "locked" => Filter { classes: vec![1, 2], owner: Some(me.0), locked_by_owner: true, ..base },
        "watched" => Filter { classes: vec![1, 2], watched_by: Some(me.0), ..base },
        "silent" => Filter { classes: vec![1, 2], owner: Some(me.0), silent: true, ..base },
        "snoozed" => Filter { classes: vec![1, 2], ..base },
        "reminders" => Filter { classes: vec![1, 2], owner: Some(me.0), pending: true, ..base },
        "closed" => {
            let states: Vec<StateId> = settings.states_of(&[StateType::Closed]);
            let states = states.into_iter().map(|id| id.0).collect();
            Filter { classes: vec![0], states, not_queue: query.queue.is_none().then_some(master::QUEUE_JUNK.0), ..base }
        }
        "junk" => Filter { queues: vec![master::QUEUE_JUNK.0], ..Filter::default() },
        "escalating" => Filter { classes: vec![1, 2], due_before: Some(ticket::NEVER), ..base },
        "late" => Filter { classes: vec![1, 2], due_before: Some(now), ..base },
        "promises" => {
            let asked = query.outcome.as_deref();
            if asked.is_some_and(|asked| !["kept", "broken", "running"].contains(&asked)) {
                return Err(Error::invalid("outcome", "a promise is kept, broken or running"));
            }
            let is = |outcome| asked.is_none_or(|asked| asked == outcome);
            let promises = Promises {
                from: query.from.unwrap_or(0),
                to: query.to.unwrap_or(i64::MAX),
                now,
                queue: query.queue.map(|queue| queue.0),
                measure: query.measure.map(Measure::as_str),
                kept: is("kept"),
                broken: is("broken"),
                running: is("running"),
            };
            Filter { promises: Some(promises), ..Filter::default() }
        }
        "all" => base,
        other => return Err(Error::invalid("view", format!("there is no view \"{other}\""))),
    })
}

fn sorting(query: &ListQuery) -> Result<(Sort, bool)> {
    let usual = if matches!(query.view.as_deref(), Some("escalating" | "late")) { "due" } else { "changed" };
    let (sort, descending) = match query.sort.as_deref().unwrap_or(usual) {
        "changed" => (Sort::Changed, true),
        "created" => (Sort::Created, true),
        "number" => (Sort::Number, true),
        "priority" => (Sort::Priority, true),
        "customer" => (Sort::Customer, false),
        "title" => (Sort::Title, false),
        // One's reminders are about their moments alone.
        "due" if query.view.as_deref() == Some("reminders") => (Sort::Pending, false),
        "due" => (Sort::Due, false),
        other => return Err(Error::invalid("sort", format!("lists are not sorted by \"{other}\""))),
    };
    Ok(match query.order.as_deref() {
        None | Some("") => (sort, descending),
        Some("asc") => (sort, false),
        Some("desc") => (sort, true),
        Some(other) => return Err(Error::invalid("order", format!("an order is asc or desc, not \"{other}\""))),
    })
}

fn cursor(text: &str) -> Result<(String, Uuid)> {
    let parts = text.split_once('|').and_then(|(id, key)| Some((key.to_owned(), id.parse().ok()?)));
    parts.ok_or_else(|| Error::invalid("after", "this page mark is not one of ours"))
}

fn view(settings: &Settings, row: ListRow, unread: i64, now: i64, snoozes: &Snoozes) -> TicketRow {
    let silent = is_silent(settings, &row);
    let mut flags: Vec<String> = row.trouble.into_iter().collect();
    flags.extend(row.suspicious.then(|| "suspicious_follow_up".to_owned()));
    flags.extend(row.away_id.map(|_| "away".to_owned()));
    flags.extend(silent.then(|| "silent".to_owned()));
    TicketRow {
        id: row.id.into(),
        number: row.number,
        title: row.title,
        from: if row.customer_name.is_empty() { row.customer_address } else { row.customer_name },
        company: None,
        queue_id: QueueId(row.queue_id),
        state_id: StateId(row.state_id),
        priority_id: row.priority_id.into(),
        owner_id: row.owner_id.map(AgentId),
        locked: row.locked || row.away_id.is_some(),
        unread,
        created_at: row.created_at,
        changed_at: row.changed_at,
        last_contact_at: row.last_customer_at.max(row.last_agent_at).unwrap_or(row.created_at),
        due: row.due.due().map(|due| promised(settings, due, QueueId(row.queue_id), now)),
        due_at: row.pending_until,
        pending_until: row.pending_until,
        attachments: row.has_attachments,
        flags,
        away: row.away_id.zip(row.away_since).map(|(agent, since)| AwayView { agent_id: AgentId(agent), since }),
        snooze: snoozes.get(row.id).cloned(),
        seq: row.seq,
        preview: row.preview,
    }
}

/// The customer's silence was told, and lasts.
fn is_silent(settings: &Settings, row: &ListRow) -> bool {
    let open = !settings.state_type(StateId(row.state_id)).is_closed();
    open && row.silent_since.is_some() && row.silent_since >= row.last_agent_at && row.last_customer_at < row.last_agent_at
}
