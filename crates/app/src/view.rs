//! Tickets as clients see them.

use std::collections::BTreeMap;

use docket_domain::{
    AgentId, Article, Delivery, Event, EventBody, QueueId, Settings, StateId, Ticket, TicketId,
    access::{self, Right, may_read},
    article::Attachment,
    deadline, timers,
};
use docket_store::{
    Tx,
    article::{self, Stored},
    customer, event, job, personal,
    ticket::{self, Sight},
};
use serde_json::{Map, Value, json};

use crate::{
    access::{readable, sight},
    app::App,
    error::{Error, Result},
    promises::promised,
    snooze::Snoozes,
    wire::{
        ArticleView, AttachmentView, AuthorView, AwayView, BriefView, CustomerView, DeliveryView, DraftView, EventView, LinkedView,
        TicketRow, TicketView, actor, written,
    },
};

impl App {
    /// A ticket with everything on it, for an agent who may read it.
    pub async fn ticket(&self, me: AgentId, id: TicketId) -> Result<TicketView> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let ticket = readable(&mut tx, &settings, me, id).await?;
        whole(&mut tx, &settings, me, ticket, self.now()).await
    }

    /// The ticket that a number (or an id) names.
    pub async fn ticket_id(&self, me: AgentId, number_or_id: &str) -> Result<TicketId> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        if let Some(ticket) = ticket::by_number(&mut tx, number_or_id.trim_start_matches('#')).await? {
            return if may_read(&settings, me, &ticket) { Ok(ticket.id) } else { Err(Error::NotFound("ticket")) };
        }
        let id: TicketId = number_or_id.parse().map_err(|_| Error::NotFound("ticket"))?;
        Ok(readable(&mut tx, &settings, me, id).await?.id)
    }

    /// The history of a ticket, oldest first.
    pub async fn history(&self, me: AgentId, id: TicketId) -> Result<Vec<EventView>> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        readable(&mut tx, &settings, me, id).await?;
        let events = event::of_ticket(&mut tx, id).await?;
        event_views(&mut tx, &settings, me, &events).await
    }
}

/// The history as an agent may see it: other tickets that they may not read go without id and number.
async fn event_views(tx: &mut Tx, settings: &Settings, me: AgentId, events: &[Event]) -> Result<Vec<EventView>> {
    let mut views = Vec::with_capacity(events.len());
    for event in events {
        let mut view = event_view(settings, event);
        let other = match &event.body {
            EventBody::Linked { ticket, .. }
            | EventBody::Unlinked { ticket, .. }
            | EventBody::MergedInto { ticket, .. }
            | EventBody::Absorbed { ticket, .. }
            | EventBody::SuspiciousFollowUp { ticket, .. } => Some(*ticket),
            _ => None,
        };
        if let Some(other) = other
            && !ticket::find(tx, other).await?.is_some_and(|other| may_read(settings, me, &other))
        {
            view.fields.shift_remove("ticket");
            view.fields.insert("number".to_owned(), json!(""));
        }
        views.push(view);
    }
    Ok(views)
}

/// Everything on a ticket; whether the agent may read it was asked before.
pub(crate) async fn whole(tx: &mut Tx, settings: &Settings, me: AgentId, ticket: Ticket, now: i64) -> Result<TicketView> {
    let articles = article::of_ticket(tx, ticket.id).await?;
    let files = article::attachments(tx, ticket.id).await?;
    let marks: BTreeMap<_, _> = article::read_marks(tx, me, ticket.id).await?.into_iter().collect();
    let events = event::of_ticket(tx, ticket.id).await?;
    let read_before = settings.agents.get(&me).map_or(0, |agent| agent.read_before);
    let mut views = Vec::with_capacity(articles.len());
    for stored in &articles {
        let mut view = article_view(settings, stored, files.iter().filter(|file| file.article == stored.article.id));
        let by_me = stored.article.author == Some(me);
        let quiet = by_me || stored.article.sender == docket_domain::Sender::System || stored.article.created_at < read_before;
        view.unread = marks.get(&stored.article.id.0).map_or(!quiet, |read| !read);
        if let Some(delivery) = view.delivery.as_mut().filter(|delivery| delivery.state == Delivery::Held) {
            // From the history, because a replica has no jobs.
            delivery.seen_upto = events.iter().rev().find_map(|event| match &event.body {
                EventBody::SendHeld { article, seen_upto, .. } if *article == stored.article.id => *seen_upto,
                _ => None,
            });
        }
        // What is sent or taken back waits for nothing: most mails need no look at their jobs.
        if let Some(delivery) = &mut view.delivery
            && !matches!(delivery.state, Delivery::Sent | Delivery::Cancelled)
            && let Some(job) = job::of_article(tx, stored.article.id.0).await?
        {
            delivery.due_at = Some(job.due_at).filter(|_| job.state == "waiting");
            delivery.error = delivery.error.take().or(job.error);
        }
        views.push(view);
    }
    let unread = views.iter().filter(|view| view.unread).count();
    let seq = ticket::seq(tx, ticket.id).await?.unwrap_or(0);
    let sight = sight(settings, me);
    let customer = customer_view(tx, settings, &ticket, sight.as_ref()).await?;
    let linked = ticket::linked(tx, ticket.id, sight.as_ref()).await?;
    let rights = access::on_ticket(settings, me, &ticket);
    let snooze = Snoozes::of(tx, me, now).await?.get(ticket.id.0).cloned();
    let drafts = personal::all(tx, me, "draft", &format!("{}/", ticket.id)).await?;
    let has_files = files.iter().any(|file| !file.inline);
    let trouble = articles
        .iter()
        .filter_map(|stored| stored.article.delivery)
        .find(|delivery| matches!(delivery, Delivery::Failed | Delivery::Held | Delivery::PerhapsSent));
    let mut flags: Vec<String> = trouble.map(|delivery| delivery.as_str().to_owned()).into_iter().collect();
    flags.extend((!drafts.is_empty()).then(|| "draft".to_owned()));
    flags.extend(ticket.suspicious.then(|| "suspicious_follow_up".to_owned()));
    flags.extend(ticket.away.map(|_| "away".to_owned()));
    flags.extend(is_silent(settings, &ticket).then(|| "silent".to_owned()));
    let merged_into = crate::merge::seen_end(tx, settings, me, &ticket).await?.as_ref().map(brief);
    let preview = articles.last().map(|stored| crate::submit::preview(&stored.article.text)).unwrap_or_default();
    let name = if ticket.customer.name.is_empty() { &ticket.customer.address } else { &ticket.customer.name };
    let row = TicketRow {
        id: ticket.id,
        number: ticket.number.clone(),
        title: ticket.title.clone(),
        from: name.clone(),
        company: customer.company.clone(),
        queue_id: ticket.queue,
        state_id: ticket.state,
        priority_id: ticket.priority,
        owner_id: ticket.owner,
        locked: ticket.locked,
        unread: i64::try_from(unread).unwrap_or(0),
        created_at: ticket.created_at,
        changed_at: ticket.changed_at,
        last_contact_at: ticket.last_customer_at.max(ticket.last_agent_at).unwrap_or(ticket.created_at),
        due: deadline::next(&ticket, settings).due.map(|due| promised(settings, due, ticket.queue, now)),
        due_at: ticket.pending_until,
        pending_until: ticket.pending_until,
        attachments: has_files,
        flags,
        away: ticket.away.map(|away| AwayView { agent_id: away.agent, since: away.since }),
        snooze,
        seq,
        preview,
    };
    Ok(TicketView {
        row,
        customer,
        articles: views,
        events: event_views(tx, settings, me, &events).await?,
        rights: Right::ALL.into_iter().filter(|right| rights.has(*right)).collect(),
        linked: linked
            .into_iter()
            .map(|(brief, kind)| LinkedView {
                id: brief.id.into(),
                number: brief.number,
                title: brief.title,
                state_id: StateId(brief.state_id),
                kind,
            })
            .collect(),
        drafts: drafts.into_iter().filter_map(|draft| draft_view(&draft)).collect(),
        junk: ticket.junk_from.is_some(),
        responsible_id: ticket.responsible,
        watchers: ticket.watchers.iter().copied().collect(),
        merged: ticket.merged_into.is_some(),
        merged_into,
        service_id: ticket.service,
        type_id: ticket.ticket_type,
        service_level_id: ticket.service_level,
    })
}

/// The customer's silence was told, and lasts.
fn is_silent(settings: &Settings, ticket: &Ticket) -> bool {
    timers::silent_since(settings, ticket).is_some_and(|since| ticket.timers.silent_since >= Some(since))
}

async fn customer_view(tx: &mut Tx, settings: &Settings, ticket: &Ticket, sight: Option<&Sight>) -> Result<CustomerView> {
    let key = ticket.customer.address.to_lowercase();
    if key.is_empty() {
        return Ok(CustomerView { name: ticket.customer.name.clone(), ..CustomerView::default() });
    }
    let known = customer::find(tx, &key).await?.unwrap_or_default();
    let (recent, open, total) = ticket::of_customer(tx, &key, 6, sight).await?;
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(CustomerView {
        address: ticket.customer.address.clone(),
        name: ticket.customer.name.clone(),
        company: some(known.company),
        phone: some(known.phone),
        note: some(known.note),
        open_tickets: open,
        total_tickets: total,
        blocked: settings.blocked.contains_key(&key),
        recent: recent.into_iter().filter(|brief| brief.id != ticket.id.0).take(5).map(brief_view).collect(),
    })
}

pub(crate) fn brief(ticket: &Ticket) -> BriefView {
    BriefView {
        id: ticket.id,
        number: ticket.number.clone(),
        title: ticket.title.clone(),
        state_id: ticket.state,
        changed_at: ticket.changed_at,
    }
}

pub(crate) fn brief_view(brief: ticket::Brief) -> BriefView {
    BriefView {
        id: brief.id.into(),
        number: brief.number,
        title: brief.title,
        state_id: StateId(brief.state_id),
        changed_at: brief.changed_at,
    }
}

pub(crate) fn draft_view(draft: &personal::Personal) -> Option<DraftView> {
    let (ticket, kind) = draft.key.split_once('/')?;
    let document: Value = serde_json::from_str(&draft.document).ok()?;
    Some(DraftView {
        ticket_id: ticket.parse().ok()?,
        kind: kind.to_owned(),
        updated_at: draft.changed_at,
        body: document.get("body").cloned().unwrap_or_default(),
        seen_upto: document.get("seen_upto").cloned().and_then(|seen| serde_json::from_value(seen).ok()),
    })
}

pub(crate) fn attachment_view(file: &Attachment) -> AttachmentView {
    AttachmentView {
        id: file.id,
        name: file.name.clone(),
        content_type: file.content_type.clone(),
        size: file.size,
        sha256: file.sha256.clone(),
        inline: file.inline,
        content_id: file.content_id.clone(),
        url: format!("/api/v1/articles/{}/attachments/{}", file.article, file.id),
    }
}

fn article_view<'a>(settings: &Settings, stored: &Stored, files: impl Iterator<Item = &'a Attachment>) -> ArticleView {
    let article = &stored.article;
    let files: Vec<_> = files.map(attachment_view).collect();
    ArticleView {
        id: article.id,
        ordinal: article.ordinal,
        sender: article.sender,
        channel: article.channel,
        visible_to_customer: article.visible_to_customer,
        author: article.author.map(|id| AuthorView { id, name: settings.agent_name(id).to_owned() }),
        from: from_line(article),
        to: written(&article.to),
        cc: written(&article.cc),
        bcc: written(&article.bcc),
        reply_to: written(&article.reply_to),
        subject: article.subject.clone(),
        text: article.text.clone(),
        html: article.html.as_ref().map(|html| with_images(html, &files)),
        created_at: article.created_at,
        sent_at: stored.sent_at,
        unread: false,
        attachments: files,
        raw: article.raw.is_some(),
        delivery: article.delivery.map(|state| DeliveryView {
            state,
            due_at: None,
            error: stored.delivery_error.clone(),
            at: stored.sent_at,
            seen_upto: None,
        }),
        direction: article.direction,
        warnings: article.warnings.clone(),
        message_id: article.message_id.clone(),
    }
}

fn from_line(article: &Article) -> String {
    match &article.from {
        Some(from) if from.address.is_empty() => from.name.clone().unwrap_or_default(),
        Some(from) => from.to_string(),
        None => String::new(),
    }
}

/// Points `cid:` images to the attachments they mean.
pub(crate) fn with_images(html: &str, files: &[AttachmentView]) -> String {
    let mut html = html.to_owned();
    for file in files {
        if let Some(id) = &file.content_id {
            let url = format!("{}?inline=1", file.url);
            for spelling in [id.clone(), id.replace('&', "&amp;")] {
                html = html.replace(&format!("\"cid:{spelling}\""), &format!("\"{url}\""));
            }
        }
    }
    html
}

/// An event with names beside the ids.
pub(crate) fn event_view(settings: &Settings, event: &Event) -> EventView {
    let mut fields = match serde_json::to_value(&event.body) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let kind = match fields.shift_remove("type") {
        Some(Value::String(kind)) => kind,
        _ => String::new(),
    };
    let mut name = |field: &str, text: String| drop(fields.insert(field.to_owned(), json!(text)));
    let queue = |id: &QueueId| settings.queues.get(id).map(|queue| queue.name.clone()).unwrap_or_default();
    let state = |id: &StateId| settings.states.get(id).map(|state| state.name.clone()).unwrap_or_default();
    let priority = |id| settings.priorities.get(id).map(|priority| priority.name.clone()).unwrap_or_default();
    let agent = |id: &Option<AgentId>| id.map(|id| settings.agent_name(id).to_owned()).unwrap_or_default();
    let service = |id: &Option<_>| id.and_then(|id| settings.services.get(&id)).map(|it| it.name.clone()).unwrap_or_default();
    let ticket_type = |id: &Option<_>| id.and_then(|id| settings.ticket_types.get(&id)).map(|it| it.name.clone()).unwrap_or_default();
    let level = |id: &Option<_>| id.and_then(|id| settings.service_levels.get(&id)).map(|it| it.name.clone()).unwrap_or_default();
    match &event.body {
        EventBody::Created { queue: q, state: s, priority: p, owner, .. } => {
            name("queue_name", queue(q));
            name("state_name", state(s));
            name("priority_name", priority(p));
            name("owner_name", agent(owner));
        }
        EventBody::Moved { from, to } => (name("from_name", queue(from)), name("to_name", queue(to))).1,
        EventBody::StateChanged { from, to, .. } => (name("from_name", state(from)), name("to_name", state(to))).1,
        EventBody::PrioritySet { from, to } => (name("from_name", priority(from)), name("to_name", priority(to))).1,
        EventBody::OwnerSet { from, to } => (name("from_name", agent(from)), name("to_name", agent(to))).1,
        EventBody::ResponsibleSet { from, to } => (name("from_name", agent(from)), name("to_name", agent(to))).1,
        EventBody::ServiceSet { from, to } => (name("from_name", service(from)), name("to_name", service(to))).1,
        EventBody::TypeSet { from, to } => (name("from_name", ticket_type(from)), name("to_name", ticket_type(to))).1,
        EventBody::ServiceLevelSet { from, to } => (name("from_name", level(from)), name("to_name", level(to))).1,
        EventBody::LevelReached { level: by, .. } | EventBody::LevelWithdrawn { level: by, .. } => name("level_name", level(by)),
        EventBody::Watched { agent: id }
        | EventBody::Unwatched { agent: id }
        | EventBody::TakenAlong { agent: id }
        | EventBody::BroughtBack { agent: id } => name("agent_name", agent(&Some(*id))),
        EventBody::Junked { from_queue, from_state } => (name("from_name", queue(from_queue)), name("state_name", state(from_state))).1,
        _ => {}
    }
    EventView { ordinal: event.ordinal, at: event.at, device_at: event.device_at, actor: actor(settings, &event.actor), kind, fields }
}
